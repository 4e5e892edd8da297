"""What one set of parameters is worth on the folds: the figure the search raises, and the answers it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from imagequant.model.answers import chosen, rank_answers
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Example
from imagequant.model.infer import infer
from imagequant.params import TrainParams
from imagequant.quantity.scoring import Outcome, outcome
from imagequant.stages.train.calibrate import calibrate
from imagequant.stages.train.fit import best_answers, fit_ensemble, network_config
from imagequant.tune.rows import Fold, Picked, Rows

# A network's loss on the rows it stops by, after an epoch (from 1).
OnLoss = Callable[[int, float], None]


@dataclass(frozen=True)
class HeldOutRow:
    """A row answered by a model that was not trained on its photo."""

    key: tuple[str, int]
    sha256: str
    source: str
    outcome: Outcome


def fold_score(rows: Rows, fold: Fold, params: TrainParams, on_loss: OnLoss) -> float:
    """The mean probability that the model gives the right choice on the rows held out.

    It is the share of rows that would come out right if the model drew its choice by its own probabilities. F1 of some
    hundred rows moves in steps, this does not; and unlike the loss it is not ruled by the rows whose label is wrong.
    """
    network = _fit(rows, fold, params, on_loss)
    return float(np.mean(list(right_probabilities(network, Picked(rows.examples, fold.held_out)))))


def right_probabilities(network: nn.Module, examples: Iterable[Example]) -> Iterable[float]:
    """The probability given to each example's right choices: candidates equal to an accepted answer, or silence."""
    for example, logits in infer(network, examples):
        weights = np.exp(logits - logits.max(), dtype=np.float64)
        yield float(weights[_right(example)].sum() / weights.sum())


def _right(example: Example) -> NDArray[np.bool_]:
    correct = example.correct if example.correct is not None else np.zeros(len(example.quantities), dtype=bool)
    return np.append(correct, not example.answerable)


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
