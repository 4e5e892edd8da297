"""Units and names in the heads of columns."""

from __future__ import annotations

from tests.candidates.test_names import names, proposed


def test_a_head_gives_all_numbers_of_its_column_their_unit_and_name() -> None:
    found = proposed(("Height (cm)", 100, 100), ("30", 100, 150), ("45", 100, 200), ("60", 100, 250))
    assert [(each.value, each.unit, each.name) for each in found] == [
        (30, "centimetre", "height"),
        (45, "centimetre", "height"),
        (60, "centimetre", "height"),
    ]


def test_each_cell_of_a_joined_head_is_of_its_own_column() -> None:
    # One line: 10 px per letter, so that "Width (cm)" starts at 100 and "Height (cm)" at 210.
    numbers = (("20", 100, 150), ("35", 210, 150), ("25", 100, 200), ("41", 210, 200))
    found = names(("Width (cm) Height (cm)", 100, 100), *numbers)
    assert found == [(20, "width"), (35, "height"), (25, "width"), (41, "height")]


def test_words_between_end_the_column() -> None:
    assert names(("Height (cm)", 100, 100), ("30", 100, 150), ("Warranty", 100, 200), ("24", 100, 250)) == [
        (30, "height")
    ]


def test_numbers_beside_the_column_stay_numbers() -> None:
    found = names(("Height (cm)", 100, 100), ("30", 100, 150), ("7", 400, 150), ("45", 100, 200))
    assert found == [(30, "height"), (45, "height")]


def test_one_number_far_below_is_no_column() -> None:
    assert names(("Height (cm)", 100, 100), ("30", 100, 150)) == []


def test_words_without_text_are_no_heads() -> None:
    assert names(("", 100, 100), ("30", 100, 150), ("45", 100, 200)) == []
