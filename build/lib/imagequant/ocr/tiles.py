"""Limits on the size and aspect ratio of the engines' input."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from imagequant.core.records import Box, Word
from imagequant.ocr.engine import RgbImage

# Share of a tile's length that neighbouring tiles have in common, so that no word is cut in both.
_OVERLAP = 0.25


@dataclass(frozen=True)
class Place:
    """A tile's upper left corner in the photo's pixels, and the factor by which the tile was scaled."""

    x: int
    y: int
    scale: float


def bounded_tiles(image: RgbImage, max_side: int, max_aspect: float) -> list[tuple[Place, RgbImage]]:
    """Return the tiles of a photo to read; usually the whole photo.

    Thin photos are read in tiles, because PP-OCR enlarges the short side of its input and would need gigabytes.

    Args:
        image: Upright RGB photo.
        max_side: Tiles with a longer side are shrunk to it.
        max_aspect: Photos with a larger aspect ratio are cut along their long side.
    """
    bounded = ((x, y, *_bounded(tile, max_side)) for x, y, tile in tiles(image, max_aspect))
    return [(Place(x, y, scale), tile) for x, y, tile, scale in bounded]


def together(places: Sequence[Place], read: Sequence[list[Word]]) -> list[Word]:
    """Return the words of a photo's tiles, with boxes in pixels of the photo."""
    words: list[Word] = []
    for place, new in zip(places, read, strict=True):
        words = joined(words, [_moved(word, place) for word in new])
    return words


def joined(known: list[Word], new: list[Word]) -> list[Word]:
    """Merge the words of neighbouring tiles. Of a word read in both, the larger one is kept, which is not cut."""
    kept = list(known)
    for word in new:
        doubles = [other for other in known if _same_place(word, other)]
        if all(word.box.area > other.box.area for other in doubles):
            kept = [other for other in kept if other not in doubles]
            kept.append(word)
    return kept


def tiles(image: RgbImage, max_aspect: float) -> Iterator[tuple[int, int, RgbImage]]:
    """Yield (x, y, tile): the whole photo, or overlapping pieces if its aspect ratio exceeds ``max_aspect``."""
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
    """Return the tile, shrunk if it is too large, and the factor."""
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
