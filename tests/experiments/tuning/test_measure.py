"""Folds share no photo, and the score says how far the probabilities are from what is right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from imagequant.candidates.photo import read_photo
from imagequant.core.errors import InputError
from imagequant.core.records import Box, PhotoFeatures, PhotoWords, Word
from imagequant.experiments.tuning.measure import Guess, best_temperature, brier_score, fold_score, guess, held_out_rows
from imagequant.experiments.tuning.rows import Fold, Picked, Rows, make_folds
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
    lines = [f"Net weight {number + 10} g", f"Protein {number + 3} g"][:: 1 if number % 2 else -1]
    words = [
        Word(line, Box(10, y, 10 + 9 * len(line), y + 18), 0.9, 0, "rapidocr")
        for line, y in zip(lines, (40, 200), strict=True)
    ]
    reading = read_photo(PhotoWords("p", tuple(words), (True, True)), 400, 300, PARAMS.candidates)
    photo = PhotoFeatures(
        np.zeros(2048, np.float32), np.zeros((CHANNELS, 7, 7), np.float32), np.array([0, 0, 1, 1], np.float32)
    )
    truths = [Quantity(float(number + 10), "gram")] if truth else []
    return make_example(reading, "item_weight", "", photo, Limits(64, 16), truths, answerable=answerable)


LOGITS = np.array([0.0, 1.0, 2.0], np.float32)  # of the first weight printed, of the second, of silence
GIVEN = np.exp(LOGITS) / np.exp(LOGITS).sum()


def test_the_score_is_how_far_the_probabilities_are_from_what_is_right() -> None:
    packs = [make_pack(1), make_pack(2), make_pack(1, answerable=False, truth=False)]
    # The answer stands first, then second; there is none.
    wanted = [np.square(GIVEN - each).sum() for each in np.eye(3)]
    assert [brier_score(guess(pack, LOGITS), 1.0) for pack in packs] == pytest.approx(wanted)


def test_an_answer_that_was_not_read_is_given_nothing() -> None:
    unread = guess(make_pack(1, truth=False), LOGITS)
    assert brier_score(unread, 1.0) == pytest.approx(1 + np.square(GIVEN).sum())


def test_what_says_the_same_counts_as_one() -> None:
    first, second, silence = GIVEN
    pack = make_pack(1)
    both = guess(replace(pack, correct=np.array([True, True])), LOGITS)
    assert brier_score(both, 1.0) == pytest.approx((1 - first - second) ** 2 + silence**2)
    twice = replace(pack, quantities=(pack.quantities[1],) * 2, correct=np.array([False, False]))
    assert brier_score(guess(twice, LOGITS), 1.0) == pytest.approx(1 + (first + second) ** 2 + silence**2)


def test_saying_the_same_more_loudly_gains_nothing() -> None:
    rights = [0] * 7 + [1] * 3  # 7 of 10 times what is likelier
    for loudness in (0.5, 1.0, 3.0):
        guesses = [Guess(np.array([loudness, 0.0], np.float32), np.array([right, 1 - right])) for right in rights]
        temperature = best_temperature(guesses)
        # Log odds of 7 to 3 are 0.85.
        assert loudness / temperature == pytest.approx(0.85, rel=0.1)
        mean = sum(brier_score(each, temperature) for each in guesses) / 10
        assert mean == pytest.approx(2 * 0.7 * 0.3, rel=0.01)


def test_every_row_is_held_out_once_and_shares_no_photo_with_the_others_of_its_fold() -> None:
    labels = [make_row(number, photo=f"photo{number // 3}") for number in range(120)]
    folds = make_folds(labels, PARAMS.labels, 4, seed=3)
    assert sorted(row for fold in folds for row in fold.held_out) == list(range(120))
    for fold in folds:
        assert sorted(fold.train + fold.development + fold.held_out) == list(range(120))
        sides = [{labels[row].sha256 for row in rows} for rows in (fold.train, fold.development, fold.held_out)]
        assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    assert make_folds(labels, PARAMS.labels, 4, seed=4) != folds


def test_sources_that_are_only_trained_on_are_never_held_out() -> None:
    labels = [make_row(number, source="made.csv" if number % 2 else "mine.csv") for number in range(80)]
    folds = make_folds(labels, replace(PARAMS.labels, train_only=("made.csv",)), 3, seed=3)
    assert {labels[row].source for fold in folds for row in fold.held_out} == {"mine.csv"}
    with pytest.raises(InputError, match="fold 1 of 3 has none to hold out; see tune.folds"):
        make_folds(labels, replace(PARAMS.labels, train_only=("made.csv", "mine.csv")), 3, seed=3)


def test_picked_examples_are_those_named() -> None:
    packs = [make_pack(number) for number in range(5)]
    picked = Picked(packs, (4, 0, 2))
    assert [picked[number] for number in range(3)] == [packs[4], packs[0], packs[2]]
    assert list(picked) == picked[:] == [packs[4], packs[0], packs[2]]
    assert picked[1:] == [packs[0], packs[2]]
    assert len(picked) == 3


def test_a_fold_is_learnt_answered_and_repeated() -> None:
    torch.set_num_threads(1)
    numbers = range(40)
    rows = Rows([make_row(number) for number in numbers], [make_pack(number) for number in numbers], CHANNELS)
    fold = Fold(tuple(numbers[:24]), tuple(numbers[24:30]), tuple(numbers[30:]))
    params = replace(PARAMS.train, epochs=3, members=1)
    params = replace(params, trees=replace(params.trees, weight=0.5, min_data_in_leaf=2))
    losses: list[tuple[int, float]] = []
    score = fold_score(rows, fold, params, lambda epoch, loss: losses.append((epoch, loss)))
    assert 0 < score < 1
    assert [epoch for epoch, _ in losses] == [1, 2, 3]
    assert fold_score(rows, fold, params, lambda *_: None) == score
    answered = held_out_rows(rows, [fold], params)
    assert [row.key for row in answered] == [("mine.csv", number) for number in fold.held_out]
    assert {row.outcome for row in answered} <= {"TP", "FP", "FN"}
    # Two weights, one of them called "Net weight": learnt from two dozen packs.
    assert sum(row.outcome == "TP" for row in answered) >= 6
