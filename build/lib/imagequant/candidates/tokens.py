"""Tokens: the words of a photo in reading order, split at blanks. The network reads them."""

from collections.abc import Sequence

from imagequant.candidates.lines import Line
from imagequant.core.records import Box, Word


def line_tokens(lines: Sequence[Line]) -> list[Word]:
    """Return the words of lines in reading order; RapidOCR reads whole lines, which are split at blanks."""
    tokens: list[Word] = []
    for line in lines:
        at = 0
        for text in line.text.split():
            start = line.text.index(text, at)
            at = start + len(text)
            source = line.words_at(start, at)[0]
            tokens.append(Word(text, line.box_at(start, at), source.confidence, line.angle, source.engine))
    return tokens


def tokens_in(box: Box, tokens: Sequence[Word]) -> tuple[int, ...]:
    """Return the indices of the tokens whose center is in the box; if there are none, of the nearest token."""
    inside = tuple(
        index
        for index, token in enumerate(tokens)
        if box.x0 <= token.box.center[0] <= box.x1 and box.y0 <= token.box.center[1] <= box.y1
    )
    if inside or not tokens:
        return inside
    x, y = box.center
    return (min(range(len(tokens)), key=lambda index: _squared_distance(tokens[index].box, x, y)),)


def _squared_distance(box: Box, x: float, y: float) -> float:
    cx, cy = box.center
    return (cx - x) ** 2 + (cy - y) ** 2
