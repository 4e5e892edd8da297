"""Boxes tightened to the ink of drawn text, whatever its direction and colours."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from imagequant.core.records import Box
from imagequant.imaging.ink import tight_box

TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def drawn(angle: int = 0, ink: str = "black", ground: str = "white") -> tuple[np.ndarray, Box]:
    """A photo with one text, and the box around its pixels."""
    font = ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 40)
    image = Image.new("RGB", (300, 120), ground)
    ImageDraw.Draw(image).text((60, 30), "500 g", font=font, fill=ink)
    if angle:
        image = image.transpose(TURNS[angle])
    pixels = np.asarray(image)
    rows, columns = np.nonzero(np.abs(pixels.astype(int) - pixels[0, 0]).max(axis=2) > 40)
    return pixels, Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize(("ink", "ground"), [("black", "white"), ("white", "navy"), ("#888", "#444")])
def test_air_around_the_letters_is_cut_off(angle: int, ink: str, ground: str) -> None:
    pixels, true = drawn(angle, ink, ground)
    loose = Box(true.x0 - 9.4, true.y0 - 7.6, true.x1 + 6.2, true.y1 + 8.3)
    tight = tight_box(pixels, loose, angle)
    assert [tight.x0, tight.y0, tight.x1, tight.y1] == pytest.approx([true.x0, true.y0, true.x1, true.y1], abs=2)


@pytest.mark.parametrize(
    ("angle", "expected"),
    [
        (0, Box(0, 18, 200, 86)),
        (90, Box(14, 0, 82, 200)),
        (180, Box(0, 14, 200, 82)),
        (270, Box(18, 0, 86, 200)),
    ],
)
def test_on_a_busy_background_the_usual_air_is_cut_off(angle: int, expected: Box) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    box = Box(0, 0, 200, 100) if angle in (0, 180) else Box(0, 0, 100, 200)
    assert tight_box(noise, box, angle) == expected


def test_a_speck_does_not_make_the_box_a_speck() -> None:
    pixels = np.full((100, 100, 3), 255, dtype=np.uint8)
    pixels[50, 50] = 0
    assert tight_box(pixels, Box(0, 0, 100, 100), 0) == Box(35, 35, 65, 65)


@pytest.mark.parametrize("box", [Box(2, 2, 5, 40), Box(0, 0, 90, 20)])
def test_tiny_and_empty_boxes_stay(box: Box) -> None:
    assert tight_box(np.full((50, 100, 3), 9, dtype=np.uint8), box, 0) == box
