"""The score of simple prints."""

from __future__ import annotations

from benchmarks.quality.prints import Answered, figures


def test_silence_is_right_where_nothing_is_printed() -> None:
    assert Answered("1", (), "", 0.0).is_right
    assert not Answered("1", (), "5 gram", 0.2).is_right
    assert not Answered("1", ("5 gram",), "", 0.0).is_right


def test_any_accepted_answer_is_right() -> None:
    assert Answered("1", ("5 gram", "0.18 ounce"), "0.18 ounce", 0.9).is_right
    assert not Answered("1", ("5 gram",), "5 kilogram", 0.9).is_right


def test_figures_count_sure_mistakes_and_what_can_be_kept() -> None:
    rows = [
        *(Answered("1", ("5 gram",), "5 gram", 0.99 - number / 1000) for number in range(19)),
        Answered("2", ("5 gram",), "6 gram", 0.85),
        Answered("2", ("5 gram",), "6 gram", 0.5),
        Answered("2", (), "", 0.0),
    ]
    found = figures(rows)
    assert (found["asked"], found["right"], found["stated"]) == (22, 20, 21)
    assert found["wrong_with_confidence_0.8"] == 1
    assert found["answered_at_precision_0.95"] == 20
    assert found["right_by_kind"] == {"1": "19/19", "2": "1/3"}
