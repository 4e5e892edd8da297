"""From a detector's text map to boxes around lines.

Source: M. Liao et al., "Real-time scene text detection with differentiable binarization" (2020). The network detects
shrunk cores of lines; their boxes are widened again.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Quads = NDArray[np.float32]
Rectangle = tuple[tuple[float, float], tuple[float, float], float]

# PP-OCR's defaults: the probability above which pixels are text, and the ratio by which lines exceed their cores.
_PIXEL_THRESHOLD = 0.3
_UNCLIP_RATIO = 1.6
_MOST_LINES = 1000
# Thinner cores and lines (in the map's pixels) are specks.
_LEAST_CORE = 3.0
_LEAST_LINE = 5.0
# Lines whose upper left corners differ by less than this in height (pixels) are in one row.
_ROW_STEP = 10.0


def text_quads(logits: NDArray[np.float32], box_threshold: float) -> Quads:
    """Find boxes around lines of text.

    Args:
        logits: float32 (height, width): log odds that a pixel belongs to a line's core.
        box_threshold: Minimum mean probability of a box's pixels.

    Returns:
        float32 (lines, 4, 2): corners in the map's pixels, clockwise from the upper left; lines are unordered.
    """
    core = (logits > np.log(_PIXEL_THRESHOLD / (1 - _PIXEL_THRESHOLD))).astype(np.uint8)
    core = np.asarray(cv2.dilate(core, np.ones((2, 2), dtype=np.uint8)), dtype=np.uint8)
    outlines, _ = cv2.findContours(core, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    quads = []
    for outline in outlines[:_MOST_LINES]:
        rectangle: Rectangle = cv2.minAreaRect(outline)  # type: ignore[assignment]
        if min(rectangle[1]) < _LEAST_CORE or _mean_probability(logits, _corners(rectangle)) < box_threshold:
            continue
        widened = _widened(rectangle)
        if min(widened[1]) >= _LEAST_LINE:
            quads.append(_clockwise(_corners(widened)))
    return np.array(quads, dtype=np.float32).reshape(-1, 4, 2)


def reading_order(quads: Quads) -> NDArray[np.int64]:
    """Return the boxes' indices from top to bottom, in rows from left to right."""
    by_height = np.argsort(quads[:, 0, 1], kind="stable")
    rows = np.cumsum(np.diff(quads[by_height, 0, 1], prepend=-np.inf) >= _ROW_STEP)
    return by_height[np.lexsort((quads[by_height, 0, 0], rows))]


def _corners(rectangle: Rectangle) -> NDArray[np.float32]:
    return np.asarray(cv2.boxPoints(rectangle), dtype=np.float32)


def _mean_probability(logits: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    height, width = logits.shape
    low = np.clip(np.floor(corners.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)), 0, (width - 1, height - 1)).astype(int)
    part = logits[low[1] : high[1] + 1, low[0] : high[0] + 1]
    mask = np.zeros(part.shape, dtype=np.uint8)
    cv2.fillPoly(mask, [(corners - low).astype(np.int32)], 1)
    inside = part[mask > 0]
    return float((1 / (1 + np.exp(-inside))).mean()) if len(inside) else 0.0


def _widened(rectangle: Rectangle) -> Rectangle:
    """Widen a core's rectangle by the same distance on every side."""
    center, (width, height), angle = rectangle
    distance = width * height * _UNCLIP_RATIO / (2 * (width + height))
    return center, (width + 2 * distance, height + 2 * distance), angle


def _clockwise(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Order corners clockwise from the upper left."""
    left, right = np.split(corners[np.argsort(corners[:, 0], kind="stable")], 2)
    (upper_left, lower_left), (upper_right, lower_right) = left[left[:, 1].argsort()], right[right[:, 1].argsort()]
    return np.stack([upper_left, upper_right, lower_right, lower_left])
