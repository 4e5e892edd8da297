"""Image files to shards of squares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from imagequant.imaging.decode import ImageError, decode_rgb
from imagequant.imaging.letterbox import PADDING, SquareBox, preprocess_image
from imagequant.storage.pixels import PixelShard

# A square (3, side, side), and where in it the photo lies.
Squared = tuple[NDArray[np.uint8], SquareBox]
# Image files and the squares' side to squares, in the files' order, and errors in place of those that have none.
Squarer = Callable[[Iterable[bytes], int], Iterator[Squared | ImageError]]


def squares_on_cpu(payloads: Iterable[bytes], size: int) -> Iterator[Squared | ImageError]:
    """The squares of image files; a file that cannot be decoded gives the error that says why."""
    for payload in payloads:
        try:
            yield preprocess_image(decode_rgb(payload), size)
        except ImageError as error:
            yield error


def make_shard(members: Iterable[tuple[str, bytes]], size: int, squarer: Squarer) -> tuple[PixelShard, list[str]]:
    """Makes squares of image files; what cannot be decoded is white and not ``ok``.

    Args:
        members: Content hash and bytes of each file.
        size: The square's side.
        squarer: Files to squares.

    Returns:
        The shard, and for each image the reason why it could not be decoded (empty where it could).
    """
    names: list[str] = []
    squares: list[NDArray[np.uint8]] = []
    boxes: list[SquareBox] = []
    reasons: list[str] = []
    blank = np.full((3, size, size), PADDING, dtype=np.uint8)

    def payloads() -> Iterator[bytes]:
        for name, payload in members:
            names.append(name)
            yield payload

    for found in squarer(payloads(), size):
        pixels, box = (blank, (0.0, 0.0, 0.0, 0.0)) if isinstance(found, ImageError) else found
        squares.append(pixels)
        boxes.append(box)
        reasons.append(str(found) if isinstance(found, ImageError) else "")
    shard = PixelShard(
        tuple(names),
        np.stack(squares) if squares else np.empty((0, 3, size, size), dtype=np.uint8),
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.array([not reason for reason in reasons], dtype=np.uint8),
    )
    return shard, reasons
