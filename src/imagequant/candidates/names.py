"""Printed names of quantities: on their own line, in the cell to the left, or in the line above or below."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from imagequant.candidates.columns import heads_of, is_aligned, is_in_reach
from imagequant.candidates.lines import Line, line_above, to_level
from imagequant.core.records import Box, Candidate, Mention
from imagequant.quantity.axes import axis_noun, name_parts
from imagequant.quantity.domain import Domain
from imagequant.quantity.dual_units import are_dual_units, are_same_amount
from imagequant.quantity.heads import head_cells
from imagequant.quantity.names import weight_name, weight_name_after
from imagequant.quantity.units import UNITS

# Names stand at most this many characters before their number.
_REACH = 48
# In text heights: a name above or below its number, a name in the cell to the left. What looks like a legend
# (``W x D x H``) is hardly anything else, so it may be further off.
_NEAR, _ROW, _LEGEND = 1.3, 30.0, 4.0
# How much further off a name below its number counts: it may be the next line of a text.
_BELOW = 4.0
# The lines of a name are at most this far apart.
_WRAPPED = 0.5
# A line that is only a name, such as a header, has at most this many letters.
_SHORT = 30
_JOINS_DUALS = re.compile(r"[\s/|(\[=~≈,;:]{0,4}(?:or|ou|oder|o|e|i\.e\.)?[\s(]{0,2}", re.IGNORECASE)
# "8 g x 10 = 80 g": a product of the amount before it.
_IS_PRODUCT = re.compile(r"\s?[x×*]\s?\d{1,4}\s?=\s?", re.IGNORECASE)
_PART = re.compile(
    r"\b(?:seat|cushion|arm ?rest|back ?rest|legs?|shel(?:f|ves)|drawers?|door|handle|strap|lid|opening|neck|inner|"
    r"inside|internal|interior|sitz|griff|innen\w*|intérieure?)\b",
    re.IGNORECASE,
)
_AXES = frozenset(("height", "width", "depth", "length", "thickness"))
_DIGIT = re.compile(r"\d")
# Who names axes by letters names more than one of this many lengths.
_FEWEST_LENGTHS = 3
_GLUED_H = re.compile(r"^H\d|[^\W\d_]H$")


@dataclass(frozen=True)
class Named:
    """A mention on a line with its printed name, empty if it has none."""

    mention: Mention
    name: str


@dataclass(frozen=True)
class Cells:
    """The other cells of a reading: lines that are names, with text and level box of the whole name, and numbers."""

    names: tuple[tuple[Line, str, Box], ...]
    numbers: tuple[Box, ...]


def find_cells(lines: Sequence[Line], domain: Domain) -> Cells:
    """Return the lines of a reading that name something or have numbers."""
    wordy = [line for line in lines if not _DIGIT.search(line.text)]
    # A sentence with a number needs no name beside it.
    levels = tuple(line.level for line in lines if _DIGIT.search(line.text) and _letters(line.text) <= _SHORT)
    named = [
        line
        for line in wordy
        if (_letters(line.text) <= _SHORT or len(head_cells(line.text)) > 1)
        and (axis_noun(line.text) or weight_name(line.text) or domain.names_anything(line.text))
    ]
    whole = [(line, *part) for line in named for part in _names_in(line, wordy, levels)]
    return Cells(tuple(_joined(whole)), levels)


def name_mentions(mentions: Sequence[Mention], line: Line, cells: Cells, domain: Domain) -> list[Named]:
    """Return the mentions of a line with their printed names.

    Args:
        mentions: In reading order.
        line: Their line.
        cells: ``find_cells`` of the reading.
        domain: The names that entities declare.
    """
    named: list[Named] = []
    for number, mention in enumerate(mentions):
        earlier = [each for each in named if each.mention.end <= mention.start]
        start = max((each.mention.end for each in earlier), default=0)
        later = min((each.start for each in mentions[number:] if each.start >= mention.end), default=len(line.text))
        name = _name_on_line(mention, line.text, start, later, domain)
        if not name:
            name = next(filter(None, (_inherited_name(mention, each, line.text) for each in reversed(earlier))), "")
        if not name and _letters(line.text[start : mention.start]) <= 1:
            name = _name_elsewhere(mention, line, cells, domain)
        named.append(Named(mention, name))
    return named


def name_of_text(mention: Mention, text: str, domain: Domain) -> str:
    """Return the name that a text beside or above a mention gives it; empty if it gives none."""
    return domain.printed_name(UNITS[mention.unit].kind, text) or _name_of_text(mention, text)


def with_legends(mentions: Sequence[Mention], line: Line, lines: Sequence[Line]) -> list[Mention]:
    """Give the parts of a size string without axes those of a legend on a neighbouring line (``W x D x H``)."""
    if not any(mention.places > 1 and not mention.axis for mention in mentions):
        return list(mentions)
    for other in lines:
        if other is not line and _is_beside(other, line) and not _DIGIT.search(other.text):
            mentions = name_parts(mentions, other.text)
    return list(mentions)


def name_copies(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Give quantities without a name that of the same amount elsewhere on the photo, if it has only one.

    An axis is not passed on: what is 60 cm high may be 60 cm wide.
    """
    named = [each for each in candidates if each.name and each.name not in _AXES]
    result = []
    for candidate in candidates:
        names = {each.name for each in named if not candidate.name and are_same_amount(each.mention, candidate.mention)}
        result.append(replace(candidate, name=names.pop()) if len(names) == 1 else candidate)
    return result


def without_line_ends(candidates: Sequence[Candidate], lines: Sequence[Line]) -> list[Candidate]:
    """Take the name from a glued H ("H3cm") if no other of several lengths has one: it is the end of a dimension line.

    Args:
        candidates: Those of one reading.
        lines: Its lines.
    """
    lengths = [each for each in candidates if UNITS[each.mention.unit].kind == "length"]
    named = {each.line for each in lengths if each.name}
    if len(named) != 1 or len({each.line for each in lengths}) < _FEWEST_LENGTHS:
        return list(candidates)
    glued = {line for line in named if _GLUED_H.search(lines[line].text)}
    return [replace(each, name="") if each.line in glued else each for each in candidates]


def _name_on_line(mention: Mention, text: str, start: int, end: int, domain: Domain) -> str:
    before = text[max(start, mention.start - _REACH) : mention.start]
    if declared := domain.printed_name(UNITS[mention.unit].kind, before, text[mention.end : end]):
        return declared
    if _PART.search(before):
        return ""  # the name of a part's length
    if mention.axis:
        return mention.axis
    return _name_of_text(mention, before, text[mention.end : end])


def _name_of_text(mention: Mention, text: str, after: str = "") -> str:
    """Return the name that a text gives a mention, or else the text right after it."""
    kind = UNITS[mention.unit].kind
    if kind == "length":
        return axis_noun(text)
    if kind not in ("weight", "volume"):
        return ""
    name = weight_name(text) or weight_name_after(after)
    # The capacity of a vessel is its volume, not its load.
    return "" if kind == "volume" and name not in ("dose", "net") else name


def _inherited_name(mention: Mention, before: Named, text: str) -> str:
    """The same amount in another unit has the same name, and so has the product of the amount and a count."""
    one = before.mention
    is_dual = are_dual_units(one, mention) and _JOINS_DUALS.fullmatch(text, one.end, mention.start)
    return before.name if is_dual or _IS_PRODUCT.fullmatch(text, one.end, mention.start) else ""


def _name_elsewhere(mention: Mention, line: Line, cells: Cells, domain: Domain) -> str:
    box = to_level(line.box_at(mention.start, mention.end), line.angle)
    near: list[tuple[float, str]] = []
    for other, text, around in cells.names:
        distance = _distance(around, box) if other.angle == line.angle else None
        if distance is None or _letters(text) > _SHORT:
            continue
        name = name_of_text(mention, text, domain)
        if name and not _belongs_to_another(around, box, distance, cells.numbers):
            near.append((distance, name))
    return min(near)[1] if near else ""


def _names_in(line: Line, wordy: Sequence[Line], numbers: Sequence[Box]) -> list[tuple[str, Box]]:
    """Return the names in a line without numbers: one, or those of the columns that it heads."""
    heads = heads_of(line)
    return heads if len(heads) > 1 else [_whole_name(line, wordy, numbers)]


def _joined(names: Sequence[tuple[Line, str, Box]]) -> Iterator[tuple[Line, str, Box]]:
    """Yield names, for the first line of a kind of weight on two lines the whole name: "Weight" over "Capacity"."""
    for line, text, around in names:
        whole = next(
            (
                (name, box)
                for other, name, box in names
                if other is not line and other.angle == line.angle and name == f"{line.text} {other.text}"
                if weight_name(name) not in ("", weight_name(text)) and box.intersection(around) > 0
            ),
            (text, around),
        )
        yield line, *whole


def _whole_name(line: Line, wordy: Sequence[Line], numbers: Sequence[Box]) -> tuple[str, Box]:
    """Return a line without numbers, with the line before it if both are one name: "Box" over "weight".

    Rows of a table are as close, but have numbers of their own, to the right.
    """
    above = line_above(line, wordy, _WRAPPED)
    if above is None:
        return line.text, line.level
    name = above.level
    if any(abs(each.center[1] - name.center[1]) < 0.35 * name.height and name.x1 < each.x1 for each in numbers):
        return line.text, line.level
    return f"{above.text} {line.text}", name.union(line.level)


def _belongs_to_another(name: Box, number: Box, distance: float, numbers: Sequence[Box]) -> bool:
    """Return whether a name is closer to another number: in its row, or on its other side if it is above or below."""
    others = [each for each in numbers if each.intersection(number) <= 0]
    if _is_in_row(name, number):
        return any(_is_in_row(name, each) and name.x1 <= each.center[0] < number.x0 for each in others)
    is_above = name.center[1] < number.center[1]
    return any(
        other is not None and other < distance and (each.center[1] < name.center[1]) == is_above
        for each in others
        if not each.x1 <= name.x0
        for other in (_distance(name, each),)
    )


def _is_in_row(name: Box, number: Box) -> bool:
    """Return whether a name stands left of a number."""
    height = max(min(number.height, name.height), 1.0)
    return name.x1 <= number.x0 + height and abs(number.center[1] - name.center[1]) < 0.6 * height


def _distance(name: Box, number: Box) -> float | None:
    """Return how far a name is from a number, in text heights, if it is in a place where names stand."""
    height = max(min(number.height, name.height), 1.0)
    y = number.center[1] - name.center[1]
    if _is_in_row(name, number):
        gap = (number.x0 - name.x1) / height
        return gap if gap < _ROW else None
    shares_column = min(name.x1, number.x1) - max(name.x0, number.x0) > 0.5 * min(name.width, number.width)
    if not shares_column:
        return None
    above, below = (number.y0 - name.y1) / height, (name.y0 - number.y1) / height
    if -0.5 <= above < _NEAR and y > 0:
        return above
    if above >= _NEAR and is_in_reach(name, number) and is_aligned(name, number):
        return above + _ROW  # a header counts less than a name in the row
    return below + _BELOW if -0.5 <= below < _NEAR and y < 0 else None


def _is_beside(other: Line, line: Line) -> bool:
    """Return whether two lines of one direction are neighbours: above, below, or left and right of each other."""
    if other.angle != line.angle:
        return False
    one, two = other.level, line.level
    height = max(min(one.height, two.height), 1.0)
    apart = max(one.y0 - two.y1, two.y0 - one.y1, 0.0) / height
    return apart < _LEGEND and one.x0 - 4 * height < two.x1 and two.x0 - 4 * height < one.x1


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)
