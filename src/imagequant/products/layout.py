"""Rows of items: prints, and the labels around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

from imagequant.core.records import Box, PhotoReading, Word
from imagequant.products.prints import CONTENT_CUES, Print
from imagequant.quantity.axes import axis_noun
from imagequant.quantity.cues import find_cues
from imagequant.quantity.domain import Domain
from imagequant.quantity.heads import head_cells
from imagequant.quantity.named_units import unit_before
from imagequant.quantity.names import weight_name
from imagequant.quantity.units import ALL_KINDS

# Words of a label are at most this many text heights apart.
_WORD_GAP = 1.2
# The heights of single letters, compared with the usual text; others are parts of pictures.
_SMALLEST, _LARGEST = 0.4, 2.5
# Items whose middles differ by less than this many text heights are in one row.
_ROW = 0.55
# Cues that do not make a text the name of a property.
_NO_PROPERTY = frozenset(("size_note", "up_to", "minimum"))
# "For dogs of", "Fits cats from": whom or what a product is for. "Front view", "Side": where it is seen from.
_NO_NAME = re.compile(
    r"(?:for|fits?|suits?|suitable|für|pour|para|adatto|per)\b|"
    r"(?:(?:front|side|top|back|rear|bottom|inside|outside|open|closed|folded|unfolded)(?: view)?|.*\bview|.*ansicht|"
    r"vue\b.*|vista\b.*)\W*$",
    re.IGNORECASE,
)
# Nutrients in other languages than that of the cues.
_NUTRIENT = re.compile(
    r"nutri|nährwert|fett|zucker|eiwei|kohlenhydrat|ballaststoff|\bsalz\b|grasses|sucres|glucides|prot[ée][ií]n|\bsel\b|"
    r"grasas|az[úu]cares|hidratos|grassi|zuccheri|carboidrati|\bsale\b|gorduras|açúcares|tłuszcz|białko|węglowodan",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Item:
    """A print, or words that are part of none.

    Attributes:
        text: The words of a label; empty for a print.
        box: Where it is.
        tokens: Indices of its words.
        print: Index of the print; None for a label.
    """

    text: str
    box: Box
    tokens: tuple[int, ...]
    print: int | None = None

    @property
    def height(self) -> float:
        """The height of its text in pixels."""
        return max(self.box.height, 1.0)


Row = tuple[Item, ...]


def find_items(reading: PhotoReading, prints: Sequence[Print]) -> list[Item]:
    """Return the level prints and labels of a photo; text that runs up or down belongs to no row."""
    owner: dict[int, int] = {}
    for place, each in enumerate(prints):
        for candidate in each.candidates:
            for token in reading.candidates[candidate].words:
                owner.setdefault(token, place)
    for token, word in enumerate(reading.tokens):
        # The signs between the parts of a size string.
        inside = [place for place, each in enumerate(prints) if token not in owner and holds(each.box, word.box)]
        if inside:
            owner[token] = inside[0]
    items = [
        Item("", each.box, tuple(token for token, home in owner.items() if home == place), place)
        for place, each in enumerate(prints)
        if each.angle == 0
    ]
    current: list[int] = []
    usual = median([word.box.height for word in reading.tokens if word.angle == 0] or [1.0])
    for token, word in enumerate(reading.tokens):
        if current and not (token not in owner and _continues(reading.tokens[current[-1]].box, word.box)):
            items += _labels(current, reading)
            current = []
        if token not in owner and _is_level(word, usual) and any(map(str.isalnum, word.text)):
            current.append(token)
    return [*items, *_labels(current, reading)] if current else items


def find_rows(items: Iterable[Item]) -> list[Row]:
    """Return items in rows from top to bottom, each from left to right."""
    rows: list[list[Item]] = []
    for item in sorted(items, key=lambda each: each.box.center[1]):
        if rows:
            middle = median(each.box.center[1] for each in rows[-1])
            height = min(median(each.height for each in rows[-1]), item.height)
            if abs(item.box.center[1] - middle) < _ROW * height:
                rows[-1].append(item)
                continue
        rows.append([item])
    return [tuple(sorted(row, key=lambda each: each.box.x0)) for row in rows]


def names_property(text: str, domain: Domain) -> bool:
    """Return whether a label names a property (``Height``, ``Weight (g)``) or a view, not a product or a size."""
    return bool(
        _NO_NAME.match(text)
        or axis_noun(text)
        or weight_name(text)
        or domain.names_anything(text)
        or set(find_cues(text)) - _NO_PROPERTY
        or unit_before(f"{text} ", 0, len(text) + 1, ALL_KINDS)
    )


def says_content(item: Item) -> bool:
    """Return whether a label says that what is beside it is in a product: nutrients, doses."""
    is_content = not CONTENT_CUES.isdisjoint(find_cues(item.text)) or _NUTRIENT.search(item.text) is not None
    return item.print is None and is_content


def as_name(text: str) -> str:
    """Return a label without the signs between it and what it names."""
    return text.strip(" :.-–•*")


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around some boxes, of which there is at least one."""
    first, *others = boxes
    for box in others:
        first = first.union(box)
    return first


def _is_level(word: Word, usual: float) -> bool:
    """Return whether a word is part of a row; the direction of a single letter, such as a size, means nothing."""
    is_letter = len(word.text) == 1 and _SMALLEST * usual < word.box.height < _LARGEST * usual
    return word.angle == 0 or is_letter


def holds(box: Box, other: Box) -> bool:
    """Return whether the middle of another box is in a box."""
    x, y = other.center
    return box.x0 <= x < box.x1 and box.y0 <= y < box.y1


def _continues(before: Box, word: Box) -> bool:
    height = max(min(before.height, word.height), 1.0)
    is_level = abs(before.center[1] - word.center[1]) < _ROW * height
    return is_level and -height < word.x0 - before.x1 < _WORD_GAP * height


def _labels(tokens: Sequence[int], reading: PhotoReading) -> list[Item]:
    """Return consecutive words as one label, or as the cells of a table's head."""
    text = " ".join(reading.tokens[token].text for token in tokens)
    ends = list(accumulate(len(reading.tokens[token].text) + 1 for token in tokens))
    labels = []
    for start, end in head_cells(text):
        inside = tuple(token for token, after in zip(tokens, ends, strict=True) if start < after - 1 <= end)
        if inside:
            labels.append(Item(text[start:end], around(reading.tokens[token].box for token in inside), inside))
    return labels
