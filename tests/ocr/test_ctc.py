"""CTC outputs made by hand: each row of probabilities is one step."""

from __future__ import annotations

import numpy as np
import pytest

from imagequant.core.records import OcrAlternative
from imagequant.ocr.rapidocr.ctc import decode

CHARACTERS = ["blank", "1", "7", "5", ".", "g", "9", "k"]


def steps(*chosen: dict[str, float]) -> np.ndarray:
    """One row a step; what is left of 1 goes to the blank."""
    rows = np.zeros((len(chosen), len(CHARACTERS)), dtype=np.float32)
    for row, symbols in zip(rows, chosen, strict=True):
        for name, probability in symbols.items():
            row[CHARACTERS.index(name)] = probability
        row[0] += 1 - row.sum()
    return rows


def read(*chosen: dict[str, float], odds: float = 0.1, limit: int = 4):
    return decode(steps(*chosen), CHARACTERS, odds, limit)


def texts(reading) -> list[str]:
    return [other.text for other in reading.alternatives]


def test_repeats_are_one_character_unless_a_blank_stands_between():
    assert read({"1": 0.9}, {"1": 0.8}, {}, {"1": 1.0}, {"5": 1.0}).text == "115"


def test_confidence_is_the_mean_over_characters():
    assert read({"1": 0.9}, {}, {"5": 0.7}).confidence == pytest.approx(0.8)


def test_characters_lie_at_their_time_steps():
    assert read({"1": 0.9}, {"1": 0.8}, {}, {"5": 1.0}, {}).centers == pytest.approx((0.2, 0.7))


def test_an_empty_line():
    reading = read({}, {})
    assert (reading.text, reading.confidence, reading.alternatives) == ("", 0.0, ())


def test_a_second_choice_of_a_symbol():
    reading = read({"5": 1.0}, {}, {"9": 0.6, "g": 0.3})
    assert reading.text == "59"
    assert reading.alternatives[0] == OcrAlternative("5g", 0.5)


def test_a_run_of_two_steps_changes_as_a_whole():
    assert "5g" in texts(read({"5": 1.0}, {"9": 0.6, "g": 0.3}, {"9": 0.7, "g": 0.2}))
    assert "5g9" not in texts(read({"5": 1.0}, {"9": 0.6, "g": 0.3}, {"9": 0.7, "g": 0.2}))


def test_a_decimal_point_that_was_passed_over():
    reading = read({"1": 1.0}, {}, {"7": 1.0}, {".": 0.3}, {"5": 1.0}, {}, {"k": 1.0})
    assert reading.text == "175k"
    assert texts(reading) == ["17.5k"]


def test_a_symbol_that_may_be_nothing():
    assert texts(read({"1": 1.0}, {".": 0.6}, {"5": 1.0})) == ["15"]


def test_unlikely_readings_and_lines_without_digits_have_none():
    assert texts(read({"5": 1.0}, {}, {"9": 0.9, "g": 0.05})) == []
    assert texts(read({"g": 0.6, "k": 0.4})) == []


def test_the_likeliest_come_first_and_no_more_than_asked_for():
    chosen = ({"1": 0.5, "7": 0.4}, {}, {"5": 0.7, "9": 0.2}, {}, {"g": 0.5, "9": 0.45})
    reading = read(*chosen)
    assert [other.odds for other in reading.alternatives] == sorted(
        (o.odds for o in reading.alternatives), reverse=True
    )
    assert len(read(*chosen, limit=2).alternatives) == 2
    assert reading.text not in texts(reading)
