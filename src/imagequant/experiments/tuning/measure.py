"""What one set of parameters is worth on the folds: the figure the search raises, and the answers it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagequant.experiments.tuning.rows import Fold, Picked, Rows
from imagequant.model.answers import chosen, rank_answers
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Example
from imagequant.model.infer import infer
from imagequant.params import TrainParams
from imagequant.quantity.numbers import format_number
from imagequant.quantity.scoring import Outcome, outcome
from imagequant.training.calibrate import calibrate
from imagequant.training.fit import best_answers, fit_ensemble, network_config

# A network's loss on the rows it stops by, after an epoch (from 1).
OnLoss = Callable[[int, float], None]


@dataclass(frozen=True)
class HeldOutRow:
    """A row answered by a model that was not trained on its photo."""

    key: tuple[str, int]
    sha256: str
    source: str
    outcome: Outcome


@dataclass(frozen=True)
class Guess:
    """Logits of a question's choices (its candidates, then silence), and what each says.

    ``groups``: 0 for what is right, all accepted answers alike; from 1 on each wrong answer, silence among them.
    """

    logits: NDArray[np.float32]
    groups: NDArray[np.int64]


def fold_score(rows: Rows, fold: Fold, params: TrainParams, on_loss: OnLoss) -> float:
    """How close the probabilities of the rows held out are to what is right, from 0 to 1.

    F1 of some hundred rows moves in steps, this does not. What counts is the order of the answers and how much surer
    the model is of some, not how loudly it says so: probabilities are scaled first, on the rows it stops by, as the
    pipeline calibrates. Unlike the loss the score is not ruled by the rows whose label is wrong.
    """
    network = _fit(rows, fold, params, on_loss)
    stop_by, held_out = (
        [guess(*each) for each in infer(network, Picked(rows.examples, numbers))]
        for numbers in (fold.development, fold.held_out)
    )
    temperature = best_temperature(stop_by)
    return float(np.mean([1 - brier_score(each, temperature) / 2 for each in held_out]))


def guess(example: Example, logits: NDArray[np.float32]) -> Guess:
    """What the model makes of a labelled example."""
    correct = example.correct if example.correct is not None else np.zeros(len(example.quantities), dtype=bool)
    numbers: dict[tuple[str, str], int] = {}
    groups = [
        0 if right else numbers.setdefault((format_number(quantity.value), quantity.unit), len(numbers) + 1)
        for quantity, right in zip(example.quantities, correct, strict=True)
    ]
    return Guess(logits, np.array([*groups, len(numbers) + 1 if example.answerable else 0]))


def brier_score(guess: Guess, temperature: float) -> float:
    """The squared error of the probabilities, summed over what the choices say: 0 is best, 2 is worst.

    Source: G. W. Brier, "Verification of forecasts expressed in terms of probability" (1950).
    """
    scaled = (guess.logits - guess.logits.max()).astype(np.float64) / temperature
    weights = np.exp(scaled)
    given = np.bincount(guess.groups, weights / weights.sum())
    given[0] -= 1
    return float(np.square(given).sum())


def best_temperature(guesses: Sequence[Guess]) -> float:
    """What to divide logits by: above 1 where the model is too sure of itself.

    Source: C. Guo et al., "On calibration of modern neural networks" (2017).
    """
    tried: list[float] = np.geomspace(0.25, 4.0, 25).tolist()
    return min(tried, key=lambda each: sum(brier_score(one, each) for one in guesses))


def held_out_rows(rows: Rows, folds: Sequence[Fold], params: TrainParams) -> list[HeldOutRow]:
    """Answers every fold's held-out rows as ``train`` and ``evaluate`` would: calibrated, with a threshold."""
    answered = []
    for fold in folds:
        network = _fit(rows, fold, params, _ignore)
        calibration = calibrate(best_answers(network, Picked(rows.examples, fold.development)))
        given = infer(network, Picked(rows.examples, fold.held_out))
        for number, (example, logits) in zip(fold.held_out, given, strict=True):
            best = chosen(rank_answers(example.quantities, logits, calibration), calibration.threshold)
            label = rows.labels[number]
            result = outcome(best.quantity if best else None, label.truths, answerable=label.answerable)
            answered.append(HeldOutRow((label.source, label.source_row), label.sha256, label.source, result))
    return answered


def _fit(rows: Rows, fold: Fold, params: TrainParams, on_loss: OnLoss) -> Ensemble:
    epochs = [0] * params.members

    def on_epoch(member: int, values: dict[str, float]) -> None:
        epochs[member] += 1
        if member == 0:
            on_loss(epochs[member], values["development/loss"])

    train, development = Picked(rows.examples, fold.train), Picked(rows.examples, fold.development)
    config = network_config(params, rows.channels)
    return fit_ensemble(train, development, config, params, lambda *_: None, on_epoch)[0]


def _ignore(_: int, __: float) -> None:
    """Takes losses nobody asks for."""
