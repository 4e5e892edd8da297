"""Margins of product photos."""

from __future__ import annotations

import numpy as np
import pytest

from imagequant.ocr.rapidocr.margins import without_margins


def photo(width=1000, height=800, box=(400, 300, 600, 500), ground=255, ink=0) -> np.ndarray:
    image = np.full((height, width, 3), ground, np.uint8)
    x0, y0, x1, y1 = box
    image[y0:y1, x0:x1] = ink
    return image


@pytest.mark.parametrize("ground", [255, 0, 90])
def test_the_content_is_kept_whole_with_air_around_it(ground):
    image = photo(ground=ground, ink=200 if ground != 255 else 0)
    x, y, part = without_margins(image)
    assert x <= 400 and y <= 300, "nothing is cut off"
    assert x + part.shape[1] >= 600 and y + part.shape[0] >= 500
    assert part.shape[0] < 300 and part.shape[1] < 300
    assert np.array_equal(part, image[y : y + part.shape[0], x : x + part.shape[1]])


def test_noise_of_compression_is_no_content():
    noise = np.random.default_rng(0).integers(-8, 8, (800, 1000, 3))
    noisy = np.clip(photo(ground=240).astype(int) + noise, 0, 255).astype(np.uint8)
    assert without_margins(noisy)[2].shape[1] < 300


@pytest.mark.parametrize(
    "image",
    [
        photo(box=(0, 0, 0, 0)),  # nothing on it
        photo(box=(20, 10, 980, 790)),  # small margins
        np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8),  # no margin at all
    ],
)
def test_photos_left_as_they_are(image):
    x, y, part = without_margins(image)
    assert (x, y) == (0, 0)
    assert part is image


@pytest.mark.parametrize("shape", [(3, 4000), (4000, 3), (1, 1)])
def test_very_thin_photos(shape):
    image = np.full((*shape, 3), 255, np.uint8)
    image[shape[0] // 2, shape[1] // 2] = 0
    x, _, part = without_margins(image)
    assert part.shape[0] >= 1 and part.shape[1] >= 1
    assert x <= shape[1] // 2 < x + part.shape[1]


@pytest.mark.parametrize(("level", "is_content"), [(76, True), (77, False), (124, False), (125, True)])
def test_content_differs_from_a_border_between_two_levels_by_more_than_the_tolerance(level, is_content):
    # Half of the border is 100 and half 101: within 24 of 100.5 lie 77 to 124.
    image = np.full((500, 500, 3), 100, dtype=np.uint8)
    image[:, 250:] = 101
    image[100:400, 100:400, 1] = level
    assert (without_margins(image)[2].shape[0] < 350) == is_content
