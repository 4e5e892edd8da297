"""The data of the report's error browser: rows with their answers, photos with the words read on them."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from imagequant.core.records import Box, PhotoReading
from imagequant.evaluation.oracle_recall import is_read
from imagequant.evaluation.scored_row import Evidence, ScoredRow
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import COLORS, GREY, BoxMark, LegendLine, draw_evidence, encoded
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.storage.layout import list_shards
from imagequant.storage.tars import read_tar

# From legible print down to recognisable shapes.
_QUALITIES = (70, 55, 40, 25, 10)
# Every row is in the page, and more would not help its readers.
_MAX_ANSWERS = 6
_MAX_MENTIONS = 3
_MAX_WORDS = 160
_MAX_WORD_LENGTH = 200
Rank = tuple[bool, bool, float, int]


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
            boxes = [_corners(evidence.candidates[mention].box) for mention in answer.mentions[:_MAX_MENTIONS]]
            answers.append([str(answer.quantity), _rounded(answer.confidence), int(right), boxes])
    return BrowserRow(evidence.row, answers)


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
    readings: Mapping[str, PhotoReading], tars: Path, numbers: Mapping[str, int], large: int, pictures: int
) -> Iterator[tuple[int, str]]:
    """Yields number and JSON of each photo, in the order of the shards in ``tars``.

    The first ``pictures`` photos have a picture, the first ``large`` ones a large one.
    """
    for path in list_shards(tars, "tar"):
        for name, payload in read_tar(path):
            if name in numbers:
                number = numbers[name]
                picture = thumbnail(payload, LARGE if number < large else SMALL) if number < pictures else b""
                yield number, embed_json(_photo_values(readings[name], picture))


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
        "choices": each.answers,
    }


def _photo_values(reading: PhotoReading, picture: bytes) -> dict[str, Any]:
    words = [[word.text[:_MAX_WORD_LENGTH], *_corners(word.box), word.angle] for word in reading.tokens[:_MAX_WORDS]]
    image = "data:image/webp;base64," + base64.b64encode(picture).decode("ascii") if picture else ""
    return {"width": reading.width, "height": reading.height, "words": words, "image": image}


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


_RUNNERS_UP = 4


def worst_errors(evidence: Iterable[Evidence], limit: int) -> list[Evidence]:
    """Return the worst rows: wrong answers with the highest confidence first, then wrong abstentions."""
    wrong = (each for each in evidence if not each.row.right)
    return heapq.nsmallest(limit, wrong, key=lambda each: error_rank(each.row))


def draw_errors(errors: Sequence[Evidence], tars: Path) -> Iterator[tuple[str, bytes]]:
    """Draws errors on their photos from the download shards in ``tars``; yields name and bytes of JPEG files."""
    wanted = {error.row.sha256 for error in errors}
    payloads = {
        name: payload for path in list_shards(tars, "tar") for name, payload in read_tar(path) if name in wanted
    }
    for rank, error in enumerate(errors):
        lines = [LegendLine(line) for line in caption(error.row)]
        picture = draw_evidence(decode_rgb(payloads[error.row.sha256]), evidence_marks(error), lines)
        yield f"{rank:03d}-{error.row.entity}-{error.row.row_id}.jpg", encoded(picture, "JPEG", quality=80)


def evidence_marks(evidence: Evidence) -> list[BoxMark]:
    """Return grey marks for runners-up, green ones for the truth, a blue or orange one for the answer."""
    row, answers, candidates = evidence.row, evidence.answers, evidence.candidates
    marks = [BoxMark(candidates[answer.mentions[0]].box, GREY, width=1) for answer in answers[1 : 1 + _RUNNERS_UP]]
    marks += [
        BoxMark(candidate.box, COLORS["truth"], "truth")
        for candidate in candidates
        if is_read(row.truths, [Quantity(candidate.value, candidate.unit)])
    ]
    if answers:
        best = answers[0]
        color = COLORS["right" if row.right else "wrong"]
        marks.append(BoxMark(candidates[best.mentions[0]].box, color, f"{best.quantity} {best.confidence:.2f}"))
    return marks


def caption(row: ScoredRow) -> list[str]:
    """Return question, truth, answer and bucket as text."""
    truth = row.truth or "not on the photo"
    answer = str(row.prediction) if row.prediction else "no answer"
    return [
        f"{row.entity}? label: {truth}; answer: {answer} ({row.confidence:.2f})",
        f"{row.bucket}; {row.source}, row {row.source_row}",
    ]
