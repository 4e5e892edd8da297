"""Letterboxing: fitting a photo into the network's square, keeping its aspect ratio.

The padding is white because most product photos have a white background, which it continues without an edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PADDING = 255

# Position of the photo in the square: x0, y0, x1, y1 as shares of the side.
SquareBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class Placement:
    """The photo's position in the square in whole pixels."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, width: int, height: int, size: int) -> Placement:
        """Centre a photo in a square with side ``size``; its short side keeps at least one pixel."""
        long_side = max(width, height)
        inner_width = max(1, round(width * size / long_side))
        inner_height = max(1, round(height * size / long_side))
        return cls((size - inner_width) // 2, (size - inner_height) // 2, inner_width, inner_height)

    def box(self, size: int) -> SquareBox:
        """Return the position as shares of the square's side."""
        return (self.left / size, self.top / size, (self.left + self.width) / size, (self.top + self.height) / size)


def preprocess_image(rgb: NDArray[np.uint8], size: int) -> tuple[NDArray[np.uint8], SquareBox]:
    """Fit an upright photo (height, width, 3) into a square with side ``size``.

    Returns:
        The letterboxed image (3, size, size) and the photo's position in it.
    """
    place = Placement.of(rgb.shape[1], rgb.shape[0], size)
    square = np.full((3, size, size), PADDING, dtype=np.uint8)
    # Pillow's filters are antialiased when shrinking.
    inner = Image.fromarray(rgb).resize((place.width, place.height), Image.Resampling.BILINEAR)
    square[:, place.top : place.top + place.height, place.left : place.left + place.width] = np.moveaxis(
        np.asarray(inner), 2, 0
    )
    return square, place.box(size)
