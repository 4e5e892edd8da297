"""The score says how far the probabilities are from the truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.contest import CONTEST

from imagequant.candidates.photo import read_photo
from imagequant.core.records import Box, PhotoFeatures, PhotoWords, Word
from imagequant.evaluation.folds import Fold
from imagequant.experiments.tuning.measure import (
    ChoiceLogits,
    SearchRows,
    best_temperature,
    brier_score,
    choice_logits,
    fold_score,
    held_out_rows,
)
from imagequant.model.examples import Example, Limits, make_example
from imagequant.params import load_params
from imagequant.quantity.scoring import Quantity
from imagequant.storage.labels import LabelRow

PARAMS = load_params(Path(__file__).parents[3] / "params.yaml")
CHANNELS = 2


def make_row(number: int, photo: str = "", source: str = "mine.csv", truth: str = "ok") -> LabelRow:
    """A pack of ``number + 10`` gram."""
    value = float(number + 10)
    return LabelRow(
        number, source, number, "p.jpg", photo or f"photo{number}", "g", "item_weight", f"{value} gram", truth, "",
        value, "gram", value, value, "train", "{}",
    )  # fmt: skip


def make_pack(number: int, *, truth: bool = True, answerable: bool = True) -> Example:
    """Prints its weight and another one, in an order that depends on the number."""
    lines = [f"Whole pack {number + 10} g", f"Extract {number + 3} g"][:: 1 if number % 2 else -1]
    words = [
        Word(line, Box(10, y, 10 + 9 * len(line), y + 18), 0.9, 0, "rapidocr")
        for line, y in zip(lines, (40, 200), strict=True)
    ]
    reading = read_photo(PhotoWords("p", tuple(words), (True, True)), 400, 300, PARAMS.candidates, CONTEST)
    photo = PhotoFeatures(
        np.zeros(2048, np.float32), np.zeros((CHANNELS, 7, 7), np.float32), np.array([0, 0, 1, 1], np.float32)
    )
    truths = [Quantity(float(number + 10), "gram")] if truth else []
    return make_example(reading, "item_weight", "", photo, Limits(64, 16), CONTEST, truths, answerable=answerable)


LOGITS = np.array([0.0, 1.0, 2.0], np.float32)  # of the first weight printed, of the second, of silence
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum()


def test_the_score_is_how_far_the_probabilities_are_from_what_is_right() -> None:
    packs = [make_pack(1), make_pack(2), make_pack(1, answerable=False, truth=False)]
    # The answer stands first, then second; there is none.
    wanted = [np.square(PROBABILITIES - each).sum() for each in np.eye(3)]
    assert [brier_score(choice_logits(pack, LOGITS), 1.0) for pack in packs] == pytest.approx(wanted)


def test_an_answer_that_was_not_read_is_given_nothing() -> None:
    unread = choice_logits(make_pack(1, truth=False), LOGITS)
    assert brier_score(unread, 1.0) == pytest.approx(1 + np.square(PROBABILITIES).sum())


def test_what_says_the_same_counts_as_one() -> None:
    first, second, silence = PROBABILITIES
    pack = make_pack(1)
    both = choice_logits(replace(pack, correct=np.array([True, True])), LOGITS)
    assert brier_score(both, 1.0) == pytest.approx((1 - first - second) ** 2 + silence**2)
    twice = replace(pack, quantities=(pack.quantities[1],) * 2, correct=np.array([False, False]))
    assert brier_score(choice_logits(twice, LOGITS), 1.0) == pytest.approx(1 + (first + second) ** 2 + silence**2)


def test_the_scale_of_the_logits_does_not_matter() -> None:
    rights = [0] * 7 + [1] * 3  # the more probable choice is right 7 of 10 times
    for scale in (0.5, 1.0, 3.0):
        rows = [ChoiceLogits(np.array([scale, 0.0], np.float32), np.array([right, 1 - right])) for right in rights]
        temperature = best_temperature(rows)
        # Log odds of 7 to 3 are 0.85.
        assert scale / temperature == pytest.approx(0.85, rel=0.1)
        mean = sum(brier_score(each, temperature) for each in rows) / 10
        assert mean == pytest.approx(2 * 0.7 * 0.3, rel=0.01)


def test_a_subset_has_the_examples_named() -> None:
    packs = [make_pack(number) for number in range(5)]
    subset, *_ = SearchRows([], packs).parts(Fold((4, 0, 2), (), ()))
    assert [subset[number] for number in range(3)] == [packs[4], packs[0], packs[2]]
    assert list(subset) == subset[:] == [packs[4], packs[0], packs[2]]
    assert subset[1:] == [packs[0], packs[2]]
    assert len(subset) == 3


def test_a_fold_is_learnt_answered_and_repeated() -> None:
    torch.set_num_threads(1)
    numbers = range(40)
    rows = SearchRows([make_row(number) for number in numbers], [make_pack(number) for number in numbers])
    fold = Fold(tuple(numbers[:24]), tuple(numbers[24:30]), tuple(numbers[30:]))
    params = replace(PARAMS.train, epochs=3, members=1)
    params = replace(params, trees=replace(params.trees, weight=0.5, min_data_in_leaf=2))
    losses: list[tuple[int, float]] = []
    score = fold_score(rows, fold, params, lambda epoch, loss: losses.append((epoch, loss)))
    assert 0 < score < 1
    assert [epoch for epoch, _ in losses] == [1, 2, 3]
    assert fold_score(rows, fold, params, lambda *_: None) == score
    answered = held_out_rows(rows, [fold], params)
    assert [(row.source, row.source_row) for row in answered] == [("mine.csv", number) for number in fold.validation]
    assert {row.outcome for row in answered} <= {"TP", "FP", "FN"}
    # Two weights, one of them called "Net weight": learnt from two dozen packs.
    assert sum(row.outcome == "TP" for row in answered) >= 6
