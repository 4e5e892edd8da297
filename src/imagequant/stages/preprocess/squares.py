"""Image files to shards of squares."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from imagequant.imaging.decode import ImageError, decode_rgb
from imagequant.imaging.resize import PADDING, SquareBox, preprocess_image
from imagequant.storage.pixels import PixelShard

# Bytes and the square's side to the square (3, side, side) and where in it the photo lies.
Squarer = Callable[[bytes, int], tuple[NDArray[np.uint8], SquareBox]]


def square_on_cpu(payload: bytes, size: int) -> tuple[NDArray[np.uint8], SquareBox]:
    """The square of any image file.

    Raises:
        ImageError: If it cannot be decoded.
    """
    return preprocess_image(decode_rgb(payload), size)


def make_shard(members: Iterable[tuple[str, bytes]], size: int, square: Squarer) -> tuple[PixelShard, list[str]]:
    """Makes squares of image files; what cannot be decoded is white and not ``ok``.

    Args:
        members: Content hash and bytes of each file.
        size: The square's side.
        square: Bytes to square.

    Returns:
        The shard, and for each image the reason why it could not be decoded (empty where it could).
    """
    names: list[str] = []
    squares: list[NDArray[np.uint8]] = []
    boxes: list[SquareBox] = []
    reasons: list[str] = []
    for name, payload in members:
        try:
            pixels, box = square(payload, size)
            reason = ""
        except ImageError as error:
            pixels, box = np.full((3, size, size), PADDING, dtype=np.uint8), (0.0, 0.0, 0.0, 0.0)
            reason = str(error)
        names.append(name)
        squares.append(pixels)
        boxes.append(box)
        reasons.append(reason)
    shard = PixelShard(
        tuple(names),
        np.stack(squares) if squares else np.empty((0, 3, size, size), dtype=np.uint8),
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.array([not reason for reason in reasons], dtype=np.uint8),
    )
    return shard, reasons
