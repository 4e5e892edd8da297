"""The tables of candidates and of tokens that the ``candidates`` stage writes, one pair a shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from imagequant.records import Box, Candidate, Word
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tables import read_rows, write_table

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
        ("strokes", pa.list_(pa.float32())),
    ]
)


_LISTS = ("words", "cues", "engines", "strokes")


@dataclass(frozen=True)
class PhotoReading:
    """All that was read on one photo: its size in pixels, tokens in reading order, candidates."""

    sha256: str
    width: int
    height: int
    tokens: tuple[Word, ...]
    candidates: tuple[Candidate, ...]


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


def read_readings(folder: Path) -> Iterator[PhotoReading]:
    """Yields the photos of a split in order, those without text included."""
    for path in list_shards(folder / "photos", "parquet"):
        tokens = _grouped(folder / "tokens" / path.name)
        quantities = _grouped(folder / "quantities" / path.name)
        for row in read_rows(path):
            name = row["sha256"]
            yield PhotoReading(
                name,
                row["width"],
                row["height"],
                tuple(_token(token) for token in tokens.get(name, ())),
                tuple(_candidate(candidate) for candidate in quantities.get(name, ())),
            )


def _grouped(path: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: list(rows) for name, rows in groupby(read_rows(path), key=lambda row: str(row["sha256"]))}


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
    fields = {name: getattr(candidate, name) for name in CANDIDATES_SCHEMA.names if name not in ("sha256", *_BOX)}
    lists = {name: list(fields[name]) for name in _LISTS}
    return {"sha256": sha256, **fields, **lists, **_box_fields(candidate.box)}


def _candidate(row: dict[str, Any]) -> Candidate:
    plain = {name: value for name, value in row.items() if name not in ("sha256", *_BOX)}
    lists = {name: tuple(plain[name]) for name in _LISTS}
    return Candidate(**{**plain, **lists, "box": _box(row)})


def _box(row: dict[str, Any]) -> Box:
    return Box(*(row[name] for name in _BOX))
