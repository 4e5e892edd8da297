"""Lines of text, cut out of a photo and straightened, and the way back to the photo."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Box, Word

Grey = NDArray[np.uint8]

# Between 40 and 50 degrees, a slanted line's box hardly tells its length from its height.
_LEAST_DIFFERENCE = 0.17
# Smaller lines (in pixels) are specks.
_LEAST_SIDE = 3.0
# Enlarging further only adds blur.
_MOST_ENLARGED = 6.0
# Below this factor pixels are averaged first, or thin strokes would fall between those that are sampled.
_AVERAGED_BELOW = 0.6
# Longer lines are scaled less; no reader needs them larger.
_LONGEST = 8192
# Pixels around a line that interpolation may look at.
_AROUND = 4


@dataclass(frozen=True)
class Strip:
    """A line that reads from left to right, dark on light.

    Attributes:
        grey: uint8 (height, width).
        to_photo: float64 (2, 3): takes (x, y, 1) in the strip to pixels of the photo.
        angle: The line's reading direction on the photo (see ``Word.angle``).
    """

    grey: Grey
    to_photo: NDArray[np.float64]
    angle: int

    def box_on_photo(self, box: Box) -> Box:
        """Return the box on the photo around a box in the strip."""
        corners = np.array([(x, y, 1.0) for x, y in box.corners]) @ self.to_photo.T
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        return Box(float(x0), float(y0), float(x1), float(y1))


def cut_strip(grey: Grey, line: Word, height: int) -> Strip | None:
    """Cut out a line of a grey photo and scale it to a height in pixels; None if its box does not say how it lies."""
    size = line_size(line)
    if size is None:
        return None
    length, thickness = size
    scale = min(height / thickness, _MOST_ENLARGED, _LONGEST / length)
    angle = math.radians(line.angle)
    along, across = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    corner = np.array(line.box.center) - along * length / 2 - across * thickness / 2
    to_photo = np.column_stack([along / scale, across / scale, corner])
    target = (max(1, round(length * scale)), max(1, round(thickness * scale)))
    strip = _warped(grey, line.box, to_photo, target, scale)
    return None if strip is None else Strip(dark_on_light(strip), to_photo, line.angle)


def line_size(line: Word) -> tuple[float, float] | None:
    """Return a line's length and height in pixels, from the box around it and its direction."""
    angle = math.radians(line.angle)
    cosine, sine = abs(math.cos(angle)), abs(math.sin(angle))
    difference = cosine**2 - sine**2
    if abs(difference) < _LEAST_DIFFERENCE:
        return None
    length = (line.box.width * cosine - line.box.height * sine) / difference
    height = (line.box.height * cosine - line.box.width * sine) / difference
    return (length, height) if min(length, height) >= _LEAST_SIDE else None


def dark_on_light(strip: Grey) -> Grey:
    """Return a strip with dark print, on white as far as its contrast allows: most of a line is background."""
    _, is_light = cv2.threshold(strip, 0, 1, cv2.THRESH_OTSU)
    dark = strip if is_light.mean() >= 0.5 else 255 - strip
    black, white = np.percentile(dark, (1, 95))
    if white - black <= 8:
        return np.asarray(dark, dtype=np.uint8)
    stretched = (dark.astype(np.float32) - np.float32(black)) * np.float32(255 / (white - black))
    whole: Grey = np.clip(stretched, 0, 255).astype(np.uint8)
    return whole


def _warped(grey: Grey, box: Box, to_photo: NDArray[np.float64], size: tuple[int, int], scale: float) -> Grey | None:
    x0, y0 = max(int(box.x0) - _AROUND, 0), max(int(box.y0) - _AROUND, 0)
    part = grey[y0 : int(box.y1) + 1 + _AROUND, x0 : int(box.x1) + 1 + _AROUND]
    if not part.size:
        return None
    to_part = to_photo - np.array([(0, 0, x0), (0, 0, y0)])
    sampling = cv2.INTER_CUBIC
    if scale < _AVERAGED_BELOW:
        small = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        to_part *= np.array([[small[0] / part.shape[1]], [small[1] / part.shape[0]]])
        part = np.asarray(cv2.resize(part, small, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        sampling = cv2.INTER_LINEAR
    warped = cv2.warpAffine(part, to_part, size, flags=sampling | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)
