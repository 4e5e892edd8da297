"""Line segments around a candidate: dimension lines and arrows show which way a length was measured."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from imagequant.core.line_segments import FALLING, LEVEL, RISING, UPRIGHT
from imagequant.core.records import LINE_SEGMENT_FEATURES, Box, Word

Segments = NDArray[np.float32]
NO_SEGMENTS: Segments = np.zeros((0, 4), dtype=np.float32)

# Segments are searched for on a copy of this size: dimension lines survive, texture does not.
_SEARCH_SIDE = 800
# Shorter ones, as a share of the longer side, are glyphs and texture.
_SHORTEST = 0.015
# Up to these distances from the text, in text heights, a segment counts as near, and as around it.
_NEAR, _AROUND = 2.0, 5.0
# A line that runs through the middle of the text, no further off than this (in text heights), is its own.
_IN_LINE = 0.6
# In degrees from level: up to the first a segment is level, from the second it is upright.
_LEVEL, _UPRIGHT = 12.0, 78.0
_SAMPLES = np.linspace(0.0, 1.0, 9, dtype=np.float32)


def find_segments(image: NDArray[np.uint8]) -> Segments:
    """Find the line segments of an upright RGB photo.

    Source: R. Grompone von Gioi et al., "LSD: a line segment detector" (2012), as OpenCV has it.

    Returns:
        float32 (segments, 4): x0, y0, x1, y1 in shares of the photo's longer side.
    """
    scale = _SEARCH_SIDE / max(image.shape[:2])
    if scale < 1:
        size = tuple(max(round(length * scale), 1) for length in (image.shape[1], image.shape[0]))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    side = max(image.shape[:2])
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))[0]
    if found is None:
        return np.zeros((0, 4), dtype=np.float32)
    segments = np.asarray(found, dtype=np.float32).reshape(-1, 4) / side
    long_enough: Segments = segments[_lengths(segments) >= _SHORTEST]
    return long_enough


def outside_text(segments: Segments, tokens: Sequence[Word], side: float) -> Segments:
    """Drop the segments whose middle a word covers: they are parts of letters.

    Args:
        segments: See ``find_segments``.
        tokens: Words in pixels.
        side: The photo's longer side in pixels.
    """
    if not len(segments) or not tokens:
        return segments
    x, y = (segments[:, 0] + segments[:, 2]) / 2 * side, (segments[:, 1] + segments[:, 3]) / 2 * side
    boxes = np.array([(t.box.x0, t.box.y0, t.box.x1, t.box.y1) for t in tokens], dtype=np.float32)
    across = (x[:, None] > boxes[:, 0]) & (x[:, None] < boxes[:, 2])
    down = (y[:, None] > boxes[:, 1]) & (y[:, None] < boxes[:, 3])
    kept: Segments = segments[~(across & down).any(axis=1)]
    return kept


def line_segment_features(box: Box, angle: int, segments: Segments, side: float) -> tuple[float, ...]:
    """Describe the line segments around a candidate.

    For each direction: the longest near segment (``NEAR``), the longest around (``AROUND``), and the sum of the near
    ones in line with the text (``IN_LINE``), as shares of the photo's side; then how well the longest near level and
    the longest near upright segment are centred on the text, in [0, 1] (``CENTRED``).

    Args:
        box: The candidate's box in pixels.
        angle: Its reading direction.
        segments: ``outside_text``.
        side: The photo's longer side in pixels.

    Returns:
        ``LINE_SEGMENT_FEATURES`` values.
    """
    if not len(segments):
        return (0.0,) * LINE_SEGMENT_FEATURES
    text = max(box.width if angle in (90, 270) else box.height, 1.0) / side
    gaps = _gaps(segments, box, side) / text
    lengths, directions = _lengths(segments), _directions(segments)
    x, y = (value / side for value in box.center)
    in_line = (gaps <= _NEAR) & (_offsets(segments, x, y) <= _IN_LINE * text)
    values: list[float] = []
    for direction in (LEVEL, UPRIGHT, RISING, FALLING):
        mine = directions == direction
        values.append(_longest(lengths, mine & (gaps <= _NEAR)))
        values.append(_longest(lengths, mine & (gaps <= _AROUND)))
        values.append(min(float(lengths[mine & in_line].sum()), 1.0))
    for direction, low, high, middle in ((LEVEL, 0, 2, x), (UPRIGHT, 1, 3, y)):
        mine = (directions == direction) & (gaps <= _NEAR)
        values.append(_centred(segments[mine][:, [low, high]], middle))
    return tuple(round(value, 4) for value in values)


def _lengths(segments: Segments) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return lengths


def _directions(segments: Segments) -> NDArray[np.int64]:
    """``LEVEL``, ``UPRIGHT``, ``RISING`` (to the right) or ``FALLING``."""
    dx, dy = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    steep = np.degrees(np.arctan2(np.abs(dy), np.abs(dx)))
    slanted = np.where(dx * dy < 0, RISING, FALLING)  # y grows downwards
    return np.where(steep <= _LEVEL, LEVEL, np.where(steep >= _UPRIGHT, UPRIGHT, slanted))


def _gaps(segments: Segments, box: Box, side: float) -> NDArray[np.float32]:
    """The distance of each segment's nearest part to the box, in shares of the side."""
    x0, y0, x1, y1 = (value / side for value in (box.x0, box.y0, box.x1, box.y1))
    x = segments[:, [0]] + (segments[:, [2]] - segments[:, [0]]) * _SAMPLES
    y = segments[:, [1]] + (segments[:, [3]] - segments[:, [1]]) * _SAMPLES
    across, down = np.maximum(np.maximum(x0 - x, x - x1), 0), np.maximum(np.maximum(y0 - y, y - y1), 0)
    gaps: NDArray[np.float32] = np.hypot(across, down).min(axis=1)
    return gaps


def _offsets(segments: Segments, x: float, y: float) -> NDArray[np.float32]:
    """The distance of a point to the line each segment lies on."""
    dx, dy = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    offsets: NDArray[np.float32] = np.abs(dx * (y - segments[:, 1]) - dy * (x - segments[:, 0])) / np.hypot(dx, dy)
    return offsets


def _longest(lengths: NDArray[np.float32], mine: NDArray[np.bool_]) -> float:
    return float(lengths[mine].max()) if mine.any() else 0.0


def _centred(ends: Segments, middle: float) -> float:
    """1 if the middle halves the longest segment, 0 if the segment does not reach it."""
    if not len(ends):
        return 0.0
    low, high = ends[np.abs(ends[:, 1] - ends[:, 0]).argmax()]
    half = abs(high - low) / 2
    return float(max(1 - abs((low + high) / 2 - middle) / max(half, 1e-6), 0.0))
