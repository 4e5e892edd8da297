"""Numbers as printed on products: decimals, thousands, fractions, and OCR's misreadings of them."""

import re
import unicodedata
from collections.abc import Iterable

from imagequant.quantity.plain_text import plain

_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
# Denominators used on rulers and in recipes; a slash before any other number is not a fraction.
_DENOMINATORS = (2, 3, 4, 5, 6, 8, 16, 32, 64)
_DENOMINATOR = "(?:" + "|".join(str(d) for d in sorted(_DENOMINATORS, reverse=True)) + ")"
# Letters that OCR reads in place of digits; a confusable run only counts as a number if it contains a real digit.
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})

# One or two decimals; three may be thousands.
_DECIMALS = re.compile(r"(?<![\d.,])\d{1,4}([.,])\d{1,2}(?![\d.,]|[/:])")
# The longest reading comes first. All repetition is bounded, so that matching takes linear time.
_FORMS = (
    rf"(?P<mixed>\d{{1,5}}(?:\s{{1,2}}|\s?[-–]\s?|\s?[+&]\s?)\d{{1,2}}[/⁄]{_DENOMINATOR}(?!\d))",
    # OCR may read the denominator twice, "½2".
    rf"(?P<vulgar>\d{{0,5}}\s?[-–]?\s?(?:(?:½2|[¼¾]4|[⅛⅜⅝⅞]8)(?!\d)|[{_VULGAR}]))",
    rf"(?P<fraction>(?:\d{{1,6}}[/⁄]{_DENOMINATOR}|1[/⁄](?:10|12|20))(?![\d.,]\d|\d))",
    r"(?P<colon>\d{1,3}[:;]\d{1,2}(?![\d:]))",  # a decimal point OCR doubled
    r"(?P<chain>\d{1,6}\.\d{1,4}\.\d{1,4}(?![\d.]))",  # a number glued to the one before it
    r"(?P<plain>\d{1,3}(?:[,.' ’]\d{3}){1,4}(?:[.,]\d{1,4})?(?!\d)|\d{1,12}(?:[.,·]\d{1,6})?|(?<![A-Za-z])[.,]\d{1,6})",
)
_CONFUSABLE = r"(?=[\dOoIl|]{0,8}\d)(?=[\d.,]{0,8}[OoIl|])[\dOoIl|]{1,9}(?:[.,][\dOoIl|]{1,4})?"
# Not inside a longer number. Letters may precede it ("H12cm", "NETWT500g"), and so may an abbreviation's point
# ("WT.180G"), because OCR loses blanks.
NUMBER = re.compile(r"(?:(?<![\d.,])|(?<=[A-Za-z][.,]))(?:" + "|".join(_FORMS) + ")")
# A run with a look-alike, not preceded by a letter; only counts if a unit follows.
CONFUSABLE = re.compile(r"(?<![\w.,])" + _CONFUSABLE)


def number_values(match: re.Match[str]) -> tuple[float, ...]:
    """Return all readings of a ``NUMBER`` or ``CONFUSABLE`` match, likeliest first.

    ``1,234`` is 1234 before 1.234; ``31/2`` is 3½ before 15.5; ``12,5`` is 12.5; ``7:4`` is 7.4 before 4.
    """
    text = match.group(0)
    match match.lastgroup:
        case "mixed":
            whole, fraction = re.split(r"[\s+&–-]+", text, maxsplit=1)
            return (int(whole) + _fraction(fraction),)
        case "vulgar":
            whole, sign = re.split(f"([{_VULGAR}])", text)[:2]
            digits = re.sub(r"\D", "", whole)
            return ((int(digits) if digits else 0) + unicodedata.numeric(sign),)
        case "fraction":
            return _slashed(text)
        case "colon" | "chain":
            *_, whole, decimals = re.split("[:;.]", text)
            return (float(f"{whole}.{decimals}"), float(decimals))
        case "plain":
            return decimal_values(text)
        case _:
            return decimal_values(text.translate(_LOOKALIKES))


def decimal_values(text: str) -> tuple[float, ...]:
    """Return the readings of digits separated by points, commas, apostrophes or blanks.

    A mark followed by exactly three digits may group thousands or start decimals: commas more likely group, points more
    likely start decimals, and after a leading zero all marks do.
    """
    text = text.replace("·", ".").strip()
    if text.startswith((".", ",")):
        return (float("0." + text[1:]),)
    digits = re.split(r"[.,' ’]", text)
    marks = re.findall(r"[.,' ’]", text)
    if not marks:
        return (float(text),)
    grouped, decimal = float("".join(digits)), float("".join(digits[:-1]) + "." + digits[-1])
    if len(set(marks)) > 1 or len(digits[-1]) != 3 or digits[0].startswith("0"):
        return (decimal,)
    readings = {
        ".": (decimal, grouped),
        ",": (grouped, decimal),
        # A blank may also separate a count from the amount: "6 330 ml".
        " ": (grouped, float(digits[-1])),
    }
    return readings.get(marks[0], (grouped,)) if len(marks) == 1 else (grouped,)


def _fraction(text: str) -> float:
    numerator, denominator = re.split(r"[/⁄]", text)
    return int(numerator) / int(denominator)


def _slashed(text: str) -> tuple[float, ...]:
    """Read ``3/4``, or a mixed number that lost its blank, ``31/2``, if the numerator exceeds the denominator."""
    numerator, denominator = re.split(r"[/⁄]", text)
    if int(numerator) < int(denominator) or len(numerator) < 2:
        return (int(numerator) / int(denominator),)
    readings: list[float] = []
    for width in (1, 2):
        whole, part = numerator[:-width], numerator[-width:]
        # Fractions of inches are in lowest terms: 31/2 is 3 1/2, 115/16 is 11 5/16 or 1 15/16, never 2/4.
        if whole and not part.startswith("0") and 0 < int(part) < int(denominator) and int(part) % 2:
            readings.append(int(whole) + int(part) / int(denominator))
    return (*readings, int(numerator) / int(denominator))


def format_number(value: float) -> str:
    """Format a number without an exponent and with up to six decimals: ``12.5``, ``500``, ``0.000001``."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text if text not in ("", "-0") else "0"


def decimal_mark(texts: Iterable[str]) -> str:
    """Return the decimal mark of the numbers in these texts (``1,5``, ``0.75``); empty if they show none, or both."""
    marks = {match[1] for text in texts for match in _DECIMALS.finditer(plain(text))}
    return marks.pop() if len(marks) == 1 else ""
