from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.candidates.photo import read_photo
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.params import load_params
from imagequant.predictor.predictor import Predictor
from imagequant.predictor.printed import PrintedQuantity, printed_quantities
from imagequant.quantity.units import KINDS

_PARAMS = load_params(Path(__file__).parents[2] / "params.yaml").candidates


def listed(*lines: str) -> list[PrintedQuantity]:
    """What is printed on a photo with these lines below each other."""
    words = tuple(
        Word(line, Box(20, 20 + 90 * number, 20 + 16 * len(line), 50 + 90 * number), 0.9, 0, "rapidocr")
        for number, line in enumerate(lines)
    )
    reading = read_photo(
        PhotoWords("p", words, (True,) * len(words)), 800, 600, _PARAMS, replace(CONTEST, also_read=KINDS)
    )
    return list(printed_quantities(reading.candidates, np.full((600, 800, 3), 255, dtype=np.uint8)))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Net Wt 500 g", [("500 gram", "weight", "net")]),
        ("Gross weight: 1.2 kg", [("1.2 kilogram", "weight", "gross")]),
        ("100-240V 50/60Hz", [("100 to 240 volt", "voltage", ""), ("50 to 60 hertz", "frequency", "")]),
        ("12 oz", [("12 ounce", "weight", "")]),
        ("1,234 g", [("1234 gram", "weight", "")]),
        ("5' 3\"", [("63 inch", "length", "")]),
        ("Height 30 cm x Width 20 cm", [("30 centimetre", "length", "height"), ("20 centimetre", "length", "width")]),
        ("10 x 20 x 5 cm", [(f"{side} centimetre", "length", "") for side in (10, 20, 5)]),
        ("500 ml / 17 fl oz", [("500 millilitre", "volume", ""), ("17 fluid ounce", "volume", "")]),
        ("Battery 5000 mAh", [("5000 milliampere hour", "charge", "")]),
        ("Operating temperature -10 to 40 °C", [("-10 to 40 degree celsius", "temperature", "")]),
        ("12 ± 0.5 cm", [("12 ± 0.5 centimetre", "length", "")]),
        ("Max. load: up to 150 kg", [("up to 150 kilogram", "weight", "load")]),
        ("≥ 5 V", [("at least 5 volt", "voltage", "")]),
        ("6 x 330 ml", [("6 piece", "count", ""), ("6 x 330 millilitre", "volume", "")]),
        ("Only $12.99", []),
        ("", []),
    ],
)
def test_each_print_is_listed_once(line: str, found: list[tuple[str, str, str]]) -> None:
    assert [(each.text, each.kind, each.name) for each in listed(line)] == found


def test_a_range_has_both_ends_and_a_single_value_is_both() -> None:
    (ends,) = listed("Input 110-240 V")
    assert (ends.low, ends.high, ends.value, ends.unit) == (110, 240, 240, "volt")
    (single,) = listed("45 W")
    assert (single.low, single.high) == (45, 45)


def test_the_same_amount_printed_twice_is_listed_twice() -> None:
    assert [each.text for each in listed("10 cm", "10 cm")] == ["10 centimetre"] * 2


def test_a_photo_is_read_without_a_question(predictor: Predictor, photos: Path) -> None:
    found = predictor.read(photos / "plate.png")
    assert len(found) == 0
    assert [(each.text, each.kind, each.name) for each in found.printed] == [
        ("220 volt", "voltage", ""),
        ("45 watt", "power", ""),
    ]
    first = found.printed[0]
    assert first.words == "220 V" and first.confidence > 0.9
    # "220 V" stands in the upper left, right of "Input".
    assert 150 < first.box.x0 < first.box.x1 < 400 and 50 < first.box.y0 < first.box.y1 < 130
    assert predictor.predict(photos / "plate.png", ["height"]).printed == found.printed
    assert predictor.read(photos / "blank.png").printed == ()
