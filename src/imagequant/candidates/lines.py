"""Words to lines of text in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from imagequant.core.records import Box, Word

# Words stand on one line if they overlap across it by this share of the lower one and differ no more in height.
_OVERLAP = 0.5
_HEIGHT_RATIO = 2.2


@dataclass(frozen=True)
class Line:
    """Words of one direction that read on from each other.

    ``spans`` gives each word's (start, end) in ``text``; ``angle`` is 0, 90, 180 or 270 (see ``Word.angle``).
    """

    text: str
    words: tuple[Word, ...]
    spans: tuple[tuple[int, int], ...]
    box: Box
    angle: int

    def box_of(self, start: int, end: int) -> Box:
        """The box of ``text[start:end]``: within a word, characters are taken to be equally wide."""
        parts = [
            _cut(word.box, self.angle, max(start, first) - first, min(end, last) - first, last - first)
            for word, (first, last) in zip(self.words, self.spans, strict=True)
            if first < end and start < last
        ]
        box = parts[0]
        for part in parts[1:]:
            box = box.union(part)
        return box

    def with_text(self, place: int, text: str) -> Line:
        """The line with another reading of one of its words."""
        words = list(self.words)
        words[place] = replace(words[place], text=text)
        return _line(words, self.angle)

    def words_of(self, start: int, end: int) -> list[Word]:
        """The words that ``text[start:end]`` touches."""
        pairs = zip(self.words, self.spans, strict=True)
        return [word for word, (first, last) in pairs if first < end and start < last]


def reading_lines(words: Sequence[Word], gap: float) -> list[Line]:
    """Lines in reading order: level text first, from top to bottom, then each turned direction.

    Args:
        words: Words of one photo without doubles.
        gap: Words further apart than this many text heights belong to different lines.
    """
    lines: list[Line] = []
    for angle in (0, 90, 180, 270):
        level = [(to_level(word.box, angle), word) for word in words if direction(word.angle) == angle]
        rows = _rows(sorted(level, key=lambda item: (item[0].x0, item[0].y0)), gap)
        rows.sort(key=lambda row: (row[0][0].center[1], row[0][0].x0))
        lines.extend(_line([word for _, word in row], angle) for row in rows)
    return lines


def direction(angle: int) -> int:
    """The nearest of 0, 90, 180 and 270 degrees."""
    return round(angle / 90) % 4 * 90


def to_level(box: Box, angle: int) -> Box:
    """The box in coordinates in which text of this direction runs from left to right."""
    match angle:
        case 90:
            return Box(box.y0, -box.x1, box.y1, -box.x0)
        case 180:
            return Box(-box.x1, -box.y1, -box.x0, -box.y0)
        case 270:
            return Box(-box.y1, box.x0, -box.y0, box.x1)
        case _:
            return box


_Placed = tuple[Box, Word]


def _rows(placed: list[_Placed], gap: float) -> list[list[_Placed]]:
    """Chains boxes from left to right: each joins the row whose last box it follows most closely."""
    rows: list[list[_Placed]] = []
    for box, word in placed:
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
    spans: list[tuple[int, int]] = []
    at = 0
    for word in words:
        spans.append((at, at + len(word.text)))
        at += len(word.text) + 1
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Line(" ".join(word.text for word in words), tuple(words), tuple(spans), box, angle)


def _cut(box: Box, angle: int, first: int, last: int, length: int) -> Box:
    """The part of a word's box that characters ``first`` to ``last`` of ``length`` take."""
    low, high = first / length, last / length
    match angle:
        case 90:
            return Box(box.x0, box.y0 + low * box.height, box.x1, box.y0 + high * box.height)
        case 180:
            return Box(box.x1 - high * box.width, box.y0, box.x1 - low * box.width, box.y1)
        case 270:
            return Box(box.x0, box.y1 - high * box.height, box.x1, box.y1 - low * box.height)
        case _:
            return Box(box.x0 + low * box.width, box.y0, box.x0 + high * box.width, box.y1)
