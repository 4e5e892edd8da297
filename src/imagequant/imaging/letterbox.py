"""Fitting a photo into the network's square: aspect kept, the rest white.

White, because shops photograph on white: padding with it continues the background instead of adding an edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PADDING = 255

# Where the photo lies in the square: x0, y0, x1, y1 as shares of the side.
SquareBox = tuple[float, float, float, float]


@dataclass(frozen=True)
class Placement:
    """The photo's place in the square in whole pixels; the short side keeps at least one."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, width: int, height: int, size: int) -> Placement:
        """The place of a photo of that size, in the middle of a square of that side."""
        long_side = max(width, height)
        inner_width = max(1, round(width * size / long_side))
        inner_height = max(1, round(height * size / long_side))
        return cls((size - inner_width) // 2, (size - inner_height) // 2, inner_width, inner_height)

    def box(self, size: int) -> SquareBox:
        """The same as shares of the square's side."""
        return (
            self.left / size,
            self.top / size,
            (self.left + self.width) / size,
            (self.top + self.height) / size,
        )


def preprocess_image(rgb: NDArray[np.uint8], size: int) -> tuple[NDArray[np.uint8], SquareBox]:
    """Fits one upright photo (height, width, 3) into a square.

    Args:
        rgb: The photo, as ``decode_rgb`` gives it.
        size: The square's side in pixels.

    Returns:
        The square as (3, size, size), and where in it the photo lies.
    """
    place = Placement.of(rgb.shape[1], rgb.shape[0], size)
    square = np.full((3, size, size), PADDING, dtype=np.uint8)
    # Pillow's filters widen when they shrink: fine stripes come out grey, not picked from.
    inner = Image.fromarray(rgb).resize((place.width, place.height), Image.Resampling.BILINEAR)
    square[:, place.top : place.top + place.height, place.left : place.left + place.width] = np.moveaxis(
        np.asarray(inner), 2, 0
    )
    return square, place.box(size)
