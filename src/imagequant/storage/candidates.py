"""The tables that the ``candidates`` stage writes for each shard: photos, tokens and quantities."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pyarrow as pa

from imagequant.core.records import Box, Candidate, Mention, PhotoReading, Word
from imagequant.storage.checks import (
    AT_LEAST_0,
    AT_LEAST_1,
    DEGREES,
    ENGINE,
    NOT_EMPTY,
    SHA256,
    SHARE,
    UPRIGHT_BOX,
    VALUE_IN_RANGE,
)
from imagequant.storage.declare import RowRule, Table
from imagequant.storage.layout import list_shards, shard_path
from imagequant.storage.lookup import ByPhoto
from imagequant.storage.tables import read_arrow
from imagequant.storage.unit_checks import UNIT

# Shards whose tables stay in memory after they were read.
_CACHED_SHARDS = 16
# The fields of a mention that tables keep: its place in the line is of no use without the line.
_MENTION = tuple(field.name for field in fields(Mention) if field.compare)


@dataclass(frozen=True)
class PhotoRow:
    """A photo that was read, with or without text."""

    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    width: Annotated[int, pa.int32(), AT_LEAST_1, "Upright width in pixels."]
    height: Annotated[int, pa.int32(), AT_LEAST_1, "Upright height in pixels."]


@dataclass(frozen=True)
class TokenRow:
    """A word of a photo's merged reading, in reading order."""

    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    text: Annotated[str, NOT_EMPTY, "The word."]
    box: Annotated[Box, pa.float32(), AT_LEAST_0, "Box in pixels of the upright, full-size photo; ends exclusive."]
    confidence: Annotated[float, pa.float32(), SHARE, "The engine's own; scales differ."]
    angle: Annotated[int, pa.int16(), DEGREES, "Reading direction in degrees, clockwise; 0 is left to right."]
    engine: Annotated[str, ENGINE, "Who read it."]


@dataclass(frozen=True)
class CandidateRow:
    """A quantity that was read on a photo."""

    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    value: Annotated[float, "The amount proposed as the answer."]
    unit: Annotated[str, UNIT, "Its unit."]
    low: Annotated[float, "Lower end of a range, else the amount."]
    high: Annotated[float, "Upper end of a range, else the amount."]
    text: Annotated[str, NOT_EMPTY, "The text that was read as the quantity."]
    box: Annotated[Box, pa.float32(), AT_LEAST_0, "Box in pixels of the upright, full-size photo; ends exclusive."]
    words: Annotated[tuple[int, ...], pa.list_(pa.int32()), "Its words: places among the photo's tokens, from 0."]
    confidence: Annotated[float, pa.float32(), SHARE, "How sure the engine was of the text."]
    angle: Annotated[int, pa.int16(), DEGREES, "Reading direction in degrees, clockwise; 0 is left to right."]
    cues: Annotated[tuple[str, ...], pa.list_(pa.string()), "Names of what is said around it (``net_weight``), sorted."]
    engines: Annotated[tuple[str, ...], pa.list_(pa.string()), "Engines that read this quantity by themselves."]
    form: Annotated[str, "How it is written, as the grammar names it (``plain``, ``range``, ...)."]
    axis: Annotated[str, "The axis printed with it (``height``, ...), or empty."]
    name: Annotated[str, "The printed name of the quantity: an axis or a kind of weight (``net``, ``load``), or empty."]
    place: Annotated[int, pa.int16(), AT_LEAST_0, "Its place in a list such as ``3 x 4 x 5 cm``, from 0."]
    places: Annotated[int, pa.int16(), AT_LEAST_1, "How many quantities that list has; 1 if there is none."]
    line: Annotated[int, pa.int32(), "Number of its line on the photo."]
    line_segments: Annotated[tuple[float, ...], pa.list_(pa.float32()), "Features of the line segments around it."]


PHOTOS = Table(PhotoRow, "data/candidates/<split>/photos/00000.parquet, ...")
TOKENS = Table(TokenRow, "data/candidates/<split>/tokens/00000.parquet, ...", UPRIGHT_BOX)
CANDIDATES = Table(
    CandidateRow,
    "data/candidates/<split>/quantities/00000.parquet, ...",
    UPRIGHT_BOX,
    VALUE_IN_RANGE,
    RowRule("place < places", lambda cells: cells("place") < cells("places")),
)


def reading_paths(folder: Path, shard: int) -> tuple[Path, ...]:
    """Returns the files of one shard: photos, tokens, quantities."""
    return tuple(shard_path(folder / table, shard, "parquet") for table in ("photos", "tokens", "quantities"))


def write_readings(folder: Path, shard: int, readings: Iterable[PhotoReading]) -> None:
    """Writes the three tables of one shard into ``photos/``, ``tokens/`` and ``quantities/``."""
    readings = list(readings)
    photos, tokens, quantities = reading_paths(folder, shard)
    PHOTOS.write(photos, (PhotoRow(r.sha256, r.width, r.height) for r in readings))
    words = ({"sha256": r.sha256, **vars(word)} for r in readings for word in r.tokens)
    TOKENS.write(tokens, ({name: row[name] for name in _TOKEN} for row in words))
    candidates = ((r.sha256, each) for r in readings for each in r.candidates)
    rows = ({"sha256": sha256, **vars(each.mention), **vars(each)} for sha256, each in candidates)
    CANDIDATES.write(quantities, ({name: row[name] for name in _CANDIDATE} for row in rows))


class Readings(ByPhoto[PhotoReading]):
    """The photos of a split by hash, with or without text. Neighbours are mostly read together."""

    def __init__(self, folder: Path) -> None:
        """Indexes the photos."""
        super().__init__(list_shards(folder / "photos", "parquet"), _names)
        # Of the instance, so that cached tables are freed with it.
        self._tables = lru_cache(_CACHED_SHARDS)(
            lambda path: (
                list(PHOTOS.iterate(path)),
                _rows_by_photo(folder / "tokens" / path.name),
                _rows_by_photo(folder / "quantities" / path.name),
            )
        )

    def _read(self, path: Path, row: int, name: str) -> PhotoReading:
        photos, tokens, quantities = self._tables(path)
        words = tuple(Word(**_without_photo(TOKENS.from_cells(cells))) for cells in tokens(name))
        candidates = tuple(_candidate(cells) for cells in quantities(name))
        return PhotoReading(name, photos[row].width, photos[row].height, words, candidates)


class ReadQuantity(NamedTuple):
    """A candidate without its words, box and context."""

    value: float
    unit: str
    engines: tuple[str, ...]


class ReadQuantities(ByPhoto[Sequence[ReadQuantity]]):
    """The quantities of each photo that has any, in far less time than ``Readings`` takes."""

    def __init__(self, folder: Path) -> None:
        """Indexes the photos."""
        super().__init__(list_shards(folder / "quantities", "parquet"), _names)
        columns = ["sha256", *ReadQuantity._fields]
        self._rows = lru_cache(_CACHED_SHARDS)(lambda path: _rows_by_photo(path, columns))

    def _read(self, path: Path, row: int, name: str) -> Sequence[ReadQuantity]:  # noqa: ARG002
        rows = self._rows(path)(name)
        return [ReadQuantity(cells["value"], cells["unit"], tuple(cells["engines"])) for cells in rows]


def _names(path: Path) -> list[str]:
    names: list[str] = read_arrow(path, ["sha256"]).column(0).to_pylist()
    return names


def _rows_by_photo(path: Path, columns: list[str] | None = None) -> Callable[[str], list[dict[str, Any]]]:
    """Opens a table whose rows are sorted by photo; the result takes a photo and returns its rows."""
    table = read_arrow(path, columns)
    spans: dict[str, tuple[int, int]] = {}
    start = 0
    for name, rows in groupby(table.column("sha256").to_pylist()):
        spans[name] = (start, start := start + sum(1 for _ in rows))

    def rows_of(name: str) -> list[dict[str, Any]]:
        start, end = spans.get(name, (0, 0))
        cells: list[dict[str, Any]] = table.slice(start, end - start).to_pylist()
        return cells

    return rows_of


_TOKEN, _CANDIDATE = ([each.name for each in fields(row)] for row in (TokenRow, CandidateRow))


def _candidate(cells: dict[str, Any]) -> Candidate:
    values = _without_photo(CANDIDATES.from_cells(cells))
    mention = Mention(**{name: values.pop(name) for name in _MENTION})
    return Candidate(mention, **values)


def _without_photo(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "sha256"}
