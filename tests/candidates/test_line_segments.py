"""Dimension lines drawn by hand, and what is said of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imagequant.candidates.line_segments import find_segments, line_segment_features, outside_text
from imagequant.core.records import LINE_SEGMENT_FEATURES, Box, Word

SIDE = 600
TEXT = Box(270, 285, 330, 315)  # 30 px high, in the middle
# Names of the features, as `line_segment_features` documents their order.
DIRECTIONS = ("level", "upright", "rising", "falling")
NAMES = [
    *(f"{direction} {what}" for direction in DIRECTIONS for what in ("near", "about", "own")),
    "level centred",
    "upright centred",
]


def drawn(*lines: tuple[int, int, int, int]) -> np.ndarray:
    image = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for x0, y0, x1, y1 in lines:
        cv2.line(image, (x0, y0), (x1, y1), (0, 0, 0), 2)
    return image


def described(*lines: tuple[int, int, int, int], box: Box = TEXT, angle: int = 0) -> dict[str, float]:
    return dict(zip(NAMES, line_segment_features(box, angle, find_segments(drawn(*lines)), SIDE), strict=True))


def test_as_many_features_as_announced():
    assert len(NAMES) == LINE_SEGMENT_FEATURES
    assert len(line_segment_features(TEXT, 0, find_segments(drawn()), SIDE)) == LINE_SEGMENT_FEATURES


def test_an_empty_photo():
    assert set(described().values()) == {0.0}


@pytest.mark.parametrize(
    ("line", "direction"),
    [
        ((345, 100, 345, 500), "upright"),
        ((100, 330, 500, 330), "level"),
        ((340, 340, 500, 180), "rising"),
        ((340, 260, 500, 420), "falling"),
    ],
)
def test_a_line_beside_the_text(line, direction):
    values = described(line)
    length = np.hypot(line[2] - line[0], line[3] - line[1]) / SIDE
    assert values[f"{direction} near"] == pytest.approx(length, abs=0.03)
    others = [name for name in NAMES if name.endswith(" near") and not name.startswith(direction)]
    assert all(values[name] < 0.05 for name in others)


def test_a_line_the_text_interrupts_is_its_own_and_centred():
    own = described((300, 60, 300, 275), (300, 325, 300, 540))
    assert own["upright own"] > 0.6
    assert own["level own"] < 0.05
    beside = described((345, 60, 345, 540))
    assert beside["upright own"] < 0.05
    assert beside["upright centred"] == pytest.approx(1.0, abs=0.05)
    assert described((345, 290, 345, 540))["upright centred"] < 0.3


def test_lines_further_off():
    about = described((300 + 30 + 100, 60, 300 + 30 + 100, 540))
    assert about["upright near"] < 0.05
    assert about["upright about"] > 0.7
    assert described((20, 60, 20, 540))["upright about"] < 0.05


def test_turned_text_counts_its_height_across():
    turned = Box(285, 240, 315, 360)
    assert described((340, 60, 340, 540), box=turned, angle=270)["upright near"] > 0.7


def test_size_does_not_matter():
    small = find_segments(drawn((345, 100, 345, 500)))
    large = find_segments(cv2.resize(drawn((345, 100, 345, 500)), None, fx=4, fy=4))
    longest = [float(np.hypot(s[:, 2] - s[:, 0], s[:, 3] - s[:, 1]).max()) for s in (small, large)]
    assert longest[0] == pytest.approx(longest[1], abs=0.02)


def test_strokes_of_letters_are_left_out():
    segments = find_segments(drawn((290, 300, 310, 300), (100, 500, 400, 500)))
    word = Word("W", TEXT, 0.9, 0, "rapidocr")
    outside = outside_text(segments, [word], SIDE)
    assert 0 < len(outside) < len(segments)
    assert (outside[:, 1] * SIDE > 400).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (3000, 2)])
def test_photos_of_any_shape(shape):
    assert find_segments(np.zeros((*shape, 3), np.uint8)).shape[1] == 4
