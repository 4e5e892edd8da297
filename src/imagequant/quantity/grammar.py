"""The grammar that parses quantities.

A line of text is scanned for numbers. Each is an amount with a unit of the contest, a bare number, or something else
(money, a temperature, a current). Axis letters and words beside it say what a length measures. Then ``joins`` puts
together what belongs together: ``6 ft 2 in``, ``10 x 20 cm``, ``100-240 V``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from imagequant.core.records import Mention
from imagequant.quantity.axes import AxisMark, axis_word, letter_after, letter_before, name_parts, resolve_letters
from imagequant.quantity.bounds import bound_around
from imagequant.quantity.joins import Number, read_numbers
from imagequant.quantity.named_units import is_counted, unit_before, unit_first
from imagequant.quantity.numbers import CONFUSABLE, NUMBER, number_values
from imagequant.quantity.other_kinds import is_denominator, is_price, memory_and_networks, other_unit
from imagequant.quantity.plain_text import plain_text
from imagequant.quantity.spelling import match_unit
from imagequant.quantity.units import ALL_KINDS, LENGTH_UNITS, SIGNED_KINDS, UNITS

_BLANKS = re.compile(r"[ \t]{0,2}(?:[-–][ \t]?(?=[A-Za-z]))?\.?")
# OCR reads inch marks as degree signs. Only a guess: real degrees, with a letter or a word, are another kind.
_DEGREE = re.compile(r"\s?[°º˚](?!\s?(?:[CFK]\b|[A-Za-z]{3}))")
# "20L x 30W": between the numbers of a size string, letters are axes.
_LETTERED = re.compile(
    r"\s?\(?[HWDLTBPhwdltbp]\)?\.?(?=\s{0,2}[x×*хX]\s{0,2}[\d.,]+\s?\(?[HWDLTBPhwdltbp](?![A-Za-z]))"
)
_AFTER_FACTOR = re.compile(r"[x×*хX]\s{0,2}\(?$")
# "1m20", "2L25": the decimals follow the unit.
_GLUED_DECIMALS = re.compile(r"\s?(?P<unit>[mML])(?P<decimals>\d{2})(?![\w.,'\"])")
# A number that ends a code: "CR2032", "IP54", "NP-50".
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*-?$")
_CODE_BEFORE_SLASH = re.compile(r"/\d")
# Longer whole numbers are article numbers and barcodes, and so are those that begin with a zero: "No. 0699".
_MOST_DIGITS = 6
_NO_AMOUNT = re.compile(rf"\d{{{_MOST_DIGITS + 1},}}|0\d{{2,}}")
_METRIC_TON = re.compile(r"tonnes?|tonnen|toneladas?|tonnellat[ae]|tony|т|吨|噸|トン|톤|طن|टन", re.IGNORECASE)
# Thousandths of these are never printed, so a point before three digits groups: "2.000 W".
_NO_THOUSANDTHS = frozenset(("watt", "volt", "millilitre", "millimetre", "milligram"))
# Glued to its number, and not between two numbers or after a letter: "-10 °C", "(-10", "to -10".
_SIGN = re.compile(r"(?<![\w°º.,)])[-−–+]\s?$")


@dataclass(frozen=True)
class Context:
    """What the rest of the photo says about how to read a line.

    Attributes:
        decimal_mark: ``,`` or ``.`` if the photo's other numbers show which it uses; empty if they do not.
        kinds: The kinds of quantity to read; numbers with other units are skipped.
    """

    decimal_mark: str = ""
    kinds: frozenset[str] = ALL_KINDS

    @property
    def has_signs(self) -> bool:
        """Whether a minus before a number may count."""
        return not self.kinds.isdisjoint(SIGNED_KINDS)


@dataclass(frozen=True)
class _Marked:
    """A number whose axis letter is not resolved yet."""

    number: Number
    mark: AxisMark | None


def parse_quantities(text: str, context: Context = Context()) -> list[Mention]:
    """Return the quantities in a line of text in reading order, without unitless numbers and zeros.

    A number can have several mentions: both ends of a range, or ambiguous readings (``1,234 g``), likeliest first.
    """
    plain = plain_text(text)
    mentions = name_parts(read_numbers(scan(plain.text, context), plain.text, context.kinds), plain.text)
    return [
        plain.on_original(mention)
        for mention in mentions
        if mention.value > 0 or UNITS[mention.unit].kind in SIGNED_KINDS
    ]


def bare_numbers(text: str, context: Context = Context()) -> list[Mention]:
    """Return the numbers without a unit; their unit may be in a neighbouring box."""
    plain = plain_text(text)
    bare = [
        Mention(number.values[0], "", number.values[0], number.values[0], number.start, number.end, axis=number.axis)
        for number in scan(plain.text, replace(context, decimal_mark=""))
        if number.kind == "bare" and not number.in_code and number.values[0] > 0
    ]
    return [plain.on_original(mention) for mention in bare]


def scan(text: str, context: Context) -> list[Number]:
    """Return the numbers in a line of text with their units and axes."""
    foreign = memory_and_networks(text)
    marked: list[_Marked] = []
    at = 0
    confusable = CONFUSABLE.search(text)
    while True:
        # Searched once, not from each number to the end of a possibly long text.
        if confusable and confusable.start() < at:
            confusable = CONFUSABLE.search(text, at)
        match, form = _next_match(text, at, confusable, context.kinds)
        if match is None:
            return _with_axes(marked, text)
        after_letter = bool(marked) and marked[-1].mark is not None
        found = _number(text, at, match, form, context, after_letter=after_letter)
        if any(start <= match.start() < end for start, end in foreign):
            found = _Marked(replace(found.number, unit="", kind="other"), None)
        marked.append(found)
        at = found.number.end


def _next_match(
    text: str, at: int, confusable: re.Match[str] | None, kinds: frozenset[str]
) -> tuple[re.Match[str] | None, str]:
    """Return the next number and its form.

    Look-alikes (``5OO g``) count if a unit follows them, and none the digits alone.
    """
    plain = NUMBER.search(text, at)
    if plain and plain.lastgroup in ("fraction", "mixed") and _CODE.search(text, at, plain.start()):
        # In "G9/5W" the slash ends a code.
        plain = NUMBER.match(text, text.index("/", plain.start()) + 1) if "/" in plain.group() else plain
    if (
        confusable
        and (plain is None or confusable.start() <= plain.start())
        and _unit_after(text, confusable.end(), kinds)
    ):
        same_start = plain is not None and confusable.start() == plain.start()
        if not (same_start and plain and (_unit_after(text, plain.end(), kinds) or other_unit(text, plain.end()))):
            return confusable, "confusable"
    return plain, "plain"


def _number(text: str, at: int, match: re.Match[str], form: str, context: Context, *, after_letter: bool) -> _Marked:
    start, end = match.start(), match.end()
    values = number_values(match)
    in_code = _is_code(text, at, start, end)
    if is_price(text, start, end) or _NO_AMOUNT.fullmatch(match.group()):
        return _Marked(Number(values, "", start, end, form, kind="other"), None)
    if glued := _GLUED_DECIMALS.match(text, end):
        value = values[0] + int(glued["decimals"]) / 100
        unit = "metre" if glued["unit"] in "mM" else "litre"
        return _Marked(Number((value,), unit, start, glued.end(), form, kind="amount"), None)
    is_lettered = _LETTERED.match(text, end) or (after_letter and _AFTER_FACTOR.search(text, at, start))
    mark = letter_after(text, end) if is_lettered else None
    unit_at = mark.end if mark else end
    after = _unit_after(text, unit_at, context.kinds)
    if after and (
        (in_code and _is_inside_code(text, unit_at, after[1])) or is_denominator(text, start, values[0], after[0])
    ):
        return _Marked(Number(values, "", start, after[1], form, kind="other", in_code=in_code), None)
    other_end = other_unit(text, unit_at) if after is None and mark is None else None
    if other_end is not None:
        return _Marked(Number(values, "", start, other_end, form, kind="other", in_code=in_code), None)
    if after:
        unit, end = after
    else:
        unit, end, form = _unit_elsewhere(text, at, start, unit_at, form, context.kinds)
    if unit in LENGTH_UNITS or not (unit or in_code):
        mark = letter_before(text, at, start) or mark or letter_after(text, end)
    if mark:
        start, end = min(start, mark.start), max(end, mark.end)
    values = _ordered(values, match.group(), unit, context)
    if unit == "ton" and after and _METRIC_TON.search(text, match.end(), end):
        values, unit = (values[0] * 1000,), "kilogram"
    number = Number(values, unit, start, end, form, kind="amount" if unit else "bare", in_code=in_code and not unit)
    number = replace(number, bound=bound_around(text, at, start, end))
    return _Marked(_with_sign(number, text, at) if context.has_signs else number, mark)


def _with_sign(number: Number, text: str, at: int) -> Number:
    """Put the sign before a number into it; a dash right after another number is that of a range."""
    sign = _SIGN.search(text, at, number.start)
    if sign is None or (at and not text[at : sign.start()].strip()):
        return number
    return replace(number, start=sign.start(), is_negative=sign[0][0] != "+")


def _unit_elsewhere(text: str, at: int, start: int, end: int, form: str, kinds: frozenset[str]) -> tuple[str, int, str]:
    """Return the unit of a number without one behind it, the end of the number with it, and the form it gives."""
    if "length" in kinds and (degree := _DEGREE.match(text, end)):
        return "inch", degree.end(), "degree"
    if noted := unit_before(text, at, start, kinds):
        return noted, end, "noted"
    if first := unit_first(text, at, start, kinds):
        return first, end, "unit_first"
    if "count" in kinds and is_counted(text, at, start):
        return "piece", end, "noted"
    return "", end, form


def _is_code(text: str, at: int, start: int, end: int) -> bool:
    """Return whether the number ends a code; an axis letter (``H12``) makes one only before a slash (``T5/14W``)."""
    if not _CODE.search(text, at, start):
        return False
    return letter_before(text, at, start) is None or _CODE_BEFORE_SLASH.match(text, end) is not None


def _is_inside_code(text: str, start: int, end: int) -> bool:
    """Return whether a unit between ``start`` and ``end`` is part of the code: ``27UP850-W``, ``SW480F8W24``."""
    return text[start : start + 1] == "-" or text[end : end + 1].isalnum()


def _ordered(values: tuple[float, ...], text: str, unit: str, context: Context) -> tuple[float, ...]:
    """Put the likelier of two readings of ``2.000`` or ``2,000`` first, by the unit and the photo's decimal mark."""
    grouped = max(values)
    if len(values) != 2 or not re.fullmatch(r"\d{1,3}[.,]\d{3}", text):
        return values
    mark = text.strip("0123456789")
    groups = mark == "." and (unit in _NO_THOUSANDTHS or context.decimal_mark == ",")
    if context.decimal_mark == mark:
        return min(values), grouped
    return (grouped, min(values)) if groups else values


def _unit_after(text: str, at: int, kinds: frozenset[str]) -> tuple[str, int] | None:
    blank = _BLANKS.match(text, at)
    return match_unit(text, blank.end() if blank else at, kinds) or match_unit(text, at, kinds)


def _with_axes(marked: Sequence[_Marked], text: str) -> list[Number]:
    """Resolve the letters of a line together; a number without a letter may have an axis word beside it."""
    axes = resolve_letters([each.mark.letter if each.mark else "" for each in marked])
    numbers = []
    at = 0
    for each, axis in zip(marked, axes, strict=True):
        number = each.number
        word = None if axis else axis_word(text, at, number.start, number.end)
        start = number.start
        # "szer. 51 x gł. 36 cm": the word belongs to the part of the size string.
        if word and word.start < start and _AFTER_FACTOR.search(text, at, word.start):
            start = word.start
        numbers.append(replace(number, start=start, axis=word.axis if word else axis))
        at = number.end
    return numbers
