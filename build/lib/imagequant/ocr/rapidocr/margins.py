"""Removal of a photo's empty margins, which lets the detector see the rest at a larger scale."""

import cv2
import numpy as np

from imagequant.ocr.engine import RgbImage

# Largest difference per channel between a pixel of the margin and the border's colour.
_TOLERANCE = 24
# Side of the copy used to find the content, and the space to keep around it as a share of the longer side.
_COPY_SIDE = 512
_AIR = 0.03
# Margins smaller than this share of the longer side are kept.
_WORTH = 0.1


def without_margins(image: RgbImage) -> tuple[int, int, RgbImage]:
    """Cut off a photo's uniform margins.

    Args:
        image: Upright RGB photo.

    Returns:
        (x, y, part): position and pixels of the content; the whole photo if nothing or little can be cut.
    """
    height, width = image.shape[:2]
    scale = min(_COPY_SIDE / max(height, width), 1.0)
    # At least one pixel, even for thin photos.
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    copy = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    border = np.median(np.concatenate([copy[0], copy[-1], copy[:, 0], copy[:, -1]]), axis=0)
    # The median of an even number of pixels may be half way between two levels.
    content = cv2.inRange(copy, np.ceil(border - _TOLERANCE), np.floor(border + _TOLERANCE)) == 0
    rows, columns = np.flatnonzero(content.any(axis=1)), np.flatnonzero(content.any(axis=0))
    if not len(rows):
        return 0, 0, image
    air = _AIR * max(height, width)
    x0, x1 = _widened(columns[0] / size[0] * width, (columns[-1] + 1) / size[0] * width, air, width)
    y0, y1 = _widened(rows[0] / size[1] * height, (rows[-1] + 1) / size[1] * height, air, height)
    if max(x1 - x0, y1 - y0) > (1 - _WORTH) * max(height, width):
        return 0, 0, image
    return x0, y0, np.ascontiguousarray(image[y0:y1, x0:x1])


def _widened(low: float, high: float, air: float, limit: int) -> tuple[int, int]:
    return max(int(low - air), 0), min(int(high + air) + 1, limit)
