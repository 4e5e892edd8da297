"""Raw rows: CSV or parquet files in the contest's columns."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from imagequant.core.errors import InputError
from imagequant.core.files import read_json
from imagequant.core.locations import at_hand, is_remote, under
from imagequant.quantity.labels import parse_label
from imagequant.quantity.units import ENTITIES
from imagequant.storage.corrections import CORRECTIONS_FILE, Correction, read_corrections
from imagequant.storage.layout import Layout, Split

SOURCES_FILE = "sources.json"
# A file of questions is one that somebody asks about, and no split of the project's.
Kind = Split | Literal["questions"]
_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "train": ("image_link", "group_id", "entity_name", "entity_value"),
    "test": ("index", "image_link", "group_id", "entity_name"),
    "questions": ("image_link", "entity_name"),
}
_KNOWN = frozenset(name for names in _COLUMNS.values() for name in names)
# Rows read at a time: as Python objects they take some kilobytes each.
PORTION = 2048
Record = dict[str, str]
# What a label's source is called where somebody looked at the photo.
HAND = "hand"


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


def iterate_raw_file(
    path: Path, source: str, kind: Kind, portion: int = PORTION, *, origin: Path | None = None
) -> Iterator[RawRow]:
    """The rows of one file one after the other, never all of them in memory.

    Args:
        path: CSV or parquet (told by the name's ending), possibly a link to it or a copy of it.
        source: What rows call the file.
        kind: Decides which columns must be there.
        portion: So many rows are read at a time.
        origin: The folder of the file itself; by default that of ``path``.

    Raises:
        InputError: If the file is missing, unreadable or empty, or lacks a column.
    """
    origin = origin or _own_folder(path)
    number = 0
    for number, record in enumerate(_records(path, source, kind, portion), start=1):
        yield _row(source, number, origin, record)
    if number == 0:
        raise InputError(f"{source}: no rows; at least one is needed under the header")


def _row(source: str, number: int, origin: Path, record: Record) -> RawRow:
    known = {name: record.get(name, "") for name in _KNOWN}
    extra = {name: value for name, value in record.items() if name not in _KNOWN}
    return RawRow(source=source, row=number, origin=origin, extra=extra, **known)


def _records(path: Path, source: str, kind: Kind, portion: int) -> Iterator[Record]:
    try:
        yield from (_parquet_records if path.suffix == ".parquet" else _csv_records)(path, source, kind, portion)
    except FileNotFoundError:
        raise InputError(f"{source}: no such file") from None
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise InputError(
            f"{source}: not readable as {path.suffix[1:] or 'CSV'}: {' '.join(str(error).split())}"
        ) from None


def _csv_records(path: Path, source: str, kind: Kind, _portion: int) -> Iterator[Record]:
    # The standard library's: pandas takes longer to load than most stages take to find that nothing changed.
    with at_hand(path) as local, local.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        try:
            filled = filter(None, lines)  # no empty lines
            names = next(filled, [])
            if not names:
                raise InputError(f"{source}: empty file; a header and rows are needed")
            _require_columns(names, source, kind)
            for cells in filled:
                if len(cells) > len(names):
                    raise csv.Error(f"{len(cells)} cells, the header has {len(names)}")
                yield dict(zip_longest(names, cells, fillvalue=""))
        except csv.Error as error:
            raise InputError(f"{source}: not readable as csv: line {lines.line_num}: {error}") from None


def _parquet_records(path: Path, source: str, kind: Kind, portion: int) -> Iterator[Record]:
    with at_hand(path) as local, pq.ParquetFile(local) as file:
        # What pandas adds for the rows' own numbers is no column of the file's author.
        names = [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]
        _require_columns(names, source, kind)
        for batch in file.iter_batches(portion, columns=names):
            yield from ({name: _cell(value) for name, value in row.items()} for row in batch.to_pylist())


def _cell(value: Any) -> str:
    """A cell as text, whatever stands in the cells around it; nothing for gaps and for what is not a number."""
    return "" if value is None or value != value else str(value)  # noqa: PLR0124


def _require_columns(names: Iterable[str], source: str, kind: Kind) -> None:
    counts = Counter(names)
    repeated = [name for name in _COLUMNS[kind] if counts[name] > 1]
    if repeated:
        raise InputError(f"{source}: column {', '.join(repeated)} is there more than once")
    missing = [name for name in _COLUMNS[kind] if not counts[name]]
    if missing:
        raise InputError(
            f"{source}: column {', '.join(missing)} is missing; a {kind} file has {', '.join(_COLUMNS[kind])}"
        )


def row_problem(row: RawRow) -> str:
    """What keeps a row from being processed, in one line; empty where nothing does."""
    if row.entity_name not in ENTITIES:
        return f"{row.source}, row {row.row}: unknown entity {row.entity_name!r}; allowed: {', '.join(ENTITIES)}"
    if not row.image_link.strip():
        return f"{row.source}, row {row.row}: image_link is empty"
    return ""


def iterate_raw(layout: Layout, split: Split) -> Iterator[RawRow]:
    """The rows of all files of a split, in the order ``data.<split>`` names them, one after the other.

    Training rows have the answers that ``data/corrections.csv`` gives them by hand, and after them come the test rows
    that have one there: these are labelled now.

    Raises:
        InputError: If a correction is of a row that is not there, or is another now; names both.
    """
    if split == "test":
        yield from _as_written(layout, "test")
        return
    corrections = {each.key: each for each in read_corrections(layout.data("sources") / CORRECTIONS_FILE)}
    own = split_sources(layout, "train")
    for row in _as_written(layout, "train"):
        correction = corrections.pop((row.source, row.row), None)
        yield row if correction is None else corrected(row, correction)
    if corrections:
        for row in _as_written(layout, "test"):
            correction = corrections.pop((row.source, row.row), None)
            if correction is not None and row.source not in own:
                yield corrected(row, correction)
    sources = {*own, *split_sources(layout, "test")}
    for each in corrections.values():
        if each.source in sources:
            raise InputError(f"data/{CORRECTIONS_FILE}: {each.source} has no row {each.source_row}")


def corrected(row: RawRow, correction: Correction) -> RawRow:
    """The row as somebody who looked at the photo labels it; ``label_source`` says so among its further columns.

    Raises:
        InputError: If another question stands in the row than the one that was decided.
    """
    if (row.image_link, row.entity_name) != (correction.image_link, correction.entity_name):
        raise InputError(
            f"data/{CORRECTIONS_FILE}: {row.source}, row {row.row} asks for {row.entity_name} on {row.image_link}; the"
            f" correction is about {correction.entity_name} on {correction.image_link}: the file was changed since"
        )
    extra = {**row.extra, "label_source": HAND}
    if parse_label(row.entity_value, row.entity_name).text != correction.entity_value:
        extra.pop("alternatives", None)  # they stood beside an answer that is no more
    return replace(row, entity_value=correction.entity_value, extra=extra)


def _as_written(layout: Layout, split: Split) -> Iterator[RawRow]:
    folder = layout.data("sources") / split
    for link, source in _linked(layout, split):
        yield from iterate_raw_file(folder / link, source, split, origin=_own_folder(under(layout.root, source)))


def split_sources(layout: Layout, split: Split) -> tuple[str, ...]:
    """The files of a split as ``data.<split>`` names them, in that order."""
    return tuple(source for _, source in _linked(layout, split))


def _linked(layout: Layout, split: Split) -> list[tuple[str, str]]:
    """What the ``sources`` stage calls each file of a split, and what ``data.<split>`` does."""
    names: dict[str, str] = read_json(layout.data("sources") / SOURCES_FILE)[split]
    return sorted(names.items())


def _own_folder(path: Path) -> Path:
    """The folder that a file itself lies in, not a link to it."""
    return path.parent if is_remote(path) else path.resolve().parent
