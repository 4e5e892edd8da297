"""Where the photo lands in the square."""

from __future__ import annotations

import numpy as np
import pytest

from imagequant.imaging.letterbox import preprocess_image


@pytest.mark.parametrize(
    ("width", "height", "box"),
    [
        (64, 64, (0, 0, 64, 64)),
        (640, 640, (0, 0, 64, 64)),
        (128, 64, (0, 16, 64, 48)),
        (64, 128, (16, 0, 48, 64)),
        (10, 5, (0, 16, 64, 48)),  # enlarged
        (100, 51, (0, 15, 64, 48)),  # 32.6 rows are 33; the odd row goes below
        (3000, 4, (0, 31, 64, 32)),  # at least one row
        (4, 3000, (31, 0, 32, 64)),
        (1, 1, (0, 0, 64, 64)),
    ],
)
def test_the_photo_fills_its_box_and_the_rest_is_white(width, height, box):
    square, shares = preprocess_image(np.full((height, width, 3), (10, 20, 30), dtype=np.uint8), 64)
    assert (square.shape, square.dtype) == ((3, 64, 64), np.uint8)
    assert shares == tuple(edge / 64 for edge in box)
    x0, y0, x1, y1 = box
    expected = np.full((3, 64, 64), 255, dtype=np.uint8)
    expected[:, y0:y1, x0:x1] = np.array([10, 20, 30])[:, None, None]
    assert np.array_equal(square, expected)


def test_shrinking_averages_instead_of_picking():
    stripes = np.zeros((640, 640, 3), dtype=np.uint8)
    stripes[:, ::2] = 255  # finer than the square can show
    square, _ = preprocess_image(stripes, 64)
    assert np.abs(square.astype(int) - 127).max() <= 8


def test_colours_and_places_are_kept():
    photo = np.zeros((100, 200, 3), dtype=np.uint8)
    photo[:50, :100, 0] = 200
    photo[50:, 100:, 2] = 200
    square, (x0, y0, x1, y1) = preprocess_image(photo, 80)
    assert square[:, 30, 10].tolist() == [200, 0, 0]
    assert square[:, 50, 70].tolist() == [0, 0, 200]
    assert (x0, y0, x1, y1) == (0.0, 0.25, 1.0, 0.75)
