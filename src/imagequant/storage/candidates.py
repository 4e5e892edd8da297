"""The tables of candidates and of tokens that the ``candidates`` stage writes, one pair a shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from imagequant.core.records import Box, Candidate, Mention, PhotoReading, Word
from imagequant.storage.lookup import Lookup, digest
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tables import iterate_rows, read_arrow, write_table

_BOX = ("x0", "y0", "x1", "y1")
_BOX_FIELDS = [(name, pa.float32()) for name in _BOX]
PHOTOS_SCHEMA = pa.schema([("sha256", pa.string()), ("width", pa.int32()), ("height", pa.int32())])
TOKENS_SCHEMA = pa.schema(
    [
        ("sha256", pa.string()),
        ("text", pa.string()),
        *_BOX_FIELDS,
        ("confidence", pa.float32()),
        ("angle", pa.int16()),
        ("engine", pa.string()),
    ]
)
CANDIDATES_SCHEMA = pa.schema(
    [
        ("sha256", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("text", pa.string()),
        *_BOX_FIELDS,
        ("words", pa.list_(pa.int32())),
        ("confidence", pa.float32()),
        ("angle", pa.int16()),
        ("cues", pa.list_(pa.string())),
        ("engines", pa.list_(pa.string())),
        ("form", pa.string()),
        ("axis", pa.string()),
        ("place", pa.int16()),
        ("places", pa.int16()),
        ("line", pa.int32()),
        ("line_segments", pa.list_(pa.float32())),
    ]
)


_LISTS = ("words", "cues", "engines", "line_segments")
_MENTION = ("value", "unit", "low", "high", "form", "axis", "place", "places")
_CANDIDATE = ("text", "words", "confidence", "angle", "cues", "engines", "line", "line_segments")
# Shards whose tables are kept after they were read.
_RECENT = 16


def reading_paths(folder: Path, shard: int) -> tuple[Path, ...]:
    """The files of one shard: its photos, their tokens, their quantities."""
    return tuple(shard_path(folder / table, shard, "parquet") for table in ("photos", "tokens", "quantities"))


def write_readings(folder: Path, shard: int, readings: Iterable[PhotoReading]) -> None:
    """Writes the three tables of one shard into ``photos/``, ``tokens/`` and ``quantities/``."""
    readings = list(readings)
    photos = [{"sha256": r.sha256, "width": r.width, "height": r.height} for r in readings]
    tokens = [_token_row(r.sha256, token) for r in readings for token in r.tokens]
    quantities = [_candidate_row(r.sha256, candidate) for r in readings for candidate in r.candidates]
    schemas = (PHOTOS_SCHEMA, TOKENS_SCHEMA, CANDIDATES_SCHEMA)
    for path, rows, schema in zip(reading_paths(folder, shard), (photos, tokens, quantities), schemas, strict=True):
        write_table(path, rows, schema)


class Readings(Mapping[str, PhotoReading]):
    """The photos of a split by hash, in shard order, those without text included.

    Each is made when it is asked for. What is held are some bytes a photo, and the tables of the last few shards, for
    neighbours are mostly asked for together.
    """

    def __init__(self, folder: Path) -> None:
        """Looks at which photos there are."""
        self._paths = list_shards(folder / "photos", "parquet")
        self._places = _places(self._paths)
        # A method, so that what is kept goes with the object.
        self._recent = lru_cache(_RECENT)(self._open)

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

    def _open(self, place: int) -> _Shard:
        return _Shard.read(self._paths[place])


@dataclass(frozen=True, slots=True)
class ReadQuantity:
    """What was read, without where and how."""

    value: float
    unit: str
    engines: tuple[str, ...]


class ReadQuantities:
    """The quantities read on each photo of a split, for what asks for little of every photo.

    Takes a tenth of the time of ``Readings``, and as little memory.
    """

    def __init__(self, folder: Path) -> None:
        """Looks at which photos there are."""
        self._paths = list_shards(folder / "quantities", "parquet")
        self._places = _places(self._paths)
        self._recent = lru_cache(_RECENT)(self._open)

    def get(self, name: str) -> Sequence[ReadQuantity]:
        """Those of a photo; none where nothing was read, or there is no such photo."""
        place = self._places.get(digest(name))
        return () if place is None else self._recent(place)[name]

    def _open(self, place: int) -> dict[str, list[ReadQuantity]]:
        table = read_arrow(self._paths[place], ["sha256", "value", "unit", "engines"])
        found: dict[str, list[ReadQuantity]] = {}
        for name, value, unit, engines in zip(*(column.to_pylist() for column in table.columns), strict=True):
            found.setdefault(name, []).append(ReadQuantity(value, unit, tuple(engines)))
        return found


def _places(paths: Sequence[Path]) -> Lookup:
    """Which of the files has a photo's rows."""
    return Lookup.of(
        (digest(name), number) for number, path in enumerate(paths) for name in dict.fromkeys(_names(path))
    )


def _names(path: Path) -> list[str]:
    names: list[str] = read_arrow(path, ["sha256"]).column(0).to_pylist()
    return names


@dataclass(frozen=True)
class _Shard:
    """The tables of one shard as Arrow holds them."""

    sizes: dict[str, tuple[int, int]]
    tokens: _Grouped
    quantities: _Grouped

    @classmethod
    def read(cls, photos: Path) -> _Shard:
        """Reads the three tables."""
        folder = photos.parents[1]
        return cls(
            {row["sha256"]: (row["width"], row["height"]) for row in iterate_rows(photos)},
            _Grouped.read(folder / "tokens" / photos.name),
            _Grouped.read(folder / "quantities" / photos.name),
        )

    def reading(self, name: str) -> PhotoReading:
        """One photo."""
        tokens = tuple(_token(row) for row in self.tokens.rows(name))
        candidates = tuple(_candidate(row) for row in self.quantities.rows(name))
        return PhotoReading(name, *self.sizes[name], tokens, candidates)


@dataclass(frozen=True)
class _Grouped:
    """A table whose rows lie photo by photo, and where those of each photo start and end."""

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
        """The rows of one photo."""
        start, end = self.spans.get(name, (0, 0))
        rows: list[dict[str, Any]] = self.table.slice(start, end - start).to_pylist()
        return rows


def _box_fields(box: Box) -> dict[str, float]:
    return {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}


def _token_row(sha256: str, token: Word) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "text": token.text,
        **_box_fields(token.box),
        "confidence": token.confidence,
        "angle": token.angle,
        "engine": token.engine,
    }


def _token(row: dict[str, Any]) -> Word:
    return Word(row["text"], _box(row), row["confidence"], row["angle"], row["engine"])


def _candidate_row(sha256: str, candidate: Candidate) -> dict[str, Any]:
    read = {name: getattr(candidate.mention, name) for name in _MENTION}
    fields = {name: getattr(candidate, name) for name in _CANDIDATE}
    lists = {name: list(fields[name]) for name in _LISTS}
    return {"sha256": sha256, **read, **fields, **lists, **_box_fields(candidate.box)}


def _candidate(row: dict[str, Any]) -> Candidate:
    mention = Mention(**{name: row[name] for name in _MENTION})
    lists = {name: tuple(row[name]) for name in _LISTS}
    return Candidate(mention, box=_box(row), **{**{name: row[name] for name in _CANDIDATE}, **lists})


def _box(row: dict[str, Any]) -> Box:
    return Box(*(row[name] for name in _BOX))
