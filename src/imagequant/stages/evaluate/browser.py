"""The data of the report's error browser: rows with their answers, photos with the words read on them."""

import base64
import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from imagequant.core.records import Box, PhotoReading
from imagequant.evaluation.oracle_recall import is_read
from imagequant.evaluation.scored_row import Evidence, ScoredRow
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import BoxMark, LegendLine, draw_evidence, encoded
from imagequant.imaging.palette import GREY, entity_color, named, pale
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.storage.layout import list_shards
from imagequant.storage.tars import read_images

# From legible print down to recognisable shapes.
_QUALITIES = (70, 55, 40, 25, 10)
# Every row is in the page, and more would not help its readers.
_MAX_ANSWERS = 6
_DECIMALS = 4
_MAX_MENTIONS = 3
_MAX_WORDS = 160
_MAX_WORD_LENGTH = 200
_RUNNERS_UP = 4


@dataclass(frozen=True)
class SizeLimit:
    """``side``: most pixels of the longer side; ``size``: most bytes."""

    side: int
    size: int


SMALL = SizeLimit(160, 6_000)
LARGE = SizeLimit(640, 40_000)


def thumbnail(image: bytes, limit: SizeLimit) -> bytes:
    """Encodes an image file as a small WebP within ``limit``: reduces the quality first, then the pixels."""
    picture = Image.fromarray(decode_rgb(image, limit.side))
    while True:
        for quality in _QUALITIES:
            payload = encoded(picture, "WEBP", quality=quality, method=4)
            if len(payload) <= limit.size:
                return payload
        if max(picture.size) == 1:
            raise ValueError(f"no picture fits into {limit.size} bytes")
        picture = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.LANCZOS)


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A scored row with its best answers, small enough to keep thousands of them.

    An answer is a list for JSON: its text and confidence, whether it is right (0 or 1), the boxes where it is printed.
    """

    row: ScoredRow
    answers: list[list[Any]]


Row = TypeVar("Row", Evidence, BrowserRow)


def browser_row(evidence: Evidence) -> BrowserRow:
    """Return a row with its best answers, and the right one if it is not among them."""
    truths = evidence.row.truths
    answers = []
    for place, answer in enumerate(evidence.answers):
        right = any(same_quantity(answer.quantity, truth) for truth in truths)
        if place < _MAX_ANSWERS or right:
            boxes = [_corners(evidence.candidates[mention].box) for mention in answer.mentions[:_MAX_MENTIONS]]
            answers.append([str(answer.quantity), round(answer.confidence, _DECIMALS), int(right), boxes])
    return BrowserRow(evidence.row, answers)


def worst(rows: Iterable[Row], limit: int) -> list[Row]:
    """Return at most ``limit`` rows: wrong answers, wrong abstentions, right rows.

    The most confident of the wrong ones come first, the least confident of the right ones.
    """

    def rank(each: Row) -> tuple[bool, bool, float, int]:
        row = each.row
        confidence = row.confidence if row.right else -row.confidence
        return row.right, not row.right and row.prediction is None, confidence, row.row_id

    return heapq.nsmallest(limit, rows, key=rank)


def photo_numbers(rows: Sequence[BrowserRow]) -> dict[str, int]:
    """Numbers the photos in order of their first row."""
    return {name: number for number, name in enumerate(dict.fromkeys(each.row.sha256 for each in rows))}


def rows_json(rows: Sequence[BrowserRow], numbers: Mapping[str, int]) -> str:
    """Return all rows as JSON that is safe in a page."""
    return embed_json([_row_values(each, numbers[each.row.sha256]) for each in rows])


def photos_json(
    readings: Mapping[str, PhotoReading], tars: Path, numbers: Mapping[str, int], large: int, pictures: int
) -> Iterator[tuple[int, str]]:
    """Yields number and JSON of each photo, in the order of the shards in ``tars``.

    The first ``pictures`` photos have a picture, the first ``large`` ones a large one.
    """
    for name, payload in read_images(list_shards(tars, "tar"), numbers):
        number, reading = numbers[name], readings[name]
        picture = thumbnail(payload, LARGE if number < large else SMALL) if number < pictures else b""
        image = "data:image/webp;base64," + base64.b64encode(picture).decode("ascii") if picture else ""
        words = [
            [word.text[:_MAX_WORD_LENGTH], *_corners(word.box), word.angle] for word in reading.tokens[:_MAX_WORDS]
        ]
        yield number, embed_json({"width": reading.width, "height": reading.height, "words": words, "image": image})


def _row_values(each: BrowserRow, photo: int) -> dict[str, Any]:
    row = each.row
    return {
        "entity": row.entity,
        "bucket": row.bucket,
        "label": row.truth,
        "answer": str(row.prediction) if row.prediction else "",
        "confidence": round(row.confidence, _DECIMALS),
        "units": sorted({quantity.unit for quantity in (*row.truths, row.prediction) if quantity}),
        "source": row.source,
        "row": row.source_row,
        "link": row.image_link,
        "photo": photo,
        "choices": each.answers,
    }


def _corners(box: Box) -> list[int]:
    return [round(value) for value in (box.x0, box.y0, box.x1, box.y1)]


def embed_json(value: Any) -> str:
    """Encodes JSON for a script element: no text in it can end or open an element.

    Everything but ASCII is escaped, including the separators U+2028 and U+2029 and lone surrogates.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def draw_errors(errors: Sequence[Evidence], tars: Path) -> Iterator[tuple[str, bytes]]:
    """Draws errors on their photos from the download shards in ``tars``; yields name and bytes of JPEG files."""
    payloads = dict(read_images(list_shards(tars, "tar"), {error.row.sha256 for error in errors}))
    for rank, error in enumerate(errors):
        row = error.row
        label, answer = row.truth or "not on the photo", row.prediction or "no answer"
        caption = f"{row.entity}? label: {label}; answer: {answer} ({row.confidence:.2f})"
        lines = [LegendLine(caption), LegendLine(f"{row.bucket}; {row.source}, row {row.source_row}")]
        picture = draw_evidence(decode_rgb(payloads[row.sha256]), evidence_marks(error), lines)
        yield f"{rank:03d}-{row.entity}-row-{row.source_row}.jpg", encoded(picture, "JPEG", quality=80)


def evidence_marks(evidence: Evidence) -> list[BoxMark]:
    """Return grey marks for runners-up, and marks in the entity's colour for answer and label (paler)."""
    row, answers, candidates = evidence.row, evidence.answers, evidence.candidates
    color = entity_color(row.entity)
    marks = [BoxMark(candidates[answer.mentions[0]].box, GREY, width=1) for answer in answers[1 : 1 + _RUNNERS_UP]]
    right = (each for each in candidates if is_read(row.truths, [Quantity(each.value, each.unit)]))
    marks += [BoxMark(candidate.box, pale(color), "label") for candidate in right]
    for best in answers[:1]:
        withheld = "" if row.prediction else ", withheld"
        text = f"{named(row.entity)} {best.quantity} ({best.confidence:.2f}{withheld})"
        marks.append(BoxMark(candidates[best.mentions[0]].box, color, text))
    return marks
