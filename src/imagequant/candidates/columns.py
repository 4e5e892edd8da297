"""Columns of tables: a head names what is below it, and may give its unit."""

from collections.abc import Sequence
from functools import lru_cache

from imagequant.candidates.lines import Line, to_level
from imagequant.core.records import Box, Mention
from imagequant.quantity.heads import head_cells
from imagequant.quantity.named_units import unit_before

# A head is at most this many text heights above a number of its column, and aligned to so many.
_REACH, _ALIGNED = 14.0, 1.5
# The label in front of a row's numbers has at most this many letters.
_LABEL = 14
# Each number of a photo looks at all of its lines.
_cells = lru_cache(maxsize=1024)(head_cells)


def heads_of(line: Line) -> list[tuple[str, Box]]:
    """Return the cells of a line that may be a table's head, with their level boxes."""
    cells = ((start, end) for start, end in _cells(line.text) if start < end)  # engines may read nothing
    return [(line.text[start:end], to_level(line.box_at(start, end), line.angle)) for start, end in cells]


def is_aligned(head: Box, number: Box) -> bool:
    """Return whether a number stands in the column of a head: flush left, centred or flush right."""
    edges = (head.x0 - number.x0, head.x1 - number.x1, head.center[0] - number.center[0])
    return min(map(abs, edges)) < _ALIGNED * text_height(head, number)


def is_in_reach(head: Box, number: Box) -> bool:
    """Return whether a number is below a head, and not too far for it to be the column's."""
    return 0 <= number.y0 - head.y1 < _REACH * text_height(head, number)


def text_height(one: Box, other: Box) -> float:
    """Return the smaller height of two texts, at least a pixel."""
    return max(min(one.height, other.height), 1.0)


def unit_of_column(mention: Mention, number: Box, line: Line, lines: Sequence[Line], kinds: frozenset[str]) -> str:
    """Return the unit in the head of a number's column, with only numbers between: "Weight (g)" over "500" and "750".

    Args:
        mention: A number without a unit.
        number: Its level box.
        line: Its line, in which there are only numbers, and perhaps a label in front.
        lines: The other lines in its direction.
        kinds: The kinds of quantity that are read.
    """
    letters = [at for at, character in enumerate(line.text) if character.isalpha()]
    if len(letters) > _LABEL or any(at >= mention.start for at in letters):
        return ""
    heads = [
        (number.y0 - box.y1, unit)
        for other in lines
        for text, box in heads_of(other)
        if is_in_reach(box, number)
        and is_aligned(box, number)
        and (unit := unit_before(text, 0, len(text), kinds))
        and not _has_words_between(box, number, lines)
        and any(_is_other_number(other, box, number) for other in lines)
    ]
    return min(heads)[1] if heads else ""


def _is_other_number(line: Line, head: Box, number: Box) -> bool:
    """Return whether a line has a number in the same column, so that it is one."""
    box = line.level
    apart = abs(box.center[1] - number.center[1]) > 0.5 * number.height
    return (
        apart
        and is_in_reach(head, box)
        and box.x0 < number.x1
        and number.x0 < box.x1
        and any(map(str.isdigit, line.text))
    )


def _has_words_between(head: Box, number: Box, lines: Sequence[Line]) -> bool:
    between = (
        other
        for other in lines
        if head.y1 <= other.level.center[1] <= number.y0 and other.level.x0 < number.x1 and number.x0 < other.level.x1
    )
    # A label in front of a row's numbers is on their line.
    return any(sum(map(str.isalpha, other.text)) > _LABEL or not any(map(str.isdigit, other.text)) for other in between)
