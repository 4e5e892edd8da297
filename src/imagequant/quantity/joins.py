"""How numbers on a line belong together: compounds, size strings, ranges, multiples, tolerances."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from imagequant.core.records import Mention
from imagequant.quantity.units import LENGTH_UNITS, SIGNED_KINDS, UNITS

_FACTOR = re.compile(r"[.,]?\s{0,2}(?:[xX×✕*хX]|by)\s{0,2}", re.IGNORECASE)
_RANGE = re.compile(
    r"\.?\s{0,2}(?:[-–—~∼〜～]|to|bis|tot|till|do|ile|до|至|到|から|or|\.{2,3}|…)\s{0,2}[~]?|\s{1,2}(?:à|a|al|até)\s{1,2}",
    re.IGNORECASE,
)
_SLASH = re.compile(r"\s{0,2}/\s{0,2}")
_NEXT = re.compile(r"[.,]{0,2}[\s-]{0,2}(?:(?:and|und|et|y|e|&)\s)?", re.IGNORECASE)
_METRIC_NEXT = re.compile(r"\s{1,2}")
_TOLERANCE = re.compile(r"\s{0,2}[(]?(?:±|\+\s?/\s?[-–]|\+[-–]|＋/－)\s{0,2}")
_NAMED_TOLERANCE = re.compile(r"(?:±|toll?er\w*|error|deviation|abweichung)[^\d\w]{0,4}$", re.IGNORECASE)
_A_IN_CAPITALS = re.compile(r"\s[AÀ]L?\s")

Kind = Literal["amount", "bare", "other"]


@dataclass(frozen=True)
class Number:
    """A number in a text.

    Attributes:
        values: Its readings, likeliest first.
        unit: The contest's unit; empty for a bare number and for other kinds.
        start: Start of the number, axis letter included.
        end: End of the number, with its unit and axis letter.
        form: See ``Mention.form``.
        axis: See ``Mention.axis``.
        kind: ``other`` counts something that the contest does not ask for (money, hertz, pieces).
        in_code: Whether it ends an alphanumeric code such as ``CR2032`` or ``IP54``.
        is_negative: Whether a minus stands before it, which only counts for some kinds.
        tolerance: What follows it after ``±``, in its unit; 0 without it.
        bound: See ``Mention.bound``.
    """

    values: tuple[float, ...]
    unit: str
    start: int
    end: int
    form: str = "plain"
    axis: str = ""
    kind: Kind = "bare"
    in_code: bool = False
    is_negative: bool = False
    tolerance: float = 0.0
    bound: str = ""

    def value_in(self, unit: str) -> float:
        """Return its likeliest reading as an amount in a unit."""
        sign = -1 if self.is_negative and UNITS[unit].kind in SIGNED_KINDS else 1
        return sign * self.values[0]


@dataclass(frozen=True)
class _Part:
    """The smaller unit of a compound, how many of it make one of the larger, and whether it may go unsaid."""

    unit: str
    count: int
    may_go_unsaid: bool = False


_PARTS: dict[str, tuple[_Part, ...]] = {
    "foot": (_Part("inch", 12, may_go_unsaid=True),),
    "pound": (_Part("ounce", 16, may_go_unsaid=True),),
    "kilogram": (_Part("gram", 1000),),
    "metre": (_Part("centimetre", 100),),
    "litre": (_Part("millilitre", 1000),),
    "pint": (_Part("fluid ounce", 16), _Part("ounce", 16)),
    "quart": (_Part("fluid ounce", 32), _Part("ounce", 32)),
    "gallon": (_Part("fluid ounce", 128), _Part("ounce", 128)),
}


def read_numbers(numbers: Sequence[Number], text: str, kinds: frozenset[str]) -> list[Mention]:
    """Return the quantities of some kinds that a line's numbers make, in reading order."""
    numbers = _without_tolerances(numbers, text)
    mentions: list[Mention] = []
    at = 0
    while at < len(numbers):
        count, read = _read_group(numbers, at, text, kinds)
        mentions.extend(read)
        at += count
    return mentions


def _read_group(numbers: Sequence[Number], at: int, text: str, kinds: frozenset[str]) -> tuple[int, list[Mention]]:
    """Return how many numbers from ``at`` belong together, and what they say."""
    factors = _factor_parts(numbers, at, text)
    if len(factors) > 1:
        return sum(len(part) for part in factors), _size_string(factors, kinds)
    if part := _compound_part(numbers, at, text):
        return 2, _compound(numbers[at], numbers[at + 1], part)
    if at + 1 < len(numbers) and _is_range(numbers[at], numbers[at + 1], text):
        return 2, _range(numbers[at], numbers[at + 1])
    return 1, _single(numbers[at])


def _without_tolerances(numbers: Sequence[Number], text: str) -> list[Number]:
    """Put tolerances into their numbers, which also take their unit: ``12 ± 0.5 cm`` is 12 cm."""
    kept: list[Number] = []
    for at, number in enumerate(numbers):
        start = numbers[at - 1].end if at else 0
        is_tolerance = _TOLERANCE.fullmatch(text, start, number.start)
        if not is_tolerance and not _NAMED_TOLERANCE.search(text, start, number.start):
            kept.append(number)
        elif is_tolerance and kept and not kept[-1].unit and kept[-1].end == start and number.unit:
            kept[-1] = replace(kept[-1], unit=number.unit, end=number.end, kind="amount")
        if is_tolerance and kept and numbers[at - 1].start == kept[-1].start:
            kept[-1] = replace(kept[-1], tolerance=_tolerance(kept[-1], number, text))
    return kept


def _tolerance(number: Number, tolerance: Number, text: str) -> float:
    """Return a tolerance in the unit of its number: of ``12 cm ± 5 mm`` 0.5, of ``100 Ω ± 5%`` 5."""
    value = tolerance.values[0]
    if text[tolerance.start : tolerance.end].rstrip().endswith("%"):
        return number.values[0] * value / 100
    if tolerance.unit in ("", number.unit):
        return value
    one, other = UNITS.get(number.unit), UNITS[tolerance.unit]
    return value * other.factor / one.factor if one is not None and one.kind == other.kind else 0.0


def _factor_parts(numbers: Sequence[Number], at: int, text: str) -> list[tuple[Number, ...]]:
    """Return the parts of the size string that starts at ``at``; each is a number or a compound."""
    parts: list[tuple[Number, ...]] = []
    while at < len(numbers):
        part = numbers[at : at + (2 if _compound_part(numbers, at, text) else 1)]
        if part[0].kind == "other" or (parts and not _between(parts[-1][-1], part[0], text, _FACTOR)):
            break
        parts.append(tuple(part))
        at += len(part)
    return parts


def _compound_part(numbers: Sequence[Number], at: int, text: str) -> _Part | None:
    if at + 1 >= len(numbers):
        return None
    one, two = numbers[at], numbers[at + 1]
    if two.axis and one.axis and two.axis != one.axis:
        return None
    for part in _PARTS.get(one.unit, ()):
        fits = two.unit == part.unit or (part.may_go_unsaid and two.kind == "bare" and not two.in_code)
        gap = _METRIC_NEXT if part.count in (100, 1000) else _NEXT
        if fits and two.values[0] < part.count and _between(one, two, text, gap):
            return part
    return None


def _is_range(one: Number, two: Number, text: str) -> bool:
    same_unit = two.unit != "" and one.unit in ("", two.unit) and one.kind != "other" and not one.in_code
    if not same_unit:
        return False
    if _between(one, two, text, _RANGE) and not _A_IN_CAPITALS.fullmatch(text, one.end, two.start):
        # "3~400V" is three-phase current.
        is_phase = two.unit == "volt" and not one.unit and one.values[0] in (1, 3) and two.values[0] >= 100
        return one.value_in(two.unit) < two.value_in(two.unit) and not is_phase
    return not one.unit and _between(one, two, text, _SLASH)  # "110/220V": either one


def _between(one: Number, two: Number, text: str, pattern: re.Pattern[str]) -> bool:
    return pattern.fullmatch(text, one.end, two.start) is not None


def _mention(number: Number, value: float, unit: str, form: str) -> Mention:
    return Mention(
        value,
        unit,
        value,
        value,
        number.start,
        number.end,
        form,
        number.axis,
        tolerance=number.tolerance,
        bound=number.bound,
    )


def _single(number: Number) -> list[Mention]:
    if not number.unit:
        return []
    first = _mention(number, number.value_in(number.unit), number.unit, number.form)
    readings = [first, *(_mention(number, value, number.unit, "alternative") for value in number.values[1:])]
    if number.unit == "ounce":
        # Bottles print "12 oz" for fluid ounces; the text alone is ambiguous.
        readings.append(replace(first, unit="fluid ounce", form="fluid"))
    return readings


def _size_string(parts: Sequence[tuple[Number, ...]], kinds: frozenset[str]) -> list[Mention]:
    """``10 x 20 x 5 cm``: a part without a unit takes the next unit to its right, or else the last one before it."""
    units = [part[-1].unit for part in parts]
    if not any(unit in LENGTH_UNITS for unit in units):
        return _multiple([number for part in parts for number in part], kinds)
    for place in reversed(range(len(units) - 1)):
        units[place] = units[place] or units[place + 1]
    for place in range(1, len(units)):
        units[place] = units[place] or units[place - 1]
    return [
        replace(_sized(part, unit), form="factor", place=place, places=len(parts))
        for place, (part, unit) in enumerate(zip(parts, units, strict=True))
    ]


def _sized(part: tuple[Number, ...], unit: str) -> Mention:
    if len(part) == 1:
        return _mention(part[0], part[0].values[0], unit, "factor")
    whole, rest = part
    compound = next(each for each in _PARTS[whole.unit] if rest.unit in (each.unit, ""))
    return _compound(whole, rest, compound)[0]


def _multiple(numbers: list[Number], kinds: frozenset[str]) -> list[Mention]:
    """``6 x 330 ml`` or ``500 W x 2``: one part, the total, and how many parts."""
    singles = [mention for number in numbers for mention in _single(number)]
    counts = [number for number in numbers if not number.unit]
    if len(numbers) != 2 or len(counts) != 1 or not singles or counts[0].in_code:
        return singles
    times = counts[0].values[0]
    total = times * singles[0].value
    start, end = numbers[0].start, numbers[1].end
    parts = [replace(single, count=times) for single in singles]
    count = [_mention(counts[0], times, "piece", "noted")] if "count" in kinds else []
    return [*count, *parts, Mention(total, singles[0].unit, total, total, start, end, "product", count=times)]


def _range(one: Number, two: Number) -> list[Mention]:
    low, high = sorted((one.value_in(two.unit), two.value_in(two.unit)))
    ends = [
        Mention(value, two.unit, low, high, one.start, two.end, "range", one.axis or two.axis) for value in (high, low)
    ]
    return ends if high > low else ends[:1]


def _compound(whole: Number, rest: Number, part: _Part) -> list[Mention]:
    """``5' 3"`` is 63 inch or 5.25 foot; labels use either. The same goes for ``2 lb 8 oz``."""
    total = whole.values[0] * part.count + rest.values[0]
    # Sixteen ounces of a pint are fluid.
    small = "fluid ounce" if part.unit == "ounce" and whole.unit != "pound" else part.unit
    axis = whole.axis or rest.axis
    readings = ((total, small), (total / part.count, whole.unit), (whole.values[0], whole.unit))
    return [
        Mention(round(value, 6), unit, round(value, 6), round(value, 6), whole.start, rest.end, "compound", axis)
        for value, unit in readings
    ]
