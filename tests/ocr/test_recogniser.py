"""Lines read again where the first reading is doubtful, with the real model on drawn text."""

from __future__ import annotations

from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from imagequant.core.records import OcrAlternative
from imagequant.ocr.rapidocr import recogniser as recogniser_module
from imagequant.ocr.rapidocr.ctc import LineReading
from imagequant.ocr.rapidocr.engine import load_recogniser
from imagequant.ocr.rapidocr.recogniser import LineRecogniser, TurnedReading, surest
from imagequant.params import load_params

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml").ocr.rapidocr
TEXT = "NET WT 24 g"
NEIGHBOUR = "BMWHEXQBMWHEXQ"


@pytest.fixture(scope="module")
def recogniser():
    """Makes recognisers that read again below a confidence."""
    loaded = load_recogniser(PARAMS)
    return lambda reread_below: LineRecogniser(loaded.model, loaded.to_probabilities, loaded.characters, reread_below)


def crop(text: str = TEXT, beside: int = 0) -> np.ndarray:
    """A line as detection cuts it, with so many pixels of the lines above and below it."""
    font = ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), 40)
    image = Image.new("RGB", (int(font.getlength(text)) + 16, 56), "white")
    draw = ImageDraw.Draw(image)
    for x, y, line in ((8, 4, text), (4, beside - 44, NEIGHBOUR), (4, 52 - beside, NEIGHBOUR)):
        draw.text((x, y), line if beside or line == text else "", font=font, fill="black")
    return np.asarray(image)[:, :, ::-1].copy()


def reading(text: str, confidence: float, turn: int = 0, *others: OcrAlternative) -> TurnedReading:
    return TurnedReading(LineReading(text, confidence, others, ()), turn)


def test_an_upside_down_line_is_turned_only_where_it_is_looked_at_again(recogniser):
    turned = np.ascontiguousarray(np.rot90(crop(), 2))
    (once,) = recogniser(0.0).read([turned])
    (again,) = recogniser(1.0).read([turned])
    assert (once.turn, again.turn) == (0, 180)
    assert once.line.text != TEXT
    assert again.line.text == TEXT


def test_doubtful_lines_without_a_digit_are_only_turned_and_only_if_hardly_readable():
    """Their print cannot hold a quantity, unless it is upside down."""

    def looks(text: str, confidence: float) -> list[int]:
        reading = LineReading(text, confidence, (), ())
        return [turn for turn, _ in recogniser_module._other_looks(crop(), reading)]

    assert looks("500 g", 0.89) == [180, 0]
    assert looks("Premium", 0.89) == []
    assert looks("6 00S", 0.3) == [180, 0]
    assert looks("w!uoJd", 0.3) == [180]


def test_sure_lines_are_read_once(recogniser):
    (once,) = recogniser(0.0).read([crop()])
    assert once.line.text == TEXT
    assert once.line.confidence > 0.9
    assert recogniser(0.9).read([crop()]) == [once]


def test_a_closer_cut_mends_small_print_between_other_lines(recogniser):
    large = crop("11.55V", beside=11)
    small = cv2.resize(large, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    (once,) = recogniser(0.0).read([small])
    (again,) = recogniser(PARAMS.reread_below).read([small])
    assert once.line.text != "11.55V"
    assert (again.line.text, again.turn) == ("11.55V", 0)


def test_readings_come_back_in_the_order_of_the_crops(recogniser):
    texts = ["500 g", "A MUCH LONGER LINE: 24 x 330 ml", "12 V"]
    turned = [crop(texts[0]), np.ascontiguousarray(np.rot90(crop(texts[1]), 2)), crop(texts[2])]
    assert [each.line.text for each in recogniser(1.0).read(turned)] == texts
    assert recogniser(1.0).read([]) == []


def test_the_surest_reading_is_taken_and_the_others_stay_possible():
    second = OcrAlternative("11.6 V", 0.2)
    best = surest([reading("11.5 V", 0.7), reading("S 9", 0.8, 180), reading("11.55 V", 0.85, 0, second)])
    assert (best.line.text, best.turn) == ("11.55 V", 0)
    assert best.line.alternatives == (OcrAlternative("11.5 V", 0.7), second), "what is upside down is no alternative"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (reading("11 V", 0.4), "too doubtful to propose"),
        (reading("volt", 0.7), "says no quantity"),
        (reading("11.55V", 0.7), "only blanks differ"),
    ],
)
def test_what_adds_nothing_is_no_alternative(other, why):
    assert surest([other, reading("11.55 V", 0.85)]).line.alternatives == (), why


def test_another_look_replaces_the_same_second_choice():
    best = surest(
        [reading("123 g", 0.6), reading("12.3 g", 0.8, 0, OcrAlternative("123 g", 0.1), OcrAlternative("723 g", 0.05))]
    )
    assert best.line.alternatives == (OcrAlternative("123 g", 0.6), OcrAlternative("723 g", 0.05))
