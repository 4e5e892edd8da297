"""Raw rows: CSV or parquet files in the contest's columns."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pandas as pd
import pyarrow as pa

from imagequant.errors import InputError
from imagequant.layout import Split
from imagequant.quantity.units import ENTITIES
from imagequant.storage.files import read_json

SOURCES_FILE = "sources.json"
_COLUMNS: dict[Split, tuple[str, ...]] = {
    "train": ("image_link", "group_id", "entity_name", "entity_value"),
    "test": ("index", "image_link", "group_id", "entity_name"),
}
_KNOWN = frozenset(name for names in _COLUMNS.values() for name in names)


@dataclass(frozen=True)
class RawRow:
    """A row of a raw file; absent cells are empty text.

    ``source`` is the file as ``data.train`` or ``data.test`` names it, ``row`` counts its data rows from 1,
    ``origin`` is the file's own folder (relative links start there), ``extra`` holds columns beyond the contest's.
    """

    source: str
    row: int
    image_link: str
    group_id: str
    entity_name: str
    entity_value: str
    index: str
    origin: Path
    extra: Mapping[str, str]


def read_raw_file(path: Path, source: str, split: Split) -> list[RawRow]:
    """Reads one file.

    Args:
        path: CSV or parquet (told by the name's ending), possibly a link to it.
        source: What rows call the file.
        split: Decides which columns must be there.

    Raises:
        InputError: If the file is missing, unreadable or empty, or lacks a column.
    """
    frame = _read_frame(path, source)
    missing = [name for name in _COLUMNS[split] if name not in frame.columns]
    if missing:
        raise InputError(
            f"{source}: column {', '.join(missing)} is missing; a {split} file has {', '.join(_COLUMNS[split])}"
        )
    if frame.empty:
        raise InputError(f"{source}: no rows; at least one is needed under the header")
    origin = path.resolve().parent
    records = cast("list[dict[str, str]]", frame.to_dict("records"))
    return [_row(source, number, origin, record) for number, record in enumerate(records, start=1)]


def _row(source: str, number: int, origin: Path, record: dict[str, str]) -> RawRow:
    known = {name: record.get(name, "") for name in _KNOWN}
    extra = {name: value for name, value in record.items() if name not in _KNOWN}
    return RawRow(source=source, row=number, origin=origin, extra=extra, **known)


def _read_frame(path: Path, source: str) -> pd.DataFrame:
    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            text = frame.astype("string").fillna("")
            return text.astype(object)
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{source}: no such file") from None
    except pd.errors.EmptyDataError:
        raise InputError(f"{source}: empty file; a header and rows are needed") from None
    except (pd.errors.ParserError, UnicodeDecodeError, pa.ArrowInvalid, csv.Error) as error:
        raise InputError(
            f"{source}: not readable as {path.suffix[1:] or 'CSV'}: {' '.join(str(error).split())}"
        ) from None


def row_problem(row: RawRow) -> str:
    """What keeps a row from being processed, in one line; empty where nothing does."""
    if row.entity_name not in ENTITIES:
        return f"{row.source}, row {row.row}: unknown entity {row.entity_name!r}; allowed: {', '.join(ENTITIES)}"
    if not row.image_link.strip():
        return f"{row.source}, row {row.row}: image_link is empty"
    return ""


def read_raw(folder: Path, split: Split) -> list[RawRow]:
    """Reads all files of a split in the order ``data.<split>`` names them.

    Args:
        folder: ``data/sources``, as the ``sources`` stage leaves it.
        split: Which of the two.
    """
    names = read_json(folder / SOURCES_FILE)[split]
    return [
        row for link, source in sorted(names.items()) for row in read_raw_file(folder / split / link, source, split)
    ]
