"""How people, languages and OCR write units."""

from __future__ import annotations

import re

# Alternatives are regular expressions without nested repetition, matched case-insensitively.
_SPELLINGS: dict[str, str] = {
    "microgram": r"micro ?grams?|mcg|µg|μg|ug|microgrammes?|mikrogramm",
    "milligram": r"milli ?gram(?:me|m|o|a|i)?s?|mgs?|m9|мг|毫克",
    "gram": r"grams?|gramm|grammes?|gramos?|gramas?|grammi|grammo|gms?|gr[sm]?|g|гр?|克|グラム",
    "kilogram": r"kilo ?gram(?:me|m|o|a|i)?s?|kilos?|kgs?|kq|k9|k9s|кг|公斤|千克|キログラム",
    "ton": r"tons?|tonnes?|tonnen|toneladas?",
    "ounce": r"ounces?|onces?|onzas?|0z|o2|ozs?|oz",
    "pound": r"pounds?|libras?|[l1i|]bs?|livres?",
    "millimetre": r"milli ?met(?:er|re)s?|millimètres?|milímetros?|mm|мм|毫米|ミリ",
    "centimetre": r"centi ?met(?:er|re)s?|zentimeter|centimètres?|centímetros?|centimetri|cms?|ccm|crn|cn|см|厘米|公分",
    "metre": r"met(?:er|re)s?|mètres?|metros?|metri|mtrs?|mts?|m|м|米",
    "inch": r"inch(?:es|s)?|inc|ins?|lnch(?:es)?|1nch|pulg(?:adas?|s)?|pouces?|zoll|pollici|polegadas?|дюйм(?:ов|а)?|"
    r"''|’’|‘‘|′′|\"|″|”|“|〞",
    "foot": r"foots?|feets?|fts?|pieds?|pies|fuss|'|′|’|‘",
    "yard": r"yards?|yds?",
    "millivolt": r"milli ?volts?|mv",
    "volt": r"volts?|voltios?|volt[aios]*|vac|vdc|v ?~|v ?⎓|v ?dc|v ?ac|v|в|伏",
    "kilovolt": r"kilo ?volts?|kv",
    "watt": r"watts?|vatios?|watios?|wattage|w|вт|瓦",
    "kilowatt": r"kilo ?watts?|kw|квт",
    "microlitre": r"micro ?lit(?:er|re)s?|µl|μl|ul",
    "millilitre": r"milli ?lit(?:er|re|ro)s?|millilitri|mls?|m1|mi|m\||мл|毫升",
    "centilitre": r"centi ?lit(?:er|re)s?|cl",
    "decilitre": r"deci ?lit(?:er|re)s?|dl",
    "litre": r"lit(?:er|re|ro)s?|litri|ltrs?|lts?|ltr|l|л|升",
    "cubic inch": r"cubic inch(?:es)?|cu\.? ?in\.?|in³",
    "cubic foot": r"cubic (?:foot|feet)|cu\.? ?ft\.?|ft³|cuft",
    "cup": r"cups?|tazas?",
    "fluid ounce": r"fluid ounces?|f[l1i|]\.? ?\.?[o0]z\.?|fl\.? ?ounces?|us ?f[l1]\.? ?oz|"
    r"oz\.? ?f[l1]\.?|fl\. ?oz|fi\.? ?oz|f[l1i]\.? ?o|once(?:s)? liquides?|onzas? l[ií]quidas?",
    "pint": r"pints?|pt",
    "quart": r"quarts?|qts?",
    "gallon": r"gallons?|gals?|galones?",
    "imperial gallon": r"imperial gallons?|imp\.? ?gal(?:lons?)?",
}

_SYMBOLS = frozenset("\"'″′”“’‘〞")


def _split(alternatives: str) -> list[str]:
    """Splits on the bars that stand outside any bracket."""
    parts, depth, current = [], 0, ""
    for at, character in enumerate(alternatives):
        escaped = at > 0 and alternatives[at - 1] == "\\"
        depth += (character in "([") - (character in ")]") if not escaped else 0
        if character == "|" and depth == 0 and not escaped:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]


_PATTERNS = tuple(
    (name, re.compile(spelling, re.IGNORECASE))
    for name, spellings in _SPELLINGS.items()
    for spelling in _split(spellings)
)
# What may follow a unit: no letter that would make it another word; an "x" or an axis letter of the next
# dimension may, since OCR loses blanks ("30cmx20cm", "12inW"), and so may a capital after a small-letter unit.
_NEXT_FACTOR = re.compile(r"[xX×]\s?(?:\d|[HWDL])")
_NEXT_AXIS = re.compile(r"[HWDL](?![a-z])")


def match_unit(text: str, at: int) -> tuple[str, int] | None:
    """The unit that starts at ``text[at]``.

    Returns:
        Contest name and end offset, or None where no unit stands.
    """
    if at >= len(text) or text[at].isspace() or _NOT_INCH.match(text, at):
        return None
    # The longest spelling that ends a word wins: "fl oz" before "fl", "grams" before "gram".
    ends = [
        (match.end(), name)
        for name, pattern in _PATTERNS
        if (match := pattern.match(text, at)) is not None and _ends_well(text, match)
    ]
    if not ends:
        return None
    end, name = max(ends)
    return name, end


def _ends_well(text: str, match: re.Match[str]) -> bool:
    end = match.end()
    if end >= len(text) or text[end - 1] in _SYMBOLS:
        return True
    following = text[end]
    if following in "²³":
        return False  # an area, or a volume in a unit the contest does not know
    if not following.isalpha():
        return not (following.isdigit() and match.group(0) in "mMlLgG")  # "48V500W", but "m2"
    if _NEXT_FACTOR.match(text, end):
        return True
    if len(match.group(0)) < 2:
        return False
    return bool(_NEXT_AXIS.match(text, end)) or (following.isupper() and text[end - 1].islower())


# "3 in 1" counts functions, not inches.
_NOT_INCH = re.compile(r"in[ -]{0,2}(?:1|one|the|a|all|use)\b", re.IGNORECASE)
