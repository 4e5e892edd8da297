"""Words to lines of text in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from imagequant.core.records import Box, Word

# Words are on one line if they overlap vertically by this share of the lower one and their heights differ by no more
# than this ratio.
_OVERLAP = 0.5
_HEIGHT_RATIO = 2.2


@dataclass(frozen=True)
class Line:
    """Words of one direction that follow each other.

    Attributes:
        text: The words, separated by blanks.
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
        """Return the box of ``text[start:end]``, taking all characters of a word as equally wide."""
        parts = [
            _cut(word.box, self.angle, max(start, first) - first, min(end, last) - first, last - first)
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
        words[number] = replace(words[number], text=text)
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
    spans: list[tuple[int, int]] = []
    at = 0
    for word in words:
        spans.append((at, at + len(word.text)))
        at += len(word.text) + 1
    box = _around([word.box for word in words])
    text = " ".join(word.text for word in words)
    return Line(text, tuple(words), tuple(spans), box, to_level(box, angle), angle)


def _around(boxes: Sequence[Box]) -> Box:
    around = boxes[0]
    for box in boxes[1:]:
        around = around.union(box)
    return around


def _cut(box: Box, angle: int, first: int, last: int, length: int) -> Box:
    """Return the part of a word's box that its characters ``first`` to ``last`` of ``length`` take."""
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
