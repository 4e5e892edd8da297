"""The data of the report's error browser: rows with their answers, photos with the words read on them."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagequant.core.records import Box, PhotoReading, Word
from imagequant.evaluation.scored_row import Evidence, ScoredRow
from imagequant.quantity.scoring import same_quantity
from imagequant.stages.evaluate.thumbnails import LARGE, SMALL, thumbnail
from imagequant.storage.shards import list_shards
from imagequant.storage.tars import read_tar

# Every row is in the page, and more would not help its readers.
_MAX_ANSWERS = 6
_MAX_MENTIONS = 3
_MAX_WORDS = 160
_MAX_WORD_LENGTH = 200

Rank = tuple[bool, bool, float, int]


@dataclass(frozen=True, slots=True)
class BrowserAnswer:
    """One answer to a row: its text and confidence, whether it is right, where it is printed."""

    text: str
    confidence: float
    right: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A scored row with its best answers, small enough to keep thousands of them."""

    row: ScoredRow
    answers: tuple[BrowserAnswer, ...]


@dataclass(frozen=True)
class PictureLimits:
    """How many photos have a picture in the page: ``large`` ones, and ``pictures`` of any size."""

    large: int
    pictures: int

    @property
    def any(self) -> int:
        """How many photos have a picture."""
        return max(self.large, self.pictures)


def error_rank(row: ScoredRow) -> Rank:
    """Ranks wrong answers (most confident first), then wrong abstentions, then right rows (least confident first)."""
    if row.right:
        return True, False, row.confidence, row.row_id
    return False, row.prediction is None, -row.confidence, row.row_id


def browser_row(evidence: Evidence) -> BrowserRow:
    """Return a row with its best answers, and the right one if it is not among them."""
    truths = evidence.row.truths
    answers = []
    for place, answer in enumerate(evidence.answers):
        right = any(same_quantity(answer.quantity, truth) for truth in truths)
        if place < _MAX_ANSWERS or right:
            boxes = tuple(evidence.candidates[mention].box for mention in answer.mentions[:_MAX_MENTIONS])
            answers.append(BrowserAnswer(str(answer.quantity), answer.confidence, right, boxes))
    return BrowserRow(evidence.row, tuple(answers))


def worst_rows(rows: Iterable[BrowserRow], limit: int) -> list[BrowserRow]:
    """Return at most ``limit`` rows, by ``error_rank``."""
    return heapq.nsmallest(limit, rows, key=lambda each: error_rank(each.row))


def photo_numbers(rows: Sequence[BrowserRow]) -> dict[str, int]:
    """Numbers the photos in order of their first row."""
    names = dict.fromkeys(each.row.sha256 for each in rows)
    return {name: number for number, name in enumerate(names)}


def rows_json(rows: Sequence[BrowserRow], numbers: Mapping[str, int]) -> str:
    """Return all rows as JSON that is safe in a page."""
    return embed_json([_row_values(each, numbers[each.row.sha256]) for each in rows])


def photos_json(
    readings: Mapping[str, PhotoReading], tars: Path, numbers: Mapping[str, int], limits: PictureLimits
) -> Iterator[tuple[int, str]]:
    """Yields number and JSON of each photo, in the order of the shards in ``tars``."""
    for path in list_shards(tars, "tar"):
        for name, payload in read_tar(path):
            if name in numbers:
                yield numbers[name], embed_json(_photo_values(readings[name], _picture(payload, numbers[name], limits)))


def _picture(payload: bytes, number: int, limits: PictureLimits) -> bytes:
    if number >= limits.any:
        return b""
    return thumbnail(payload, LARGE if number < limits.large else SMALL)


def _row_values(each: BrowserRow, photo: int) -> dict[str, Any]:
    row = each.row
    return {
        "entity": row.entity,
        "bucket": row.bucket,
        "label": row.truth,
        "answer": str(row.prediction) if row.prediction else "",
        "confidence": _rounded(row.confidence),
        "units": sorted({quantity.unit for quantity in (*row.truths, row.prediction) if quantity}),
        "source": f"{row.source}, row {row.source_row}",
        "link": row.image_link,
        "photo": photo,
        "choices": [
            [answer.text, _rounded(answer.confidence), int(answer.right), [_corners(box) for box in answer.boxes]]
            for answer in each.answers
        ],
    }


def _photo_values(reading: PhotoReading, picture: bytes) -> dict[str, Any]:
    words = [_word(word) for word in reading.tokens[:_MAX_WORDS]]
    image = "data:image/webp;base64," + base64.b64encode(picture).decode("ascii") if picture else ""
    return {"width": reading.width, "height": reading.height, "words": words, "image": image}


def _word(word: Word) -> list[Any]:
    return [word.text[:_MAX_WORD_LENGTH], *_corners(word.box), word.angle]


def _corners(box: Box) -> list[int]:
    return [round(value) for value in (box.x0, box.y0, box.x1, box.y1)]


def _rounded(confidence: float) -> float:
    return round(confidence, 4)


def embed_json(value: Any) -> str:
    """Encodes JSON for a script element: no text in it can end or open an element.

    Everything but ASCII is escaped, including the separators U+2028 and U+2029 and lone surrogates.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
