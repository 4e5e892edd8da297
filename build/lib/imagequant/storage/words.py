"""The tables that the ``ocr`` stage writes: words, and what became of each photo."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Annotated

import pyarrow as pa

from imagequant.core.records import Box, OcrAlternative, PhotoWords, Word
from imagequant.storage.checks import (
    AT_LEAST_0,
    DEGREES,
    ENGINE,
    NOT_EMPTY,
    OK_OR_FAILED,
    REASON_UNLESS_OK,
    SHA256,
    SHARE,
    UPRIGHT_BOX,
)
from imagequant.storage.declare import Table
from imagequant.storage.layout import shard_path
from imagequant.storage.tables import iterate_rows, read_rows_where

STATUS_FILE = "status.parquet"
_WORD = [each.name for each in fields(Word)]
_ALTERNATIVES = pa.list_(pa.struct([("text", pa.string()), ("odds", pa.float32())]))


@dataclass(frozen=True)
class WordRow:
    """A word that one engine read on a photo, in the order in which the engine gave it."""

    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    engine: Annotated[str, ENGINE, "Who read it."]
    text: Annotated[str, NOT_EMPTY, "What was read: a word (Tesseract) or a line (RapidOCR)."]
    box: Annotated[Box, pa.float32(), AT_LEAST_0, "Box in pixels of the upright, full-size photo; ends exclusive."]
    confidence: Annotated[float, pa.float32(), SHARE, "The engine's own; scales differ."]
    angle: Annotated[int, pa.int16(), DEGREES, "Reading direction in degrees, clockwise; 0 is left to right."]
    kept: Annotated[bool, "Whether it is part of the merged reading."]
    alternatives: Annotated[tuple[OcrAlternative, ...], _ALTERNATIVES, "OCR alternatives, likeliest first."]
    centers: Annotated[tuple[float, ...], pa.list_(pa.float32()), "Centres of the characters as shares of the length."]


@dataclass(frozen=True)
class StatusRow:
    """What became of a photo with one engine."""

    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    engine: Annotated[str, ENGINE, "Who read it."]
    status: Annotated[str, OK_OR_FAILED, "Whether it could be read."]
    reason: Annotated[str, "Why not, in one line for people; else empty."]
    words: Annotated[int, pa.int32(), AT_LEAST_0, "How many words were read."]
    width: Annotated[int, pa.int32(), "Upright width in pixels; 0 if it could not be decoded."]
    height: Annotated[int, pa.int32(), "Upright height in pixels; 0 if it could not be decoded."]
    shard: Annotated[int, pa.int32(), AT_LEAST_0, "Number of the shard that holds its words."]


WORDS = Table(WordRow, "data/ocr/<split>/00000.parquet, ...", UPRIGHT_BOX)
STATUS = Table(StatusRow, f"data/ocr/<split>/{STATUS_FILE}", REASON_UNLESS_OK)


def write_words(folder: Path, shard: int, photos: Iterable[PhotoWords], metadata: dict[str, str]) -> None:
    """Writes one shard; photos without a word have no row here (the status table lists them)."""
    rows = (
        {"sha256": photo.sha256, "kept": keep, **vars(word)}
        for photo in photos
        for word, keep in zip(photo.words, photo.kept, strict=True)
    )
    WORDS.write(shard_path(folder, shard, "parquet"), rows, metadata)


def read_words(path: Path) -> Iterator[PhotoWords]:
    """Yields those photos of one shard that have words, in order."""
    for sha256, cells in groupby(iterate_rows(path), key=lambda row: str(row["sha256"])):
        rows = [WORDS.from_cells(row) for row in cells]
        kept = tuple(row.pop("kept") for row in rows)
        yield PhotoWords(sha256, tuple(Word(**{name: row[name] for name in _WORD}) for row in rows), kept)


def photo_sizes(folder: Path, shard: int) -> dict[str, tuple[int, int]]:
    """Returns upright width and height of the photos of one shard that could be decoded, with or without words."""
    rows = read_rows_where(folder / STATUS_FILE, ["sha256", "width", "height"], "shard", shard)
    return {row["sha256"]: (row["width"], row["height"]) for row in rows if row["width"] > 0}


def read_engines(folder: Path) -> list[str]:
    """Returns the engines that read a split, most trusted first."""
    return list(dict.fromkeys(row["engine"] for row in iterate_rows(folder / STATUS_FILE, ["engine"])))
