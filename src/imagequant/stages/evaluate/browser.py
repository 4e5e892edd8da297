"""What the report's error browser shows: rows with what they were chosen from, photos with what was read on them."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagequant.core.records import Box, PhotoReading, Word
from imagequant.evaluation.results import Evidence, Result
from imagequant.quantity.scoring import same_quantity
from imagequant.stages.evaluate.thumbnails import LARGE, SMALL, thumbnail
from imagequant.storage.shards import list_shards
from imagequant.storage.tars import read_tar

# More say nothing to people, and every row's are in the page.
_ANSWERS = 6
_MENTIONS = 3
_WORDS = 160
_WORD_LENGTH = 200

Rank = tuple[bool, bool, float, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a row's answers: what it says, how sure it is, whether the label says so, where it is printed."""

    text: str
    confidence: float
    right: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Browsed:
    """A result with the likeliest answers: little enough to be kept for thousands of rows."""

    result: Result
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Kept:
    """How many photos have a picture in the page: so many a large one, so many one at all."""

    large: int
    pictures: int

    @property
    def any(self) -> int:
        """How many have one, of either size."""
        return max(self.large, self.pictures)


def rank(result: Result) -> Rank:
    """Wrong rows first, the surest of themselves before the silent ones; then the right rows, the least sure first."""
    if result.right:
        return True, False, result.confidence, result.label.row_id
    return False, result.prediction is None, -result.confidence, result.label.row_id


def browsed(evidence: Evidence) -> Browsed:
    """The likeliest answers, and the right one where it is not among them."""
    truths = evidence.result.label.truths
    choices = []
    for place, answer in enumerate(evidence.answers):
        right = any(same_quantity(answer.quantity, truth) for truth in truths)
        if place < _ANSWERS or right:
            boxes = tuple(evidence.candidates[mention].box for mention in answer.mentions[:_MENTIONS])
            choices.append(Choice(str(answer.quantity), answer.confidence, right, boxes))
    return Browsed(evidence.result, tuple(choices))


def worst_rows(rows: Iterable[Browsed], limit: int) -> list[Browsed]:
    """At most ``limit`` rows by ``rank``."""
    return heapq.nsmallest(limit, rows, key=lambda row: rank(row.result))


def photo_numbers(rows: Sequence[Browsed]) -> dict[str, int]:
    """The rows' photos, numbered by the first row that shows them."""
    names = dict.fromkeys(row.result.label.sha256 for row in rows)
    return {name: number for number, name in enumerate(names)}


def rows_json(rows: Sequence[Browsed], numbers: Mapping[str, int]) -> str:
    """All rows as JSON that may stand in a page."""
    return embedded([_row(row, numbers[row.result.label.sha256]) for row in rows])


def photos_json(
    readings: Mapping[str, PhotoReading], tars: Path, numbers: Mapping[str, int], kept: Kept
) -> Iterator[tuple[int, str]]:
    """The photos' numbers and their JSON, one at a time in the order of the shards in ``tars``."""
    for path in list_shards(tars, "tar"):
        for name, payload in read_tar(path):
            if name in numbers:
                yield numbers[name], embedded(_photo(readings[name], _picture(payload, numbers[name], kept)))


def _picture(payload: bytes, number: int, kept: Kept) -> bytes:
    if number >= kept.any:
        return b""
    return thumbnail(payload, LARGE if number < kept.large else SMALL)


def _row(row: Browsed, photo: int) -> dict[str, Any]:
    result = row.result
    label = result.label
    return {
        "entity": label.entity,
        "bucket": result.bucket,
        "label": label.entity_value,
        "answer": str(result.prediction) if result.prediction else "",
        "confidence": _rounded(result.confidence),
        "units": sorted({quantity.unit for quantity in (*label.truths, result.prediction) if quantity}),
        "source": f"{label.source}, row {label.source_row}",
        "link": label.image_link,
        "photo": photo,
        "choices": [
            [choice.text, _rounded(choice.confidence), int(choice.right), [_corners(box) for box in choice.boxes]]
            for choice in row.choices
        ],
    }


def _photo(reading: PhotoReading, picture: bytes) -> dict[str, Any]:
    words = [_word(word) for word in reading.tokens[:_WORDS]]
    image = "data:image/webp;base64," + base64.b64encode(picture).decode("ascii") if picture else ""
    return {"width": reading.width, "height": reading.height, "words": words, "image": image}


def _word(word: Word) -> list[Any]:
    return [word.text[:_WORD_LENGTH], *_corners(word.box), word.angle]


def _corners(box: Box) -> list[int]:
    return [round(value) for value in (box.x0, box.y0, box.x1, box.y1)]


def _rounded(confidence: float) -> float:
    return round(confidence, 4)


def embedded(value: Any) -> str:
    """JSON that may stand in a script element: no text in it, however it came to be, can end or open anything.

    All but ASCII is written as numbers, the separators U+2028 and U+2029 and halves of surrogate pairs among it.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
