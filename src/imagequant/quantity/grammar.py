"""The grammar that parses quantities.

A line of text is split into numbers, each with its unit and axis letter. Numbers joined by "x" form a size string and
share its units, numbers joined by a dash or "to" form a range, and feet followed by inches form one length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from imagequant.core.records import Mention
from imagequant.quantity.cues import axis_beside
from imagequant.quantity.named_units import unit_before
from imagequant.quantity.numbers import CONFUSABLE, NUMBER, number_values
from imagequant.quantity.spelling import match_unit
from imagequant.quantity.units import LENGTH_UNITS

_BLANKS = re.compile(r"[ \t]{0,2}(?:[-–][ \t]?(?=[A-Za-z]))?\.?")
_FACTOR = re.compile(r"\s{0,2}(?:[xX×✕*хX]|by)\s{0,2}", re.IGNORECASE)
_RANGE = re.compile(r"\s{0,2}(?:[-–—~∼〜～]|to|bis|à|a|al|até|до|or|\.{2,3}|…)\s{0,2}[~]?", re.IGNORECASE)
_SLASH = re.compile(r"\s{0,2}/\s{0,2}")
_NOTHING = re.compile(r"[\s-]{0,2}")
# The letter may follow the sign between two numbers: "15.1xH25.2".
_AXIS_BEFORE = re.compile(r"(?:(?<![A-Za-z])|(?<=\d[xX]))([HWDLT]|[Øø⌀])\s?[:.=]?\s?$")
_AXIS_AFTER = re.compile(r"\s?[(]?([HWDLT])(?![A-Za-z])")
_AXES = {"H": "height", "W": "width", "D": "depth", "L": "length", "T": "thickness"}
# OCR reads inch marks as degree signs. The ranker, not the grammar, rules out real degrees.
_DEGREE = re.compile(r"\s?[°º˚]")


@dataclass(frozen=True)
class _Part:
    """The smaller unit of a compound, and how many of it make one of the larger unit."""

    unit: str
    count: int


_PARTS = {"foot": _Part("inch", 12), "pound": _Part("ounce", 16)}


@dataclass(frozen=True)
class _Number:
    """A number in a text. ``unit`` is empty if there is none; ``start`` and ``end`` include axis letters."""

    values: tuple[float, ...]
    unit: str
    start: int
    end: int
    form: str
    axis: str


def parse_quantities(text: str) -> list[Mention]:
    """Return the quantities in a line of text in reading order, without unitless numbers and zeros.

    A number can have several mentions: both ends of a range, or ambiguous readings (``1,234 g``), likeliest first.
    """
    mentions = (mention for group in _groups(_numbers(text), text) for mention in _mentions(*group))
    return [mention for mention in mentions if mention.value > 0]


def bare_numbers(text: str) -> list[Mention]:
    """Return the numbers without a unit; their unit may be in a neighbouring box."""
    return [
        Mention(number.values[0], "", number.values[0], number.values[0], number.start, number.end, axis=number.axis)
        for number in _numbers(text)
        if not number.unit and number.values[0] > 0
    ]


def _numbers(text: str) -> list[_Number]:
    numbers: list[_Number] = []
    at = 0
    confusable = CONFUSABLE.search(text)
    while True:
        # Searched once, not from each number to the end of a possibly long text.
        if confusable and confusable.start() < at:
            confusable = CONFUSABLE.search(text, at)
        number = _next_number(text, at, confusable)
        if number is None:
            return numbers
        numbers.append(number)
        at = number.end


def _next_number(text: str, at: int, confusable: re.Match[str] | None) -> _Number | None:
    plain = NUMBER.search(text, at)
    if confusable and (plain is None or confusable.start() <= plain.start()):
        unit = _unit_after(text, confusable.end())
        if unit:
            return _with_axis(text, at, confusable, unit, "confusable")
    if plain is None:
        return None
    return _with_axis(text, at, plain, _unit_after(text, plain.end()), "plain")


def _with_axis(text: str, at: int, match: re.Match[str], unit: tuple[str, int] | None, form: str) -> _Number:
    start, end = match.start(), unit[1] if unit else match.end()
    name = unit[0] if unit else ""
    if not unit and (degree := _DEGREE.match(text, end)):
        name, end, form = "inch", degree.end(), "degree"
    elif not unit and (noted := unit_before(text, at, start)):
        name, form = noted, "noted"
    if before := _AXIS_BEFORE.search(text, at, start):
        axis = _AXES.get(before.group(1), "diameter")
        start = before.start()
    elif after := _AXIS_AFTER.match(text, end):
        axis, end = _AXES[after.group(1)], after.end()
    else:
        axis = axis_beside(text, at, start, end)
    return _Number(number_values(match), name, start, end, form, axis)


def _unit_after(text: str, at: int) -> tuple[str, int] | None:
    blank = _BLANKS.match(text, at)
    return match_unit(text, blank.end() if blank else at) or match_unit(text, at)


def _groups(numbers: list[_Number], text: str) -> list[tuple[str, list[_Number]]]:
    """Group neighbours into ("single" | "range" | "factors" | "compound", its numbers)."""
    groups: list[tuple[str, list[_Number]]] = []
    at = 0
    while at < len(numbers):
        kind, count = _join(numbers, at, text)
        groups.append((kind, numbers[at : at + count]))
        at += count
    return groups


def _join(numbers: list[_Number], at: int, text: str) -> tuple[str, int]:
    count = 1
    while at + count < len(numbers) and _between(numbers[at + count - 1], numbers[at + count], text, _FACTOR):
        count += 1
    if count > 1:
        return "factors", count
    if at + 1 == len(numbers):
        return "single", 1
    one, two = numbers[at], numbers[at + 1]
    part = _PARTS.get(one.unit)
    if part and two.unit in (part.unit, "") and two.values[0] < part.count and _between(one, two, text, _NOTHING):
        return "compound", 2
    same_unit = two.unit != "" and one.unit in ("", two.unit)
    if same_unit and _between(one, two, text, _RANGE) and one.values[0] < two.values[0]:
        return "range", 2
    if same_unit and not one.unit and _between(one, two, text, _SLASH):
        return "range", 2  # "110/220V": either one, as with the ends of a range
    return "single", 1


def _between(one: _Number, two: _Number, text: str, pattern: re.Pattern[str]) -> bool:
    return pattern.fullmatch(text, one.end, two.start) is not None


def _mentions(kind: str, numbers: list[_Number]) -> list[Mention]:
    match kind:
        case "factors":
            return _factors(numbers)
        case "range":
            return _range(*numbers)
        case "compound":
            return _compound(*numbers)
        case _:
            return _single(numbers[0])


def _single(number: _Number) -> list[Mention]:
    if not number.unit:
        return []
    first, *others = (
        Mention(value, number.unit, value, value, number.start, number.end, number.form, number.axis)
        for value in number.values
    )
    readings = [first, *(replace(other, form="alternative") for other in others)]
    if number.unit == "ounce":
        # Bottles print "12 oz" for fluid ounces; the text alone is ambiguous.
        readings.append(replace(first, unit="fluid ounce", form="fluid"))
    return readings


def _factors(numbers: list[_Number]) -> list[Mention]:
    """``10 x 20 x 5 cm``: a part without a unit takes the next unit to its right, or else the last one before it."""
    units = [number.unit for number in numbers]
    if not any(unit in LENGTH_UNITS for unit in units):
        return _multiple(numbers)
    for place in reversed(range(len(units) - 1)):
        units[place] = units[place] or units[place + 1]
    for place in range(1, len(units)):
        units[place] = units[place] or units[place - 1]
    return [
        Mention(
            number.values[0], unit, number.values[0], number.values[0], number.start, number.end,
            "factor", number.axis, place, len(numbers),
        )
        for place, (number, unit) in enumerate(zip(numbers, units, strict=True))
    ]  # fmt: skip


def _multiple(numbers: list[_Number]) -> list[Mention]:
    """``6 x 330 ml`` or ``500 W x 2``: one part or the total."""
    singles = [mention for number in numbers for mention in _single(number)]
    counts = [number for number in numbers if not number.unit]
    if len(numbers) != 2 or len(counts) != 1 or not singles:
        return singles
    total = counts[0].values[0] * singles[0].value
    start, end = numbers[0].start, numbers[1].end
    return [*singles, Mention(total, singles[0].unit, total, total, start, end, "product")]


def _range(one: _Number, two: _Number) -> list[Mention]:
    low, high = sorted((one.values[0], two.values[0]))
    ends = [
        Mention(value, two.unit, low, high, one.start, two.end, "range", one.axis or two.axis) for value in (high, low)
    ]
    return ends if high > low else ends[:1]


def _compound(whole: _Number, rest: _Number) -> list[Mention]:
    """``5' 3"`` is 63 inch or 5.25 foot; labels use either. The same goes for ``2 lb 8 oz``."""
    part = _PARTS[whole.unit]
    total = whole.values[0] * part.count + rest.values[0]
    axis = whole.axis or rest.axis
    readings = ((total, part.unit), (total / part.count, whole.unit), (whole.values[0], whole.unit))
    return [Mention(value, unit, value, value, whole.start, rest.end, "compound", axis) for value, unit in readings]
