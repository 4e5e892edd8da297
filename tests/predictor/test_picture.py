from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagequant import Alternative, InputError, Prediction, Predictions
from imagequant.core.records import Box, Word
from imagequant.imaging.palette import entity_color
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.picture import box_names, draw_predictions, legend, to_html

LEFT, MIDDLE, RIGHT = Box(20, 40, 80, 60), Box(120, 40, 180, 60), Box(220, 40, 280, 60)


def alternative(text: str, box: Box, confidence: float = 0.1) -> Alternative:
    value, _, unit = text.partition(" ")
    return Alternative(text, float(value), unit, confidence, f"read {text}", box)


def answer(entity: str, text: str, box: Box, *others: Alternative) -> Prediction:
    value, _, unit = text.partition(" ")
    return Prediction(entity, text, float(value), unit, 0.999, "", text, box, others)


MODEL = ModelInfo("test", "0.1.0", "0" * 64)
WIDTH = answer("width", "30 inch", LEFT, alternative("20 inch", MIDDLE), alternative("9 inch", RIGHT))
HEIGHT = answer("height", "20 inch", MIDDLE, alternative("30 inch", LEFT), alternative("9 inch", RIGHT))
SILENT = Prediction("voltage", "", None, None, 0.0, "no quantity of this kind", "", None, ())
UNSURE = Prediction("item_weight", "", None, None, 0.2, "too unsure", "", None, (alternative("5 gram", RIGHT, 0.2),))


def predictions(*found: Prediction, image: object = None) -> Predictions:
    words = tuple(
        Word(text, box, 0.9, 0, "rapidocr") for text, box in (("<b>30</b>", LEFT), ("word", Box(20, 90, 60, 99)))
    )
    photo = np.full((120, 300, 3), 255, np.uint8) if image is None else image
    return Predictions("pack <1>.jpg", 300, 120, found, words, photo, MODEL)  # type: ignore[arg-type]


def test_a_box_is_called_by_its_answer_or_else_by_a_number() -> None:
    # What the width chose is the height's alternative.
    assert box_names(predictions(WIDTH, HEIGHT, UNSURE)) == {LEFT: "width", MIDDLE: "height", RIGHT: "1"}


def test_the_legend_tells_what_stands_where() -> None:
    shown = predictions(WIDTH, HEIGHT, SILENT, UNSURE)
    lines = legend(shown, box_names(shown))
    assert [(line.chip, line.text) for line in lines] == [
        ("width", "30 inch (99%); alternatives [height] 20 inch (10%), [1] 9 inch (10%)"),
        ("height", "20 inch (99%); alternatives [width] 30 inch (10%), [1] 9 inch (10%)"),
        ("item weight", "not found: too unsure; alternatives [1] 5 gram (20%)"),
        ("", "not found (no quantity of this kind): voltage"),
    ]
    assert [line.color for line in lines[:2]] == [entity_color("width"), entity_color("height")]


def test_boxes_are_drawn_where_they_are() -> None:
    shown = predictions(WIDTH)
    picture = np.asarray(draw_predictions(shown, 600, with_legend=False)).astype(int)
    assert picture.shape == (240, 600, 3)  # small photos are shown larger
    color = np.array(entity_color("width"))
    rows, columns = np.where((picture[80:, :200] == color).all(axis=2))  # below the label
    assert columns.min() == pytest.approx(2 * LEFT.x0, abs=18) and columns.max() == pytest.approx(2 * LEFT.x1, abs=18)
    assert rows.max() + 80 == pytest.approx(2 * LEFT.y1, abs=18)
    # The runner-up is paler, a word that nobody chose is a thin grey frame.
    paler = (color + 255) // 2
    assert (picture[80:120, 215:240] == paler).all(axis=2).any()
    assert len(set(map(tuple, picture[175:205, 30:130].reshape(-1, 3)))) == 2


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_frames_are_seen_on_any_ground(shade: int) -> None:
    photo = np.full((120, 300, 3), shade, np.uint8)
    picture = np.asarray(draw_predictions(predictions(WIDTH, image=photo), 300, with_legend=False)).astype(int)
    bare = np.full_like(picture, shade)
    across = np.abs(picture - bare).sum(axis=2)[50]
    # A line through the box's middle meets its two sides, each in strong contrast to the ground.
    assert (across[4:20] > 150).any() and (across[80:96] > 150).any()


def test_the_picture_has_room_for_its_legend() -> None:
    few, many = (draw_predictions(predictions(*each)) for each in ([WIDTH], [WIDTH, HEIGHT, SILENT, UNSURE]))
    assert many.height > few.height and many.width == few.width


def test_a_notebook_shows_photo_and_table() -> None:
    photo = np.full((2000, 4000, 3), 255, np.uint8)
    html = to_html(predictions(WIDTH, SILENT, image=photo))
    (payload,) = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', html)
    picture = Image.open(io.BytesIO(base64.b64decode(payload)))
    assert max(picture.size) <= 640
    assert len(html) < 200_000
    assert html.count("<tr>") == 3
    assert "not found: no quantity of this kind" in html


def test_nothing_read_becomes_markup() -> None:
    wicked = Prediction("width", "1 inch", 1.0, "inch", 0.5, "", "<script>1 inch & 'more'</script>", LEFT, ())
    html = to_html(predictions(wicked))
    assert "<script>" not in html and "pack <1>" not in html
    assert "&lt;script&gt;1 inch &amp; &#x27;more&#x27;&lt;/script&gt;" in html


def test_a_photo_that_is_gone_leaves_the_table(tmp_path: Path) -> None:
    path = tmp_path / "pack.png"
    shown = predictions(WIDTH, image=path)
    html = to_html(shown)
    assert "<img" not in html and "No such file" in html and "30 inch" in html
    with pytest.raises(InputError, match="No such file"):
        draw_predictions(shown)
