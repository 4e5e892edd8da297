"""Folds share no photo, and the score says how far the probabilities are from what is right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from imagequant.errors import InputError
from imagequant.model.examples import Example, Limits, make_example
from imagequant.params import load_params
from imagequant.quantity.scoring import Quantity
from imagequant.records import Box, Word
from imagequant.stages.candidates.run import read_photo
from imagequant.storage.features import PhotoFeatures
from imagequant.storage.labels import LabelRow
from imagequant.storage.words import PhotoWords
from imagequant.tune.measure import brier_scores, fold_score, held_out_rows
from imagequant.tune.rows import Fold, Picked, Rows, make_folds

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")
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


class Fixed(nn.Module):
    """Gives every question the same logits: 0, then 1, ..., and last those of "no answer"."""

    def forward(self, *inputs: Tensor) -> Tensor:
        candidates = inputs[6].shape[1]
        return torch.arange(candidates + 1, dtype=torch.float32).repeat(inputs[6].shape[0], 1)


def test_the_score_is_how_far_the_probabilities_are_from_what_is_right() -> None:
    packs = [make_pack(1), make_pack(2), make_pack(1, truth=False), make_pack(1, answerable=False, truth=False)]
    given = np.exp([0.0, 1.0, 2.0]) / np.exp([0.0, 1.0, 2.0]).sum()
    # The answer stands first, then second; there is none.
    first, second, silence = (np.square(given - each).sum() for each in np.eye(3))
    # It was not read: all that is given is wrong, and the right answer, a fourth, is given nothing.
    unread = 1 + np.square(given).sum()
    assert list(brier_scores(Fixed(), packs)) == pytest.approx([first, second, unread, silence])


def test_accepted_answers_count_as_one() -> None:
    pack = make_pack(1)
    both = replace(pack, correct=np.array([True, True]))
    first, second, silence = np.exp([0.0, 1.0, 2.0]) / np.exp([0.0, 1.0, 2.0]).sum()
    assert list(brier_scores(Fixed(), [both])) == pytest.approx([(1 - first - second) ** 2 + silence**2])


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
