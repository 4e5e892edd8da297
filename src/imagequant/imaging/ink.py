"""Boxes tightened around what is printed in them."""

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Box

# Ink differs from the background by this share of the strongest differences in the box, and at least by so much.
_INK_SHARE = 0.4
_LEAST_CONTRAST = 12.0
# At most this share of a box is cut off on one side, and boxes with a shorter side (pixels) are left alone.
_MOST = 0.35
_LEAST_SIDE = 4
# What OCR's boxes of lines have above and below the letters, as shares of their height (median of generated photos).
_AIR_ABOVE, _AIR_BELOW = 0.18, 0.14


def tight_box(pixels: NDArray[np.uint8], box: Box, angle: int) -> Box:
    """Return the part of an OCR box that is printed on.

    OCR's boxes have air around the letters. A side where the box cuts through print or a busy background gets the
    usual amount of it cut off instead.

    Args:
        pixels: Upright RGB photo, uint8 (height, width, 3).
        box: In its pixels.
        angle: Reading direction: 0, 90, 180 or 270 (see ``Word.angle``).
    """
    height, width = pixels.shape[:2]
    x0, y0 = max(int(box.x0), 0), max(int(box.y0), 0)
    x1, y1 = min(int(np.ceil(box.x1)), width), min(int(np.ceil(box.y1)), height)
    if min(x1 - x0, y1 - y0) < _LEAST_SIDE:
        return box
    # Turned so that the text runs from left to right.
    turns = angle // 90
    level = np.rot90(pixels[y0:y1, x0:x1], turns).astype(np.float32)
    background = np.median(np.concatenate([level[0], level[-1]]), axis=0)
    contrast = np.abs(level - background).max(axis=2)
    ink = contrast > max(_INK_SHARE * float(np.quantile(contrast, 0.95)), _LEAST_CONTRAST)
    if not ink.any():
        return box
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    above, below = _cut(rows, len(ink), _AIR_ABOVE, _AIR_BELOW)
    left, right = _cut(columns, ink.shape[1], 0.0, 0.0)
    # Back to the photo's directions, clockwise: a side of the level text is another side of the turned one.
    sides = [above, right, below, left]
    top, east, bottom, west = sides[-turns % 4 :] + sides[: -turns % 4]
    return Box(*map(float, (x0 + west, y0 + top, x1 - east, y1 - bottom)))


def _cut(inked: NDArray[np.int64], length: int, low: float, high: float) -> tuple[int, int]:
    """Return how many lines to cut off at either end; the given shares where the outermost line has ink."""
    first, last = int(inked[0]), length - 1 - int(inked[-1])
    most = int(_MOST * length)
    return min(first, most) if first else round(low * length), min(last, most) if last else round(high * length)
