"""Photos as words and objects, without OCR."""

from __future__ import annotations

import numpy as np
from tests.contest import CONTEST

from imagequant.candidates.photo import read_photo
from imagequant.core.records import Box, PhotoReading, PhotoWords, Word
from imagequant.params import CandidatesParams
from imagequant.products.find import ProductReading, find_products

PARAMS = CandidatesParams(1.5, 120, line_segments=False, ocr_alternatives=True, dual_unit_corrections=True)
SIDE = 800
# Text, left edge and top of a word or a line.
Placed = tuple[str, float, float]


def reading(*placed: Placed, height: float = 20.0) -> PhotoReading:
    """Return what is read on a photo with texts in one size, whose letters are half as wide as high."""
    words = tuple(
        Word(text, Box(x, y, x + height / 2 * len(text), y + height), 0.9, 0, "rapidocr") for text, x, y in placed
    )
    return read_photo(PhotoWords("", words, (True,) * len(words)), SIDE, SIDE, PARAMS, CONTEST)


def products(*placed: Placed, objects: tuple[Box, ...] = (), height: float = 20.0) -> tuple[ProductReading, ...]:
    """Return the products on a white photo with texts, and dark objects."""
    pixels = np.full((SIDE, SIDE, 3), 255, dtype=np.uint8)
    for box in objects:
        pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = 60
    return find_products(reading(*placed, height=height), pixels, CONTEST)


def told(found: tuple[ProductReading, ...]) -> list[tuple[str, list[str]]]:
    """Return the name of each product, and its amounts with their printed names."""
    return [(each.name, [f"{c.value:g} {c.unit} {c.name}".strip() for c in each.reading.candidates]) for each in found]
