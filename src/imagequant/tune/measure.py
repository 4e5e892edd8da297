"""What one set of parameters is worth on the folds: the figure the search raises, and the answers it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from imagequant.model.answers import Calibration, chosen, rank_answers
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
    """The mean Brier score of the rows held out, turned round: 1 is best, 0 is sure of what is wrong.

    F1 of some hundred rows moves in steps, this does not. Being sure without being right costs, so models that only
    say more loudly what others say gain nothing; and unlike the loss it is not ruled by the rows whose label is wrong.

    Source: G. W. Brier, "Verification of forecasts expressed in terms of probability" (1950).
    """
    network = _fit(rows, fold, params, on_loss)
    return float(np.mean([1 - each / 2 for each in brier_scores(network, Picked(rows.examples, fold.held_out))]))


def brier_scores(network: nn.Module, examples: Iterable[Example]) -> Iterator[float]:
    """Each example's squared error, summed over its distinct answers and silence: 0 is best, 2 is worst.

    All accepted answers count as one.
    """
    for example, logits in infer(network, examples):
        answers = rank_answers(example.quantities, logits, Calibration())
        correct = example.correct if example.correct is not None else np.zeros(len(example.quantities), dtype=bool)
        silence = max(0.0, 1.0 - sum(answer.probability for answer in answers))
        judged = [(answer.probability, bool(correct[answer.mentions[0]])) for answer in answers]
        judged.append((silence, not example.answerable))
        right = sum(probability for probability, is_right in judged if is_right)
        yield (1 - right) ** 2 + sum(probability**2 for probability, is_right in judged if not is_right)


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
