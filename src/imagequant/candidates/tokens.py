"""Tokens: the merged words of a photo in reading order, cut at blanks, for the network to read."""

from __future__ import annotations

from collections.abc import Sequence

from imagequant.candidates.lines import reading_lines
from imagequant.core.records import Box, Word


def reading_tokens(words: Sequence[Word], gap: float) -> list[Word]:
    """The words in reading order; RapidOCR's lines are cut into words at blanks."""
    tokens: list[Word] = []
    for line in reading_lines(words, gap):
        at = 0
        for text in line.text.split():
            start = line.text.index(text, at)
            at = start + len(text)
            source = line.words_of(start, at)[0]
            tokens.append(Word(text, line.box_of(start, at), source.confidence, line.angle, source.engine))
    return tokens


def tokens_in(box: Box, tokens: Sequence[Word]) -> tuple[int, ...]:
    """Indices of the tokens whose middle lies in the box; if there are none, of the nearest token."""
    inside = tuple(
        index
        for index, token in enumerate(tokens)
        if box.x0 <= token.box.center[0] <= box.x1 and box.y0 <= token.box.center[1] <= box.y1
    )
    if inside or not tokens:
        return inside
    x, y = box.center
    return (min(range(len(tokens)), key=lambda index: _distance(tokens[index].box, x, y)),)


def _distance(box: Box, x: float, y: float) -> float:
    cx, cy = box.center
    return (cx - x) ** 2 + (cy - y) ** 2
