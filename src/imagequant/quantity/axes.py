"""Which side a length measures: letters (``20W``, ``H 12``), words (``Width:``, ``wide``) and legends (``W x D x H``).

Letters differ by language: L is the length in English and the width in French, T the thickness in English and the depth
in German. So a line's letters are resolved together.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from imagequant.core.records import Mention
from imagequant.quantity.plain_text import plain

AXIS_NOUNS: dict[str, str] = {
    "height": r"height|hauteur|höhe|hohe|altura|alto|altezza|yükseklik|wysokość|höjd|hoogte|высота|ύψος|높이|"
    r"(?:ال)?ارتفاع|ऊँचाई|ऊंचाई",
    "width": r"width|largeur|breite|ancho|anchura|larghezza|largura|genişlik|szerokość|bredd|breedte|ширина|πλάτος|"
    r"너비|가로|(?:ال)?عرض|चौड़ाई",
    "depth": r"depth|profondeur|tiefe|profundidade?|fondo|profondit[àa]|derinlik|głębokość|djup|diepte|глубина|βάθος|"
    r"깊이|(?:ال)?عمق|गहराई",
    "length": r"length|longueur|länge|lange|largo|longitud|lunghezza|comprimento|uzunluk|długość|längd|lengte|"
    r"длина|μήκος|길이|세로|(?:ال)?طول|लंबाई|लम्बाई",
    "thickness": r"thickness|[ée]paisseur|stärke|dicke|grosor|espesor|espessura|spessore|kalınlık|grubość|tjocklek|"
    r"dikte|толщина|두께|(?:ال)?سمك|मोटाई",
    "diameter": r"diameter|durchmesser|diam[èe]tre|di[áâa]metro|diametro|çap|średnica|диаметр|지름|직경|"
    r"(?:ال)?قطر|व्यास",
}
# Chinese and Japanese have no blanks between words, so these nouns count within others: "产品高度". One ideograph alone
# is a noun only beside other characters: "长30cm宽20cm", but not "身高" (a person's height) or "高级".
_IDEOGRAPHIC_NOUNS: dict[str, tuple[str, str]] = {
    "height": ("(?<!身)(?<!最)高[度さ]|全高|総高", "高"),
    "width": ("[宽寬]度|横幅|全幅", "宽寬幅横"),
    "depth": ("深[度さ]|奥行き?|進深|进深", "深"),
    "length": ("[长長][度さ]|全[长長]", "长長縦"),
    "thickness": ("厚[度さみ]", "厚"),
    "diameter": ("[直外内內][径徑]|口[径徑]|φ", "径徑"),
}
# Without IGNORECASE, for which `re` would go through each of these characters to compile a pattern.
_IDEOGRAPH = r"(?-i:[\u3040-\u30ff\u3400-\u9fff])"
_IDEOGRAPHIC = {
    axis: rf"{nouns}|(?<!{_IDEOGRAPH})[{alone}](?!(?![约約为為は]){_IDEOGRAPH})"
    for axis, (nouns, alone) in _IDEOGRAPHIC_NOUNS.items()
}
# Too short to count anywhere but beside a number or in a legend.
_ABBREVIATIONS = {
    "height": "|haut|wys|ht|alt|выс", "width": "|larg|szer|шир", "depth": "|prof|gł|глуб", "length": "|dł|дл"
}  # fmt: skip
_WORDS = {axis: nouns + _ABBREVIATIONS.get(axis, "") for axis, nouns in AXIS_NOUNS.items()}
# Nouns mostly precede the number ("Altezza = 6 cm"), adjectives follow it ("6 cm tall").
_ADJECTIVES: dict[str, str] = {
    "height": "tall|high|hoch|de haut|haut|hög|hoog",
    "width": "wide|breit|de large|bred|breed",
    "depth": "deep|tief|djup|diep",
    "length": "long|de long|lang|lång",
    "thickness": "thick|dick|épais|tjock|dik",
}
# Letters by language; the first language that has all letters of a line counts.
_ENGLISH = {"H": "height", "W": "width", "D": "depth", "L": "length", "T": "thickness"}
_GERMAN = {"H": "height", "B": "width", "T": "depth", "L": "length", "D": "depth"}
_ROMANCE = {"H": "height", "L": "width", "P": "depth", "A": "height", "E": "thickness", "W": "width", "D": "depth"}
_SPANISH = {"AL": "height", "AN": "width", "F": "depth", "P": "depth", "L": "length", "H": "height"}
_ROUND = {"H": "height", "D": "diameter"}
_LANGUAGES = (_ENGLISH, _GERMAN, _ROMANCE, _SPANISH)
_SIGNS = {"Ø": "diameter", "ø": "diameter", "⌀": "diameter"}

LETTER = r"(?:An|Al|AN|AL|[HWDLTBPFAE]|[hwdltbpf]|[Øø⌀])"
# English letters and the sign of the diameter count even alone; the others only next to another letter.
_ALONE = frozenset("HWDLTØø⌀")
_SIGN = r"\s?[x×✕*хX/|]\s?"
# Also after the sign between two numbers ("15.1xH25.2") and in brackets.
_BEFORE = re.compile(rf"(?:(?<![^\W\d_])|(?<=\d[xX]))[(]?({LETTER})[)]?\s?[:.=]?\s?$")
_LEGEND_GOES_ON = re.compile(r"[^\W\d_][.]?\s?[x×*/]\s?[(]?$")
# A blank or point may stand before the common letters; the others are glued to the number ("9.6w", "70P").
_AFTER = re.compile(rf"(?:\.?\s?[(\[]?([HWDLT])|[(\[]?({LETTER}))[)\]]?(?![^\W\d_]|[²³]|\s?[x×*/]\s?[A-Za-z])")
_REACH = 6
_STARTS, _ENDS = r"(?<!\w)", r"(?!\w)"


def _named_groups(before: str = "", after: str = "") -> str:
    """Return a pattern of all nouns, a group for each axis, with what must be before and after those with blanks."""
    return "|".join(rf"(?P<{axis}>{before}(?:{words}){after}|{_IDEOGRAPHIC[axis]})" for axis, words in _WORDS.items())


_QUALIFIER = (
    r"(?:totale?|total|overall|gesamt|approx\.?|about|ca\.?|env\.?|max\.?|min\.?|is|of|ist|[约約为為は]|[=:：.,–-]|"
    r"\s){0,4}"
)
_WORD_BEFORE = re.compile(rf"(?:{_named_groups(before=_STARTS)}){_QUALIFIER}[(]?$", re.IGNORECASE)
_WORD_REACH = 34
_WORD_AFTER = re.compile(
    rf"[.,]?\s{{0,2}}[(]?(?:{'|'.join(f'(?P<{axis}>{words})' for axis, words in _ADJECTIVES.items())})(?!\w)",
    re.IGNORECASE,
)
# A noun after a number is its name unless the next number follows: "60 cm width", not "60 cm width: 30 cm".
_NOUN_AFTER = re.compile(
    rf"[.,]?\s{{0,2}}[(]?(?:(?:de|di|in|en|na) )?(?:{_named_groups(after=_ENDS)})(?!\s?[:=]?\s{{0,2}}\d)", re.IGNORECASE
)
_NOUN = re.compile(_named_groups(_STARTS, _ENDS), re.IGNORECASE)
_LEGEND_PART = rf"({LETTER}|{'|'.join((*_WORDS.values(), *_IDEOGRAPHIC.values()))})\.?"
# What each legend has; few texts do.
_LIKE_LEGEND = re.compile(rf"[^\W\d_]\.?{_SIGN}(?:[^\W\d_]|⌀)|⌀\.?{_SIGN}")


@cache
def _legend() -> re.Pattern[str]:
    # Compiling it takes a twentieth of a second.
    return re.compile(rf"(?<![\w.,]){_LEGEND_PART}{_SIGN}{_LEGEND_PART}(?:{_SIGN}{_LEGEND_PART})?(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class AxisMark:
    """A letter beside a number, not yet resolved, and where the number with its letter starts and ends."""

    letter: str
    start: int
    end: int


@dataclass(frozen=True)
class AxisWord:
    """The axis that a word names, and where the word starts."""

    axis: str
    start: int


def letter_before(text: str, at: int, start: int) -> AxisMark | None:
    """Return the axis letter directly before the number at ``start``, not further back than ``at``."""
    match = _BEFORE.search(text, max(at, start - _REACH), start)
    if match is None or _LEGEND_GOES_ON.search(text, at, match.start()):
        return None
    return AxisMark(match[1], match.start(), start)


def letter_after(text: str, end: int) -> AxisMark | None:
    """Return the axis letter directly after the number, or its unit, that ends at ``end``."""
    match = _AFTER.match(text, end)
    return AxisMark(match[1] or match[2], end, match.end()) if match else None


def axis_word(text: str, at: int, start: int, end: int) -> AxisWord | None:
    """Return the axis word right before or after the number ``text[start:end]``; None if there is none.

    Args:
        text: A line of text.
        at: Start of the text that belongs to this number.
        start: Start of the number.
        end: End of the number and its unit.
    """
    for match in (
        _WORD_BEFORE.search(text, max(at, start - _WORD_REACH), start),
        _WORD_AFTER.match(text, end),
        _NOUN_AFTER.match(text, end),
    ):
        if match and not _LEGEND_GOES_ON.search(text, at, match.start()):
            return AxisWord(str(match.lastgroup), match.start())
    return None


def resolve_letters(letters: Sequence[str]) -> list[str]:
    """Return the axis of each letter on a line, empty for one that is no axis.

    ``H, L, P`` are height, width and depth; ``H, L, W`` height, length and width; ``B`` alone is nothing.
    """
    plain = [letter.upper() for letter in letters if letter and letter not in _SIGNS]
    # "H 17 cm, D 7 cm" is a bottle or a lamp.
    known = _ROUND if set(plain) == {"H", "D"} else _language(set(plain))
    alone = len(set(plain)) < 2
    axes = []
    for letter in letters:
        if letter in _SIGNS:
            axes.append(_SIGNS[letter])
        elif not letter or (alone and letter not in _ALONE):
            axes.append("")
        else:
            axes.append(known.get(letter.upper(), ""))
    return axes


def _language(letters: set[str]) -> Mapping[str, str]:
    return next((language for language in _LANGUAGES if letters <= set(language)), _ENGLISH)


def legends(text: str) -> list[tuple[str, ...]]:
    """Return the axes of each legend in a line: ``(W x D x H)`` gives width, depth, height."""
    found: list[tuple[str, ...]] = []
    if not _LIKE_LEGEND.search(text):
        return found
    for match in _legend().finditer(text):
        parts = [part for part in match.groups() if part]
        axes = _legend_axes(parts)
        if len(set(axes)) == len(parts) and all(axes):
            found.append(axes)
    return found


def name_parts(mentions: Iterable[Mention], text: str) -> list[Mention]:
    """Name the parts of size strings without axes by the legends in a text: ``(W x D x H)``."""
    named = list(mentions)
    for axes in legends(text):
        named = [
            replace(mention, axis=axes[mention.place])
            if mention.form == "factor" and not mention.axis and mention.places == len(axes)
            else mention
            for mention in named
        ]
    return named


def _legend_axes(parts: Iterable[str]) -> tuple[str, ...]:
    parts = list(parts)
    # French has both: L is the length and l the width.
    if "l" in parts and "L" in parts:
        parts = ["W" if part == "l" else part for part in parts]
    letters = iter(resolve_letters([part for part in parts if len(part) <= 2 and not _noun(part)]))
    return tuple(_noun(part) or next(letters, "") for part in parts)


def _noun(part: str) -> str:
    return next(
        (axis for axis, words in _WORDS.items() if re.fullmatch(f"{words}|{_IDEOGRAPHIC[axis]}", part, re.IGNORECASE)),
        "",
    )


def axis_noun(text: str) -> str:
    """Return the axis that the last axis noun in a text names; empty without one (``Height of the table:``)."""
    *_, last = (None, *_NOUN.finditer(plain(text)))
    return str(last.lastgroup) if last else ""
