from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.contest import CONTEST, VOCABULARY

from imagequant.candidates.photo import read_photo
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.model.answers import Calibration
from imagequant.model.config import NetworkConfig
from imagequant.model.examples import Example, entity_candidates, training_targets
from imagequant.params import AugmentParams, ExecutorParams, load_params
from imagequant.quantity.scoring import Quantity
from imagequant.training.augment import augment
from imagequant.training.calibrate import BestAnswer, best_threshold, calibrate, precise_threshold
from imagequant.training.fit import TrainingLog, fit, measure, shuffled_batches
from imagequant.training.loss import choice_loss
from imagequant.training.members import fit_ensemble, photo_folds

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")
CONFIG = NetworkConfig(VOCABULARY, 16, 16, 32, 0.0, True, True, True, True, pooled_width=8, grid_channels=2)
Packs = Callable[[int, int], list[Example]]
NO_AUGMENT = AugmentParams(*(0.0 for _ in fields(AugmentParams)))


def test_learns_what_the_words_around_a_number_say_and_repeats_itself(packs: Packs) -> None:
    params = replace(PARAMS.train, epochs=12, batch_size=16, lr=0.01, augment=NO_AUGMENT)
    train, development, fresh = packs(160, 1), packs(40, 2), packs(80, 3)
    losses: list[float] = []
    log = TrainingLog(on_epoch=lambda values: losses.append(values["development/loss"]))
    one = fit(train, development, CONFIG, params, log)
    assert measure(one.network, fresh)[1] > 0.95  # the baseline, the first number, is right half the time
    assert one.development_loss == min(losses)
    two = fit(train, development, CONFIG, params, TrainingLog())
    for name, tensor in one.network.state_dict().items():
        assert torch.equal(tensor, two.network.state_dict()[name]), name


def test_stops_early_and_keeps_the_best_epoch(packs: Packs) -> None:
    params = replace(PARAMS.train, epochs=30, patience=2, batch_size=16, lr=0.05, augment=NO_AUGMENT)
    epochs: list[float] = []
    log = TrainingLog(on_epoch=lambda values: epochs.append(values["development/loss"]))
    fitted = fit(packs(32, 1), packs(24, 2), CONFIG, params, log)
    assert len(epochs) < 30
    assert fitted.epoch == int(np.argmin(epochs)) + 1
    assert measure(fitted.network, packs(24, 2))[0] == pytest.approx(min(epochs), abs=1e-5)


def test_loss_by_hand() -> None:
    logits = torch.log(torch.tensor([[0.2, 0.3, 0.5], [0.2, 0.3, 0.5], [0.6, 0.1, 0.3]]))
    correct = torch.tensor([[True, True], [False, False], [False, False]])
    answerable = torch.tensor([True, False, True])
    # Two right mentions share 0.5; an empty label wants silence (0.5); an unread one too, at a quarter of the weight.
    expected = (-math.log(0.5) - math.log(0.5) - 0.25 * math.log(0.3)) / 2.25
    assert float(choice_loss(logits, correct, answerable)) == pytest.approx(expected, rel=1e-5)


def test_threshold_gives_up_answers_to_empty_labels_only_where_it_pays() -> None:
    sure = [BestAnswer(0.9, True, True)] * 10
    # Unsure answers to photos that do not say: silence is right.
    assert best_threshold([*sure, *[BestAnswer(0.2, False, False)] * 5], Calibration()) > 0.2
    # Unsure answers that are sometimes right, to photos that do say: silence would only lose.
    assert (
        best_threshold([*sure, *[BestAnswer(0.2, True, True)] * 2, *[BestAnswer(0.2, False, True)] * 5], Calibration())
        == 0
    )


def test_calibration_pulls_overconfidence_down() -> None:
    # Says 0.95, is right six times in ten; says 0.6, is right twice in ten.
    outcomes = [BestAnswer(0.95, i % 10 < 6, True) for i in range(100)] + [
        BestAnswer(0.6, i % 10 < 2, True) for i in range(100)
    ]
    fitted = calibrate(outcomes)
    assert fitted.confidence(0.95) == pytest.approx(0.6, abs=0.05)
    assert fitted.confidence(0.6) == pytest.approx(0.2, abs=0.05)


def test_few_rows_that_are_all_right_leave_a_doubt() -> None:
    fitted = calibrate([BestAnswer(0.999, True, True)] * 20)
    assert (fitted.rows, fitted.wrong) == (20, 0)
    assert 0.9 < fitted.confidence(0.999) < 0.99


def test_thresholds_reach_their_precision_with_the_most_answers() -> None:
    outcomes = [BestAnswer(p, right, True) for p, right in ((0.9, True), (0.8, True), (0.7, False), (0.6, True))]
    confidences = [Calibration().confidence(outcome.probability) for outcome in outcomes]
    assert precise_threshold(outcomes, Calibration(), 0.95) == confidences[1]
    assert precise_threshold(outcomes, Calibration(), 0.75) == confidences[3]
    assert precise_threshold(outcomes[2:], Calibration(), 0.95) == 1.0, "not even the surest is right"


def test_evidence_tells_right_answers_from_wrong_ones_of_the_same_probability() -> None:
    seen_twice, seen_once = ((1.0, second_engine, 0.0, 1.0, 0.0, 1.0, 1.0) for second_engine in (1.0, 0.0))
    outcomes = [BestAnswer(0.9, True, True, seen_twice)] * 50 + [BestAnswer(0.9, False, True, seen_once)] * 50
    fitted = calibrate(outcomes)
    assert (fitted.rows, fitted.wrong) == (100, 50)
    assert fitted.confidence(0.9, seen_twice) > 0.9
    assert fitted.confidence(0.9, seen_once) < 0.1


def test_evidence_for_an_answer_never_makes_it_less_sure() -> None:
    named, nameless = ((1.0, 0.0, own_name, 1.0, 0.0, 1.0, 1.0) for own_name in (1.0, 0.0))
    outcomes = [BestAnswer(0.9, False, True, named)] * 40 + [BestAnswer(0.9, True, True, nameless)] * 60
    fitted = calibrate(outcomes)
    assert fitted.confidence(0.9, named) == fitted.confidence(0.9, nameless)
    assert fitted.confidence(0.9, named) == pytest.approx(0.6, abs=0.03)


def test_augmentation_keeps_right_candidates_and_is_switched_by_each_parameter(packs: Packs) -> None:
    example = packs(1, 5)[0]
    random = np.random.default_rng(0)
    same = augment(example, NO_AUGMENT, random)
    np.testing.assert_array_equal(same.ngrams, example.ngrams)
    np.testing.assert_array_equal(same.candidate_features, example.candidate_features)
    dropped = augment(example, replace(NO_AUGMENT, candidate_dropout=1.0), random)
    assert dropped.correct is not None
    assert len(dropped.quantities) == 1
    assert dropped.correct.all()
    assert (augment(example, replace(NO_AUGMENT, word_dropout=1.0), random).ngrams == 0).all()
    assert not np.array_equal(augment(example, replace(NO_AUGMENT, character_noise=1.0), random).ngrams, example.ngrams)
    known = replace(example, group=7)
    assert augment(known, NO_AUGMENT, random).group == 7
    assert augment(known, replace(NO_AUGMENT, group_dropout=1.0), random).group == 0
    unread = augment(example, replace(NO_AUGMENT, text_dropout=1.0), random)
    assert (len(unread.ngrams), len(unread.token_features)) == (0, 0)
    assert (unread.candidate_tokens == -1).all()
    np.testing.assert_array_equal(unread.candidate_features, example.candidate_features)
    jittered = augment(example, replace(NO_AUGMENT, box_jitter=0.05), random)
    assert not np.array_equal(jittered.token_features[:, :2], example.token_features[:, :2])


def test_members_leave_out_a_fold_each_and_are_as_trained_alone(packs: Packs) -> None:
    params = replace(PARAMS.train, members=2, epochs=2, batch_size=16, augment=NO_AUGMENT)
    train, development = packs(32, 1), packs(16, 2)
    logged: list[int] = []

    def open_log(member: int) -> AbstractContextManager[TrainingLog]:
        return nullcontext(TrainingLog(on_epoch=lambda _: logged.append(member)))

    fitted = fit_ensemble(train, development, CONFIG, params, open_log)
    assert logged == [0, 0, 1, 1]
    assert len(fitted.epochs) == 2
    first, second = fitted.ensemble.members
    assert not torch.equal(first.word.weight, second.word.weight)
    folds = photo_folds(train, 2)
    assert set(folds) == {0, 1}
    seen = [example for example, fold in zip(train, folds, strict=True) if fold != 1]
    alone = fit(seen, development, CONFIG, replace(params, seed=params.seed + 1), TrainingLog())
    assert torch.equal(second.word.weight, alone.network.word.weight)
    assert len(fitted.unseen) == len(train) + len(development), "each row is answered by a member that has not seen it"


def test_processes_side_by_side_fit_the_same_members(packs: Packs) -> None:
    params = replace(PARAMS.train, members=2, epochs=2, batch_size=16)
    here, there = (
        fit_ensemble(packs(32, 1), packs(16, 2), CONFIG, params, executor=ExecutorParams(name, 2))
        for name in ("serial", "process")
    )
    assert there.ensemble.trees is not None
    expected = here.ensemble.state_dict()
    for name, tensor in there.ensemble.state_dict().items():
        assert torch.equal(tensor, expected[name]), name
    assert (there.epochs, there.unseen) == (here.epochs, here.unseen)


def test_batches_hold_every_example_once_and_texts_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 60, 150).tolist()
    drawn = shuffled_batches(lengths, 8, np.random.default_rng(1))
    assert sorted(number for batch in drawn for number in batch) == list(range(150))
    assert max(len(batch) for batch in drawn) == 8
    spreads = [max(lengths[n] for n in batch) - min(lengths[n] for n in batch) for batch in drawn]
    assert np.median(spreads) < 20, "of 60 in a random batch"
    assert drawn[0] != shuffled_batches(lengths, 8, np.random.default_rng(2))[0]


@pytest.mark.parametrize(
    ("truths", "answerable", "expected"),
    [
        (["20 centimetre", "7.9 inch"], True, [True, False]),  # the label itself
        (["9 metre", "7.9 inch"], True, [False, True]),  # it was not read, what is accepted beside it was
        (["7.9 inch"], False, [False, False]),  # empty, though an answer would be accepted
        (["9 metre"], True, [False, False]),
    ],
)
def test_training_asks_for_the_label_itself(truths: list[str], answerable: bool, expected: list[bool]) -> None:
    words = (Word("20 cm / 7.9 in", Box(10, 10, 200, 30), 0.9, 0, "rapidocr"),)
    reading = read_photo(PhotoWords("p", words, (True,)), 400, 300, PARAMS.candidates, CONTEST)
    candidates = entity_candidates(reading, "width", CONTEST)
    assert [c.unit for c in candidates] == ["centimetre", "inch"]
    quantities = [Quantity(float(text.split()[0]), text.split()[1]) for text in truths]
    assert training_targets(candidates, quantities, answerable=answerable).tolist() == expected
