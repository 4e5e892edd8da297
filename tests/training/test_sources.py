"""Label sources that hardly ever say that a photo gives no answer do not teach to answer always."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.model.conftest import question
from tests.scored_rows import make_label

from imagequant.storage.labels import SYNTHETIC_TRAIN, groups_that_abstain, groups_that_calibrate
from imagequant.training.calibrate import BestAnswer, calibrate


@pytest.mark.parametrize(("empty", "abstains"), [(0, False), (2, False), (6, True), (40, True)])
def test_a_group_abstains_if_enough_of_its_rows_have_no_answer(empty: int, abstains: bool) -> None:
    labels = [make_label("5 gram" if row >= empty else "", label_source="vote") for row in range(100)]
    others = [make_label("5 gram", source="mine.csv"), make_label("", source="other.csv")]
    assert ("vote" in groups_that_abstain([*labels, *others])) == abstains
    assert groups_that_abstain(others) == {"other"}


def test_rows_without_a_choice_teach_nothing_if_their_source_never_abstains() -> None:
    one = replace(question([("60 cm", 10, 10)], "width", "60 centimetre"), source_abstains=False)
    dual = replace(question([("60 cm (23.6 in)", 10, 10)], "width", "60 centimetre"), source_abstains=False)
    two = replace(question([("60 cm", 10, 10), ("40 cm", 200, 90)], "width", "60 centimetre"), source_abstains=False)
    empty = replace(question([("60 cm", 10, 10)], "width"), source_abstains=False)
    assert [each.teaches for each in (one, dual, two, empty)] == [False, False, True, True]
    assert replace(one, source_abstains=True).teaches


@pytest.mark.parametrize(("real", "calibrating"), [(200, {"train", "eye"}), (300, {"eye"})])
def test_generated_photos_calibrate_only_if_real_ones_are_few(real: int, calibrating: set[str]) -> None:
    generated = [make_label("5 gram" if row % 5 else "", source=SYNTHETIC_TRAIN) for row in range(900)]
    checked = [make_label("5 gram" if row % 5 else "", label_source="eye") for row in range(real)]
    votes = [make_label("5 gram", label_source="vote") for _ in range(500)]
    labels = [*generated, *checked, *votes]
    assert groups_that_calibrate(labels, groups_that_abstain(labels)) == calibrating


def test_answers_that_do_not_calibrate_count_only_if_there_are_no_others() -> None:
    known = [BestAnswer(0.9, number % 10 < 7, True) for number in range(100)]
    easy = [BestAnswer(0.9, True, True, (), source_abstains=False, calibrates=False)] * 300
    assert calibrate([*known, *easy]) == calibrate(known)
    assert calibrate(easy).rows == 300, "better than nothing"


def test_the_threshold_rests_on_generated_photos_too() -> None:
    real = [BestAnswer(0.9, True, True)] * 50 + [BestAnswer(0.3, True, True)] * 20 + [BestAnswer(0.3, False, True)] * 30
    empty = [BestAnswer(0.3, False, False, (), calibrates=False)] * 60
    alone, both = calibrate(real), calibrate([*real, *empty])
    assert (alone.slope, alone.offset, alone.rows) == (both.slope, both.offset, both.rows)
    assert alone.threshold == 0 < both.threshold
