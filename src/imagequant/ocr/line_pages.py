"""Pages made of the lines that may hold a quantity: what a second engine is given to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from imagequant.core.records import Box, Word
from imagequant.ocr.straight import Grey, Strip, cut_strip

# The height of lines with the margin that detection leaves around them, and the white space between them, in pixels.
# Tesseract was trained on capitals of 30 to 33 pixels.
_HEIGHT, _GAP = 48, 20
# Tesseract refuses pages of more than 32767 pixels a side.
_MOST_LINES = 64
_WHITE = 255
# A line that is nothing but a unit: its number may stand above it.
_UNIT = re.compile(
    r"\W*(?:mm|cm|m|in|inch(?:es)?|ft|feet|kgs?|g|gr|grams?|grammes?|mg|oz|ounces?|lbs?|pounds?|ml|cl|l|lit(?:er|re)s?"
    r"|v|volts?|k?w|watts?|fl\W{0,2}oz|gal(?:lons?)?|qt|pints?)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PlacedStrip:
    """A strip and its upper edge on the page; all begin at the same distance from the left."""

    strip: Strip
    top: int


@dataclass(frozen=True)
class LinePage:
    """Lines of one photo below each other, dark on white: uint8 (height, width)."""

    grey: Grey
    strips: tuple[PlacedStrip, ...]

    def on_photo(self, box: Box) -> tuple[Box, int]:
        """Return where on the photo a box of the page lies, and the direction in which it is read."""
        middle = box.center[1]
        nearest = min(self.strips, key=lambda placed: abs(placed.top + placed.strip.grey.shape[0] / 2 - middle))
        left, top = _GAP, nearest.top
        inside = Box(box.x0 - left, box.y0 - top, box.x1 - left, box.y1 - top)
        return nearest.strip.box_on_photo(inside), nearest.strip.angle


def line_pages(grey: Grey, lines: Sequence[Word]) -> tuple[LinePage, ...]:
    """Return pages with those lines of a grey photo that may hold a quantity; none if there are no such lines."""
    cut = (cut_strip(grey, line, _HEIGHT) for line in lines if may_hold_quantity(line))
    strips = [strip for strip in cut if strip is not None]
    return tuple(_stacked(strips[start : start + _MOST_LINES]) for start in range(0, len(strips), _MOST_LINES))


def may_hold_quantity(line: Word) -> bool:
    """Return whether a line has a digit in any of its readings, or is a unit."""
    texts = (line.text, *(other.text for other in line.alternatives))
    return any(character.isdigit() for text in texts for character in text) or bool(_UNIT.fullmatch(line.text))


def _stacked(strips: Sequence[Strip]) -> LinePage:
    placed = tuple(_placed(strips))
    last = placed[-1]
    height = last.top + last.strip.grey.shape[0] + _GAP
    page = np.full((height, max(strip.grey.shape[1] for strip in strips) + 2 * _GAP), _WHITE, dtype=np.uint8)
    for each in placed:
        rows, columns = each.strip.grey.shape
        page[each.top : each.top + rows, _GAP : _GAP + columns] = each.strip.grey
    return LinePage(page, placed)


def _placed(strips: Sequence[Strip]) -> Iterator[PlacedStrip]:
    top = _GAP
    for strip in strips:
        yield PlacedStrip(strip, top)
        top += strip.grey.shape[0] + _GAP
