"""Fitting a photo into the network's square: aspect kept, the rest white.

White, because shops photograph on white: padding with it continues the background instead of adding an edge.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

PADDING = 255

# Where the photo lies in the square: x0, y0, x1, y1 as shares of the side.
SquareBox = tuple[float, float, float, float]


def preprocess_image(rgb: NDArray[np.uint8], size: int) -> tuple[NDArray[np.uint8], SquareBox]:
    """Fits one upright photo (height, width, 3) into a square.

    Args:
        rgb: The photo, as ``decode_rgb`` gives it.
        size: The square's side in pixels.

    Returns:
        The square as (3, size, size), and where in it the photo lies.
    """
    height, width = rgb.shape[:2]
    return fit_square(torch.from_numpy(rgb).permute(2, 0, 1), size).numpy(), square_box(width, height, size)


def fit_square(pixels: torch.Tensor, size: int) -> torch.Tensor:
    """The same on a tensor (3, height, width), on whatever device it lies."""
    left, top, width, height = _placement(pixels.shape[-1], pixels.shape[-2], size)
    square = pixels.new_full((3, size, size), PADDING)
    square[:, top : top + height, left : left + width] = transforms.resize(
        pixels, [height, width], interpolation=InterpolationMode.BILINEAR, antialias=True
    )
    return square


def square_box(width: int, height: int, size: int) -> SquareBox:
    """Where a photo of that size lies in the square."""
    left, top, inner_width, inner_height = _placement(width, height, size)
    return left / size, top / size, (left + inner_width) / size, (top + inner_height) / size


def _placement(width: int, height: int, size: int) -> tuple[int, int, int, int]:
    """Left, top, width and height in whole pixels; the short side keeps at least one."""
    long_side = max(width, height)
    inner_width = max(1, round(width * size / long_side))
    inner_height = max(1, round(height * size / long_side))
    return (size - inner_width) // 2, (size - inner_height) // 2, inner_width, inner_height
