"""Raw rows: CSV or parquet files with the contest's columns.

CSV as people have it is read too: separated by semicolons or tabs, with Excel's first line ``sep=;``, spaces and other
capitals in the header, empty rows and trailing separators, and ``7.0`` for the number 7 of a group or an index.
"""

import csv
import importlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Literal, TextIO

from imagequant.core.errors import InputError
from imagequant.core.files import csv_records, read_json, write_csv
from imagequant.core.locations import at_hand, is_remote, under
from imagequant.quantity.labels import parse_label
from imagequant.storage.layout import Layout, Split

PARQUET_SUFFIXES = (".parquet", ".pq")
CORRECTIONS_FILE = "corrections.csv"
SOURCES_FILE = "sources.json"
# A file of questions comes from a user and is not a split of the project.
Kind = Split | Literal["questions"]
_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "train": ("image_link", "group_id", "entity_name", "entity_value"),
    "test": ("index", "image_link", "group_id", "entity_name"),
    "questions": ("image_link", "entity_name"),
}
_KNOWN = frozenset(name for names in _COLUMNS.values() for name in names)
_NUMBERS = ("index", "group_id")
# A gap turns a column of whole numbers into one of decimals, in pandas as in Excel.
_WHOLE = re.compile(r"^(\d+)\.0+\Z")
_SEPARATORS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"\W?sep=(.)\W*", re.IGNORECASE)
# Rows read at a time: as Python objects they take a few kilobytes each.
_BATCH_SIZE = 2048
Record = dict[str, str]
# ``label_source`` of a label by somebody who looked at the photo.
HAND = "hand"


@dataclass(frozen=True)
class Correction:
    """The answer of one raw row by hand; ``entity_value`` is empty if the photo does not say, the time is in UTC."""

    source: str
    source_row: int
    image_link: str
    group_id: str
    entity_name: str
    entity_value: str
    reviewer: str
    decided_at: str

    @property
    def key(self) -> tuple[str, int]:
        """Identifies the raw row."""
        return self.source, self.source_row


COLUMNS = tuple(field.name for field in fields(Correction))


def write_corrections(path: Path, corrections: Iterable[Correction]) -> None:
    """Writes corrections in the order of source and row: the same decisions give the same bytes."""
    ordered = sorted(corrections, key=lambda each: each.key)
    write_csv(path, COLUMNS, (tuple(asdict(each).values()) for each in ordered))


def read_corrections(path: Path) -> list[Correction]:
    """Reads corrections that ``write_corrections`` or people wrote; none if there is no such file.

    Raises:
        InputError: If a column is missing, a row number is invalid, or a row is corrected twice; names file and line.
    """
    if not path.exists():
        return []
    corrections: dict[tuple[str, int], Correction] = {}
    with at_hand(path) as local, local.open(encoding="utf-8-sig", newline="") as file:
        for number, record in enumerate(csv_records(file, COLUMNS, str(path)), start=2):
            values: dict[str, Any] = {name: record[name] or "" for name in COLUMNS}
            if not values["source_row"].isdecimal():
                raise InputError(f"{path}, line {number}: source_row: {values['source_row']!r} is not a row number")
            each = Correction(**{**values, "source_row": int(values["source_row"])})
            if each.key in corrections:
                raise InputError(f"{path}, line {number}: {each.source}, row {each.source_row} is there twice")
            corrections[each.key] = each
    return list(corrections.values())


@dataclass(frozen=True)
class RawRow:
    """A row of a raw file; missing cells are empty text.

    ``source`` is the file as ``sources.train`` or ``sources.test`` names it, ``row`` counts its data rows from 1,
    ``origin`` is the file's own folder (relative links start there), ``extra`` has columns beyond the contest's.
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


def iterate_raw_file(path: Path, source: str, kind: Kind, *, origin: Path | None = None) -> Iterator[RawRow]:
    """Yields the rows of one file, never all of them in memory.

    Args:
        path: CSV or parquet (by the file name), possibly a link to the file or a copy of it.
        source: Name of the file in its rows, and in errors.
        kind: Decides which columns are required.
        origin: The folder of the file itself; by default that of ``path``.
    """
    origin, number = origin or _own_folder(path), 0
    for number, record in enumerate(_records(path, source, kind), start=1):
        known = {name: record.get(name, "") for name in _KNOWN}
        known["entity_name"] = known["entity_name"].strip()
        known |= {name: _WHOLE.sub(r"\1", known[name]) for name in _NUMBERS}
        extra = {name: value for name, value in record.items() if name not in _KNOWN}
        yield RawRow(source=source, row=number, origin=origin, extra=extra, **known)
    if number == 0:
        raise InputError(f"{source}: no rows; at least one is needed under the header")


def is_parquet(path: Path) -> bool:
    """Returns whether a table is read as parquet rather than CSV, by its name."""
    return path.suffix.lower() in PARQUET_SUFFIXES


def _records(path: Path, source: str, kind: Kind) -> Iterator[Record]:
    try:
        yield from (_parquet_records if is_parquet(path) else _csv_records)(path, source, kind)
    except FileNotFoundError:
        raise InputError(f"{source}: no such file") from None
    except UnicodeDecodeError as error:
        raise InputError(f'{source}: not readable as csv: {error}; save it as "CSV UTF-8"') from None


def _csv_records(path: Path, source: str, kind: Kind) -> Iterator[Record]:
    # The standard library's module: pandas takes long to load.
    with at_hand(path) as local, local.open(encoding="utf-8-sig", newline="") as file:
        lines = _csv_reader(file, kind)
        try:
            filled = (cells for cells in lines if any(cell.strip() for cell in cells))  # no empty rows
            names = _without_trailing([_column(name) for name in next(filled, [])], 0)
            if not names:
                raise InputError(f"{source}: empty file; a header and rows are needed")
            _require_columns(names, source, kind)
            for cells in filled:
                kept = _without_trailing(cells, len(names))
                if len(kept) > len(names):
                    raise csv.Error(
                        f"{len(kept)} cells, the header has {len(names)}; put quotes around text with separators in it"
                    )
                yield dict(zip_longest(names, kept, fillvalue=""))
        except csv.Error as error:
            raise InputError(f"{source}: not readable as csv: line {lines.line_num}: {error}") from None


def _csv_reader(file: TextIO, kind: Kind) -> Any:
    """Returns a reader with the file's separator: that of its line ``sep=``, or one that gives the needed columns."""
    first = next((line for line in file if line.strip()), "")
    if said := _SEPARATOR_LINE.fullmatch(first.strip("\r\n")):
        return csv.reader(chain(["\n"], file), delimiter=said[1], strict=True)  # counted like the line it replaces
    separator = max(
        _SEPARATORS,
        # Of equals, max takes the first, the comma.
        key=lambda each: len(set(_COLUMNS[kind]) & {_column(name.strip('"')) for name in first.split(each)}),
    )
    return csv.reader(chain([first], file), delimiter=separator, strict=True)


def _column(name: str) -> str:
    """Returns a column's name without the spaces around it; the contest's columns in lower case."""
    name = name.strip()
    return name.lower() if name.lower() in _KNOWN else name


def _without_trailing(cells: list[str], length: int) -> list[str]:
    """Returns the cells without the empty ones at the end, as far as they exceed ``length``."""
    filled = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return cells[: max(filled, length)]


def _parquet_records(path: Path, source: str, kind: Kind) -> Iterator[Record]:
    arrow, parquet = import_parquet(source)
    try:
        with at_hand(path) as local, parquet.ParquetFile(local) as file:
            # pandas adds a column for the index, which the file's author did not write.
            names = [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]
            _require_columns([_column(name) for name in names], source, kind)
            for batch in file.iter_batches(_BATCH_SIZE, columns=names):
                for row in batch.to_pylist():
                    # As text, whatever the column's type; gaps and NaN are empty.
                    yield {_column(name): "" if _is_gap(cell) else str(cell) for name, cell in row.items()}
    except arrow.ArrowInvalid as error:
        raise InputError(f"{source}: not readable as parquet: {' '.join(str(error).split())}") from None


def import_parquet(what: str) -> tuple[Any, Any]:
    """Returns the modules ``pyarrow`` and ``pyarrow.parquet``, which the slim package does without.

    Raises:
        InputError: If they are not installed; names what needs them.
    """
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        raise InputError(f"{what}: parquet needs pyarrow; install the extra: imagequant-reader[parquet]") from None


def _is_gap(cell: Any) -> bool:
    return cell is None or cell != cell  # noqa: PLR0124  (NaN)


def _require_columns(names: Iterable[str], source: str, kind: Kind) -> None:
    counts, needed = Counter(names), _COLUMNS[kind]
    if repeated := [name for name in needed if counts[name] > 1]:
        raise InputError(f"{source}: more than one column {', '.join(repeated)}")
    if missing := [name for name in needed if not counts[name]]:
        raise InputError(
            f"{source}: no column {', '.join(missing)}; a {kind} file has {', '.join(needed)}, and this one has"
            f" {', '.join(sorted(counts))}"
        )


def row_problem(row: RawRow, entities: Collection[str]) -> str:
    """Returns why a row cannot be processed, in one line; empty if it can."""
    if row.entity_name not in entities:
        return f"{row.source}, row {row.row}: unknown entity {row.entity_name!r}; allowed: {', '.join(entities)}"
    if not row.image_link.strip():
        return f"{row.source}, row {row.row}: image_link is empty"
    return ""


def iterate_raw(layout: Layout, split: Split) -> Iterator[RawRow]:
    """Yields the rows of all files of a split, in the order of ``sources.<split>``.

    Training rows have the answers of ``data/corrections.csv``. After them come the test rows that are corrected there:
    they are labelled now.

    Raises:
        InputError: If the row of a correction does not exist or has changed; names both.
    """
    if split == "test":
        yield from _as_written(layout, "test")
        return
    corrections = {each.key: each for each in read_corrections(layout.data("sources") / CORRECTIONS_FILE)}
    for row in _as_written(layout, "train"):
        correction = corrections.pop((row.source, row.row), None)
        yield row if correction is None else corrected(row, correction)
    own, test = split_sources(layout, "train"), split_sources(layout, "test")
    for row in _as_written(layout, "test") if corrections else ():
        correction = corrections.pop((row.source, row.row), None)
        if correction is not None and row.source not in own:
            yield corrected(row, correction)
    for each in corrections.values():
        if each.source in (*own, *test):
            raise InputError(f"data/{CORRECTIONS_FILE}: {each.source} has no row {each.source_row}")


def corrected(row: RawRow, correction: Correction) -> RawRow:
    """Returns the row with its answer by hand; ``label_source`` among the extra columns says so."""
    if (row.image_link, row.entity_name) != (correction.image_link, correction.entity_name):
        raise InputError(
            f"data/{CORRECTIONS_FILE}: {row.source}, row {row.row} asks for {row.entity_name} on {row.image_link}; the"
            f" correction is about {correction.entity_name} on {correction.image_link}: the file was changed since"
        )
    extra = {**row.extra, "label_source": HAND}
    if parse_label(row.entity_value).text != correction.entity_value:
        extra.pop("alternatives", None)  # they belong to the old answer
    return replace(row, entity_value=correction.entity_value, extra=extra)


def _as_written(layout: Layout, split: Split) -> Iterator[RawRow]:
    for link, source in _linked(layout, split).items():
        path, origin = layout.data("sources") / split / link, _own_folder(under(layout.root, source))
        yield from iterate_raw_file(path, source, split, origin=origin)


def split_sources(layout: Layout, split: Split) -> tuple[str, ...]:
    """Returns the files of a split as ``sources.<split>`` names them, in that order."""
    return tuple(_linked(layout, split).values())


def _linked(layout: Layout, split: Split) -> dict[str, str]:
    """Returns the names of a split's files in ``sources.<split>``, by their names in ``data/sources``."""
    return dict(sorted(read_json(layout.data("sources") / SOURCES_FILE)[split].items()))


def _own_folder(path: Path) -> Path:
    """Returns the folder of the file itself, not of a link to it."""
    return path.parent if is_remote(path) else path.resolve().parent
