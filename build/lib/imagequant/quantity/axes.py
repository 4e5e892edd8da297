"""Which side a length measures: letters (``20W``, ``H 12``), words (``Width:``, ``wide``) and legends (``W x D x H``).

Letters differ by language: L is the length in English and the width in French, T the thickness in English and the depth
in German. So a line's letters are resolved together.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from imagequant.core.records import Mention

AXIS_NOUNS: dict[str, str] = {
    "height": r"height|hauteur|höhe|hohe|altura|alto|altezza|yükseklik|wysokość|höjd|hoogte|высота|高",
    "width": r"width|largeur|breite|ancho|anchura|larghezza|largura|genişlik|szerokość|bredd|breedte|ширина|宽",
    "depth": r"depth|profondeur|tiefe|profundidade?|fondo|profondit[àa]|derinlik|głębokość|djup|diepte|глубина|深",
    "length": r"length|longueur|länge|lange|largo|longitud|lunghezza|comprimento|uzunluk|długość|längd|lengte|длина|长",
    "thickness": r"thickness|épaisseur|stärke|dicke|grosor|espesor|spessore|grubość|厚",
    "diameter": r"diameter|durchmesser|diamètre|diámetro|diametro|średnica|диаметр|直径",
}
# Too short to count anywhere but beside a number or in a legend.
_ABBREVIATIONS = {"height": "|haut|wys|ht|alt", "width": "|larg|szer", "depth": "|prof|gł", "length": "|dł"}
_WORDS = {axis: nouns + _ABBREVIATIONS.get(axis, "") for axis, nouns in AXIS_NOUNS.items()}
# Nouns mostly precede the number ("Altezza = 6 cm"), adjectives follow it ("6 cm tall").
_ADJECTIVES: dict[str, str] = {
    "height": "tall|high|hoch",
    "width": "wide|breit",
    "depth": "deep|tief",
    "length": "long|lang",
    "thickness": "thick|dick",
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
_LEGEND_GOES_ON = re.compile(r"[A-Za-z][.]?\s?[x×*/]\s?[(]?$")
# A blank or point may stand before the common letters; the others are glued to the number ("9.6w", "70P").
_AFTER = re.compile(rf"(?:\.?\s?[(\[]?([HWDLT])|[(\[]?({LETTER}))[)\]]?(?![^\W\d_]|[²³]|\s?[x×*/]\s?[A-Za-z])")
_REACH = 6
_WORD = "|".join(f"(?P<{axis}>{words})" for axis, words in _WORDS.items())
_QUALIFIER = r"(?:totale?|total|overall|gesamt|approx\.?|about|ca\.?|env\.?|max\.?|min\.?|is|of|ist|[=:：.,–-]|\s){0,4}"
_WORD_BEFORE = re.compile(rf"(?<!\w)(?:{_WORD}){_QUALIFIER}[(]?$", re.IGNORECASE)
_WORD_REACH = 34
_WORD_AFTER = re.compile(
    rf"[.,]?\s{{0,2}}[(]?(?:{'|'.join(f'(?P<{axis}>{words})' for axis, words in _ADJECTIVES.items())})(?!\w)",
    re.IGNORECASE,
)
# A noun after a number is its name unless the next number follows: "60 cm width", not "60 cm width: 30 cm".
_NOUN_AFTER = re.compile(rf"[.,]?\s{{0,2}}[(]?(?:{_WORD})(?!\w)(?!\s?[:=]?\s{{0,2}}\d)", re.IGNORECASE)
_NOUN = re.compile(rf"(?<!\w)(?:{_WORD})(?!\w)", re.IGNORECASE)
_LEGEND_PART = rf"({LETTER}|{'|'.join(_WORDS.values())})\.?"
_LEGEND = re.compile(rf"(?<![\w.,]){_LEGEND_PART}{_SIGN}{_LEGEND_PART}(?:{_SIGN}{_LEGEND_PART})?(?!\w)", re.IGNORECASE)


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
    found = []
    for match in _LEGEND.finditer(text):
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
    return next((axis for axis, words in _WORDS.items() if re.fullmatch(words, part, re.IGNORECASE)), "")


def axis_noun(text: str) -> str:
    """Return the axis that the last axis noun in a text names; empty without one (``Height of the table:``)."""
    *_, last = (None, *_NOUN.finditer(text))
    return str(last.lastgroup) if last else ""
