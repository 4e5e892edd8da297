"""Bounding what an engine is given: no photo too large, none too thin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from imagequant.core.records import Box, Word
from imagequant.ocr.engine import RgbImage

# Neighbouring tiles share this part of a tile's length, so that no word is cut in both.
_OVERLAP = 0.25


@dataclass(frozen=True)
class Place:
    """Where on a photo a tile's upper left corner lies, in the photo's pixels, and how much the tile was scaled."""

    x: int
    y: int
    scale: float


def bounded_tiles(image: RgbImage, max_side: int, max_aspect: float) -> list[tuple[Place, RgbImage]]:
    """What of a photo of any shape is read: mostly the whole, at most so large.

    PP-OCR enlarges the short side of what it is given, so a very thin photo costs it gigabytes: such a photo is
    read in tiles.

    Args:
        image: Upright RGB photo.
        max_side: A longer side is scaled down to this.
        max_aspect: A photo thinner than this is cut along its long side.
    """
    bounded = ((x, y, *_bounded(tile, max_side)) for x, y, tile in tiles(image, max_aspect))
    return [(Place(x, y, scale), tile) for x, y, tile, scale in bounded]


def together(places: Sequence[Place], read: Sequence[list[Word]]) -> list[Word]:
    """The words of a photo's tiles, boxes in pixels of the photo."""
    words: list[Word] = []
    for place, new in zip(places, read, strict=True):
        words = joined(words, [_moved(word, place) for word in new])
    return words


def joined(known: list[Word], new: list[Word]) -> list[Word]:
    """Words of neighbouring tiles together: of one word read in both, the longer reading, which no border cut."""
    kept = list(known)
    for word in new:
        doubles = [other for other in known if _same_place(word, other)]
        if all(word.box.area > other.box.area for other in doubles):
            kept = [other for other in kept if other not in doubles]
            kept.append(word)
    return kept


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


def _bounded(tile: RgbImage, max_side: int) -> tuple[RgbImage, float]:
    """The tile, scaled down if it is too large, and the factor."""
    scale = max_side / max(tile.shape[:2])
    if scale >= 1.0:
        return tile, 1.0
    size = (max(1, round(tile.shape[1] * scale)), max(1, round(tile.shape[0] * scale)))
    return np.asarray(cv2.resize(tile, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), scale


def _moved(word: Word, place: Place) -> Word:
    box, (x, y, scale) = word.box, (place.x, place.y, place.scale)
    moved = Box(box.x0 / scale + x, box.y0 / scale + y, box.x1 / scale + x, box.y1 / scale + y)
    return replace(word, box=moved)


def _same_place(one: Word, other: Word) -> bool:
    return one.box.intersection(other.box) > 0.5 * min(one.box.area, other.box.area)
