"""The tables of words and of reading outcomes that the ``ocr`` stage writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from imagequant.core.records import Box, OcrAlternative, PhotoWords, Word
from imagequant.storage.shards import shard_path
from imagequant.storage.tables import iterate_rows, read_rows_where, write_table

STATUS_FILE = "status.parquet"
WORDS_SCHEMA = pa.schema(
    [
        ("sha256", pa.string()),
        ("engine", pa.string()),
        ("text", pa.string()),
        ("x0", pa.float32()),
        ("y0", pa.float32()),
        ("x1", pa.float32()),
        ("y1", pa.float32()),
        ("confidence", pa.float32()),
        ("angle", pa.int16()),
        ("kept", pa.bool_()),  # part of the merged reading
        ("alternatives", pa.list_(pa.struct([("text", pa.string()), ("odds", pa.float32())]))),
    ]
)
STATUS_SCHEMA = pa.schema(
    [
        ("sha256", pa.string()),
        ("engine", pa.string()),
        ("status", pa.string()),  # ok, failed
        ("reason", pa.string()),
        ("words", pa.int32()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("shard", pa.int32()),
    ]
)


def write_words(folder: Path, shard: int, photos: Iterable[PhotoWords], metadata: dict[str, str]) -> None:
    """Writes one shard; photos without a word leave no row (the status table has them)."""
    rows = [
        _row(photo.sha256, word, keep) for photo in photos for word, keep in zip(photo.words, photo.kept, strict=True)
    ]
    write_table(shard_path(folder, shard, "parquet"), rows, WORDS_SCHEMA.with_metadata(metadata))


def read_words(path: Path) -> Iterator[PhotoWords]:
    """Yields the photos of one shard that have words, in order."""
    for sha256, rows in groupby(iterate_rows(path), key=lambda row: str(row["sha256"])):
        pairs = [(_word(row), bool(row["kept"])) for row in rows]
        yield PhotoWords(sha256, tuple(word for word, _ in pairs), tuple(keep for _, keep in pairs))


def write_status(folder: Path, rows: Iterable[dict[str, Any]], metadata: dict[str, str]) -> None:
    """Writes what became of each photo with each engine."""
    write_table(folder / STATUS_FILE, rows, STATUS_SCHEMA.with_metadata(metadata))


@dataclass(frozen=True)
class PhotoSize:
    """A photo that was decoded: upright size in pixels, and the shard it belongs to."""

    sha256: str
    width: int
    height: int
    shard: int


def photo_sizes(folder: Path, shard: int) -> list[PhotoSize]:
    """The photos of one shard that could be decoded, those without a word included, in order."""
    rows = read_rows_where(folder / STATUS_FILE, ["sha256", "width", "height", "shard"], "shard", shard)
    return list(dict.fromkeys(PhotoSize(**row) for row in rows if row["width"] > 0))


def read_engines(folder: Path) -> list[str]:
    """The engines that read a split, most trusted first."""
    return list(dict.fromkeys(row["engine"] for row in iterate_rows(folder / STATUS_FILE, ["engine"])))


def _row(sha256: str, word: Word, kept: bool) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "engine": word.engine,
        "text": word.text,
        "x0": word.box.x0,
        "y0": word.box.y0,
        "x1": word.box.x1,
        "y1": word.box.y1,
        "confidence": word.confidence,
        "angle": word.angle,
        "kept": kept,
        "alternatives": [{"text": other.text, "odds": other.odds} for other in word.alternatives],
    }


def _word(row: dict[str, Any]) -> Word:
    box = Box(row["x0"], row["y0"], row["x1"], row["y1"])
    alternatives = tuple(OcrAlternative(**other) for other in row["alternatives"])
    return Word(row["text"], box, row["confidence"], row["angle"], row["engine"], alternatives)
