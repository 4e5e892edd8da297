"""Words to lines of text in reading order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np

from imagequant.core.records import Box, Word

# Words are on one line if they overlap vertically by this share of the lower one and their heights differ by no more
# than this ratio.
_OVERLAP = 0.5
_HEIGHT_RATIO = 2.2
# Lines tilted by less than this many degrees count as level; the box of steeper ones does not tell their height.
_LEVEL, _STEEP = 4, 36
# Tesseract cuts Chinese, Japanese and Korean words into pieces; their parts belong together.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")


@dataclass(frozen=True)
class Line:
    """Words of one direction that follow each other.

    Attributes:
        text: The words, separated by blanks unless their script has none.
        words: The words.
        spans: (start, end) of each word in ``text``.
        box: The box around the words.
        level: The same box in coordinates in which the text runs from left to right (see ``to_level``).
        angle: 0, 90, 180 or 270 (see ``Word.angle``).
    """

    text: str
    words: tuple[Word, ...]
    spans: tuple[tuple[int, int], ...]
    box: Box
    level: Box
    angle: int

    def box_at(self, start: int, end: int) -> Box:
        """Return the box of ``text[start:end]``."""
        parts = [
            _cut(word, self.angle, max(start, first) - first, min(end, last) - first)
            for word, (first, last) in zip(self.words, self.spans, strict=True)
            if first < end and start < last
        ]
        return _around(parts)

    def words_at(self, start: int, end: int) -> list[Word]:
        """Return the words that ``text[start:end]`` touches."""
        pairs = zip(self.words, self.spans, strict=True)
        return [word for word, (first, last) in pairs if first < end and start < last]

    def with_text(self, number: int, text: str) -> Line:
        """Return the line with another reading of the word with this number."""
        words = list(self.words)
        words[number] = replace(words[number], text=text, centers=_stretched(words[number].centers, len(text)))
        return _line(words, self.angle)


def reading_lines(words: Sequence[Word], gap: float) -> list[Line]:
    """Return the lines in reading order: level text from top to bottom, then each turned direction.

    Args:
        words: Words of one photo without duplicates.
        gap: Words further apart than this many text heights are on different lines.
    """
    lines: list[Line] = []
    for angle in (0, 90, 180, 270):
        level = [(to_level(word.box, angle), word) for word in words if direction(word.angle) == angle]
        rows = _rows(sorted(level, key=lambda item: (item[0].x0, item[0].y0)), gap)
        rows.sort(key=lambda row: (row[0][0].center[1], row[0][0].x0))
        lines.extend(_line([word for _, word in row], angle) for row in rows)
    return lines


def line_above(line: Line, lines: Sequence[Line], gap: float) -> Line | None:
    """Return the line right above another one, of similar print size, at most ``gap`` text heights away."""
    box, height = line.level, max(line.level.height, 1.0)
    for other in lines:
        above = other.level
        if not -0.3 * height < box.y0 - above.y1 < gap * height or other.angle != line.angle:
            continue
        shared = min(box.x1, above.x1) - max(box.x0, above.x0)
        if 0.7 < above.height / height < 1.4 and shared > 0.5 * min(box.width, above.width):
            return other
    return None


def direction(angle: int) -> int:
    """Return the nearest of 0, 90, 180 and 270 degrees."""
    return round(angle / 90) % 4 * 90


def to_level(box: Box, angle: int) -> Box:
    """Return the box in coordinates in which text of this direction runs from left to right."""
    match angle:
        case 90:
            return Box(box.y0, -box.x1, box.y1, -box.x0)
        case 180:
            return Box(-box.x1, -box.y1, -box.x0, -box.y0)
        case 270:
            return Box(-box.y1, box.x0, -box.y0, box.x1)
        case _:
            return box


_LevelWord = tuple[Box, Word]


def _rows(words: list[_LevelWord], gap: float) -> list[list[_LevelWord]]:
    """Chain words from left to right: each joins the row whose last word it follows most closely."""
    rows: list[list[_LevelWord]] = []
    for box, word in words:
        best = min(
            (row for row in rows if _follows(row[-1][0], box, gap)),
            key=lambda row: box.x0 - row[-1][0].x1,
            default=None,
        )
        if best is None:
            rows.append([(box, word)])
        else:
            best.append((box, word))
    return rows


def _follows(one: Box, two: Box, gap: float) -> bool:
    low, high = sorted((max(one.height, 1.0), max(two.height, 1.0)))
    overlap = min(one.y1, two.y1) - max(one.y0, two.y0)
    distance = two.x0 - one.x1
    return overlap >= _OVERLAP * low and high <= _HEIGHT_RATIO * low and -low <= distance <= gap * high


def _line(words: list[Word], angle: int) -> Line:
    text = ""
    spans: list[tuple[int, int]] = []
    for word in words:
        if text and not _UNSPACED.fullmatch(text[-1] + word.text[:1]):
            text += " "
        spans.append((len(text), len(text) + len(word.text)))
        text += word.text
    box = _around([word.box for word in words])
    return Line(text, tuple(words), tuple(spans), box, to_level(box, angle), angle)


def _around(boxes: Sequence[Box]) -> Box:
    around = boxes[0]
    for box in boxes[1:]:
        around = around.union(box)
    return around


def _cut(word: Word, angle: int, first: int, last: int) -> Box:
    """Return the box of a word's characters from ``first`` to ``last`` (exclusive)."""
    level, low, high = to_level(word.box, angle), _edge(word, first), _edge(word, last)
    tilt = (word.angle - angle + 180) % 360 - 180
    part = _tilted_part(level, radians(tilt), low, high) if _LEVEL < abs(tilt) < _STEEP else None
    if part is None:
        part = Box(level.x0 + low * level.width, level.y0, level.x0 + high * level.width, level.y1)
    return to_level(part, -angle % 360)


def _tilted_part(box: Box, tilt: float, low: float, high: float) -> Box | None:
    """Return the box around the part of a tilted line between two shares of its length.

    A line of length l and height h fills a box of l cos t + h sin t by l sin t + h cos t, which gives l and h. None if
    the box is too narrow for a line with this tilt.
    """
    c, s = cos(tilt), abs(sin(tilt))
    length = (box.width * c - box.height * s) / (c * c - s * s)
    across = (box.height * c - box.width * s) / (c * c - s * s)
    if min(length, across) <= 0:
        return None
    (x, y), along = box.center, ((low + high) / 2 - 0.5) * length
    x, y = x + along * c, y + along * sin(tilt)
    right, down = (high - low) * length * c + across * s, (high - low) * length * s + across * c
    # Rounding must not lead out of the line's box, which may end where the photo does.
    return Box(
        max(x - right / 2, box.x0), max(y - down / 2, box.y0), min(x + right / 2, box.x1), min(y + down / 2, box.y1)
    )


def _edge(word: Word, place: int) -> float:
    """Return where the character at this place begins, as a share of the word's length.

    That is the middle between its centre and that of the one before. Without centres all characters are equally wide.
    """
    centers = word.centers
    if len(centers) < 2 or place in (0, len(word.text)):
        return place / len(word.text)
    return (centers[place - 1] + centers[place]) / 2


def _stretched(centers: tuple[float, ...], length: int) -> tuple[float, ...]:
    """Return centres for another reading, of this length, of the same print."""
    if len(centers) in (0, length):
        return centers
    places = (np.arange(length) + 0.5) / length
    return tuple(np.interp(places, (np.arange(len(centers)) + 0.5) / len(centers), centers).tolist())
