"""Bounding what an engine is given: no photo too large, none too thin."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from imagequant.records import Box, Word
from imagequant.stages.ocr.engines.base import OcrEngine, RgbImage

# Neighbouring tiles share this part of a tile's length, so that no word is cut in both.
_OVERLAP = 0.25


def read_bounded(engine: OcrEngine, image: RgbImage, max_side: int, max_aspect: float) -> list[Word]:
    """Reads a photo of any shape.

    PP-OCR enlarges the short side of what it is given, so a very thin photo costs it gigabytes: such a photo is
    read in tiles. Boxes come back in pixels of ``image``.

    Args:
        engine: Who reads.
        image: Upright RGB photo.
        max_side: A longer side is scaled down to this.
        max_aspect: A photo thinner than this is cut along its long side.
    """
    scale = min(1.0, max_side / max(image.shape[:2]))
    if scale < 1.0:
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    words: list[Word] = []
    for x, y, tile in tiles(image, max_aspect):
        known = tuple(words)  # of the tiles before: only between tiles can a word be read twice
        for word in engine.read(tile):
            moved = _moved(word, x, y, scale)
            if not any(_same_place(moved, other) for other in known):
                words.append(moved)
    return words


def tiles(image: RgbImage, max_aspect: float) -> Iterator[tuple[int, int, RgbImage]]:
    """Yields (x, y, tile): the whole photo, or overlapping pieces of one thinner than ``max_aspect``."""
    height, width = image.shape[:2]
    length = max(1, int(min(height, width) * max_aspect))
    if max(height, width) <= length:
        yield 0, 0, image
        return
    step = max(1, int(length * (1 - _OVERLAP)))
    for start in range(0, max(height, width) - int(length * _OVERLAP), step):
        if width >= height:
            yield start, 0, image[:, start : start + length]
        else:
            yield 0, start, image[start : start + length]


def _moved(word: Word, x: int, y: int, scale: float) -> Word:
    box = word.box
    moved = Box((box.x0 + x) / scale, (box.y0 + y) / scale, (box.x1 + x) / scale, (box.y1 + y) / scale)
    return Word(word.text, moved, word.confidence, word.angle, word.engine)


def _same_place(one: Word, other: Word) -> bool:
    return one.box.intersection(other.box) > 0.5 * min(one.box.area, other.box.area)
