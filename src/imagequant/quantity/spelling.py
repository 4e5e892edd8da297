"""Recognition of units in text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from imagequant.quantity.other_kinds import is_rate
from imagequant.quantity.units import UNITS

_SYMBOLS = frozenset("\"'″′”“’‘〞")


def _split(alternatives: str) -> list[str]:
    """Split on the bars outside brackets."""
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


@dataclass(frozen=True)
class _Patterns:
    """The spellings of some kinds' units: those that begin with a foreign letter by that letter, and all others."""

    usual: tuple[tuple[str, re.Pattern[str]], ...]
    foreign: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]

    def that_may_start_with(self, character: str) -> Iterable[tuple[str, re.Pattern[str]]]:
        return (*self.usual, *self.foreign.get(character.lower(), ()))


@cache
def _patterns(kinds: frozenset[str]) -> _Patterns:
    usual: list[tuple[str, re.Pattern[str]]] = []
    foreign: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for unit in UNITS.values():
        if unit.kind in kinds:
            for spelling in _split(unit.spellings):
                # Trying every language's words would take twice as long.
                is_foreign = not spelling[0].isascii() and spelling[1:2] not in ("?", "*")
                group = foreign.setdefault(spelling[0].lower(), []) if is_foreign else usual
                group.append((unit.name, re.compile(spelling, re.IGNORECASE)))
    return _Patterns(tuple(usual), {letter: tuple(group) for letter, group in foreign.items()})


# A letter after a unit would make it another word. Exceptions, because OCR loses blanks: an "x" or axis letter of the
# next dimension ("30cmx20cm", "12inW"), or a capital after a lower-case unit.
_NEXT_FACTOR = re.compile(r"[xX×]\s?(?:\d|[HWDL])")
_NEXT_AXIS = re.compile(r"[HWDL](?![a-z])")


def match_unit(text: str, at: int, kinds: frozenset[str]) -> tuple[str, int] | None:
    """Return the name and end offset of the unit of some kinds that starts at ``text[at]``; None if there is none."""
    if at >= len(text) or text[at].isspace() or _NOT_INCH.match(text, at):
        return None
    # The longest spelling at a word end wins: "fl oz" over "fl", "grams" over "gram".
    ends = [
        (match.end(), name)
        for name, pattern in _patterns(kinds).that_may_start_with(text[at])
        if (match := pattern.match(text, at)) is not None and _ends_well(text, match, UNITS[name].kind)
    ]
    if not ends:
        return None
    end, name = max(ends)
    return name, end


def _ends_well(text: str, match: re.Match[str], kind: str) -> bool:
    end = match.end()
    if is_rate(text, end, kind):
        return False
    if end >= len(text) or text[end - 1] in _SYMBOLS or _ESTIMATED.match(text, match.start()):
        return True
    following = text[end]
    # An area, or a volume in a unit the contest does not know: "m2", but not "48V500W".
    if following in "²³" or _POWER.match(text, end - 1) or (following.isdigit() and match.group(0) in "mMlLgG"):
        return False
    return not following.isalpha() or _is_glued(text, match) or _goes_on_in_ideographs(match.group(0), following)


def _is_glued(text: str, match: re.Match[str]) -> bool:
    """Return whether the letter after a unit belongs to what follows."""
    end = match.end()
    if _NEXT_FACTOR.match(text, end):
        return True
    if len(match.group(0)) < 2:
        return False
    return bool(_NEXT_AXIS.match(text, end)) or (text[end].isupper() and text[end - 1].islower())


# Chinese and Japanese have no blanks: "500g入り" and "45厘米高" end a unit, "5G手机" (a phone) and "1升级" do not.
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_AFTER_IDEOGRAPH = frozenset("装裝入以左每长長宽寬高深厚约約")


def _goes_on_in_ideographs(unit: str, following: str) -> bool:
    if _IDEOGRAPH.match(unit[-1]):
        return following in _AFTER_IDEOGRAPH
    return _IDEOGRAPH.match(following) is not None and unit not in ("A", "G", "K", "M")


# "10 ft2", "500 cm3": the digit is an exponent, unless it starts the next number ("6 ft2 in").
_POWER = re.compile(r"(?:m|t|n)[23](?![\w.,'\"])(?!\s?(?:in|cm|mm)\b)", re.IGNORECASE)
# "500 ge": OCR reads the estimated sign of packages as an "e".
_ESTIMATED = re.compile(r"(?:k?g|[mc]?l)[e℮](?!\w)", re.IGNORECASE)
# "3 in 1" counts functions, not inches.
_NOT_INCH = re.compile(r"in[ -]{0,2}(?:1|one|the|a|all|use)\b", re.IGNORECASE)
