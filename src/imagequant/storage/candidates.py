"""The tables that the ``candidates`` stage writes for each shard: photos, tokens and quantities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

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
from imagequant.storage.entity_checks import UNIT
from imagequant.storage.lookup import Lookup, digest
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tables import read_arrow


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


# Shards whose tables stay in memory after they were read.
_CACHED_SHARDS = 16


def reading_paths(folder: Path, shard: int) -> tuple[Path, ...]:
    """Returns the files of one shard: photos, tokens, quantities."""
    return tuple(shard_path(folder / table, shard, "parquet") for table in ("photos", "tokens", "quantities"))


def write_readings(folder: Path, shard: int, readings: Iterable[PhotoReading]) -> None:
    """Writes the three tables of one shard into ``photos/``, ``tokens/`` and ``quantities/``."""
    readings = list(readings)
    photos, tokens, quantities = reading_paths(folder, shard)
    PHOTOS.write(photos, (PhotoRow(r.sha256, r.width, r.height) for r in readings))
    TOKENS.write(tokens, ({"sha256": r.sha256, **_token_fields(token)} for r in readings for token in r.tokens))
    CANDIDATES.write(
        quantities, ({"sha256": r.sha256, **_candidate_fields(each)} for r in readings for each in r.candidates)
    )


class Readings(Mapping[str, PhotoReading]):
    """The photos of a split by hash, in shard order, with or without text.

    Readings are built on access. In memory are a few bytes per photo and the tables of the last few shards, since
    neighbours are mostly read together.
    """

    def __init__(self, folder: Path) -> None:
        """Indexes the photos."""
        self._paths = list_shards(folder / "photos", "parquet")
        self._places = _places(self._paths)
        # Of the instance, so that cached tables are freed with it.
        self._recent = lru_cache(_CACHED_SHARDS)(self._open)

    def __getitem__(self, name: str) -> PhotoReading:
        place = self._places.get(digest(name))
        if place is None:
            raise KeyError(name)
        return self._recent(place).reading(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._places.get(digest(name)) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for path in self._paths for name in _names(path))

    def __len__(self) -> int:
        return len(self._places)

    def _open(self, place: int) -> _ShardTables:
        return _ShardTables.read(self._paths[place])


@dataclass(frozen=True, slots=True)
class ReadQuantity:
    """A candidate without its words, box and context."""

    value: float
    unit: str
    engines: tuple[str, ...]


class ReadQuantities:
    """The quantities read on each photo of a split: a tenth of the time of ``Readings``, and as little memory."""

    def __init__(self, folder: Path) -> None:
        """Indexes the photos."""
        self._paths = list_shards(folder / "quantities", "parquet")
        self._places = _places(self._paths)
        self._recent = lru_cache(_CACHED_SHARDS)(self._open)

    def get(self, name: str) -> Sequence[ReadQuantity]:
        """Returns those of a photo; none if nothing was read or there is no such photo."""
        place = self._places.get(digest(name))
        return () if place is None else self._recent(place)[name]

    def _open(self, place: int) -> dict[str, list[ReadQuantity]]:
        table = read_arrow(self._paths[place], ["sha256", "value", "unit", "engines"])
        by_photo: dict[str, list[ReadQuantity]] = {}
        for name, value, unit, engines in zip(*(column.to_pylist() for column in table.columns), strict=True):
            by_photo.setdefault(name, []).append(ReadQuantity(value, unit, tuple(engines)))
        return by_photo


def _places(paths: Sequence[Path]) -> Lookup:
    """Maps each photo to the number of the file that has its rows."""
    return Lookup.from_pairs(
        (digest(name), number) for number, path in enumerate(paths) for name in dict.fromkeys(_names(path))
    )


def _names(path: Path) -> list[str]:
    names: list[str] = read_arrow(path, ["sha256"]).column(0).to_pylist()
    return names


@dataclass(frozen=True)
class _ShardTables:
    """The tables of one shard as Arrow tables."""

    sizes: dict[str, tuple[int, int]]
    tokens: _Grouped
    quantities: _Grouped

    @classmethod
    def read(cls, photos: Path) -> _ShardTables:
        """Reads the three tables."""
        folder = photos.parents[1]
        return cls(
            {row.sha256: (row.width, row.height) for row in PHOTOS.iterate(photos)},
            _Grouped.read(folder / "tokens" / photos.name),
            _Grouped.read(folder / "quantities" / photos.name),
        )

    def reading(self, name: str) -> PhotoReading:
        """Builds the reading of one photo."""
        tokens = tuple(_token(row) for row in self.tokens.rows(name))
        candidates = tuple(_candidate(row) for row in self.quantities.rows(name))
        return PhotoReading(name, *self.sizes[name], tokens, candidates)


@dataclass(frozen=True)
class _Grouped:
    """A table sorted by photo, and where the rows of each photo start and end."""

    table: pa.Table
    spans: dict[str, tuple[int, int]]

    @classmethod
    def read(cls, path: Path) -> _Grouped:
        """Reads a table."""
        table = read_arrow(path)
        spans: dict[str, tuple[int, int]] = {}
        start = 0
        for name, rows in groupby(table.column("sha256").to_pylist()):
            spans[name] = (start, start := start + sum(1 for _ in rows))
        return cls(table, spans)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Returns the rows of one photo."""
        start, end = self.spans.get(name, (0, 0))
        rows: list[dict[str, Any]] = self.table.slice(start, end - start).to_pylist()
        return rows


def _token_fields(token: Word) -> dict[str, Any]:
    return {name: value for name, value in vars(token).items() if name != "alternatives"}


def _token(row: dict[str, Any]) -> Word:
    return Word(**_record_fields(TOKENS, row))


# The fields of a mention that tables keep: its place in the line is of no use without the line.
_MENTION = tuple(field.name for field in fields(Mention) if field.compare)


def _candidate_fields(candidate: Candidate) -> dict[str, Any]:
    mention = {name: getattr(candidate.mention, name) for name in _MENTION}
    return mention | {name: value for name, value in vars(candidate).items() if name != "mention"}


def _candidate(row: dict[str, Any]) -> Candidate:
    values = _record_fields(CANDIDATES, row)
    mention = Mention(**{name: values.pop(name) for name in _MENTION})
    return Candidate(mention, **values)


def _record_fields(table: Table[Any], row: dict[str, Any]) -> dict[str, Any]:
    values = table.from_cells(row)
    del values["sha256"]
    return values
