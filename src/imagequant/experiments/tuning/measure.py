"""Measures a set of parameters on folds: the score that the search maximises, and the scored rows."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from imagequant.core.iteration import LazySubset
from imagequant.evaluation.fit_and_answer import fit_and_answer
from imagequant.evaluation.folds import Fold
from imagequant.evaluation.scored_row import ScoredRow, score_row
from imagequant.model.examples import Example, Limits
from imagequant.model.infer import infer
from imagequant.params import Params, TrainParams
from imagequant.quantity.numbers import format_number
from imagequant.storage.labels import LabelRow
from imagequant.storage.layout import Layout
from imagequant.training.fit import TrainingLog
from imagequant.training.hybrid import train_hybrid
from imagequant.training.members import no_log
from imagequant.training.questions import Questions
from imagequant.training.stored import stored_examples


@dataclass(frozen=True)
class SearchRows:
    """Labelled rows outside the validation part, with their examples, which are on disk."""

    labels: Sequence[LabelRow]
    examples: Sequence[Example]

    def parts(self, fold: Fold) -> tuple[Sequence[Example], ...]:
        """Returns the examples of a fold to train on, to stop by and to hold out."""
        return tuple(LazySubset(self.examples, rows) for rows in (fold.train, fold.development, fold.validation))


@contextmanager
def load_search_rows(params: Params, layout: Layout) -> Iterator[SearchRows]:
    """Loads training and development rows; the validation rows of ``evaluate`` are never read."""
    limits = Limits(params.train.max_words, params.train.max_candidates)
    questions = Questions.from_layout(layout, limits, params.domain)
    labels: list[LabelRow] = []

    def examples() -> Iterator[tuple[str, Example]]:
        for question in questions.select(lambda label: label.split != "validation"):
            labels.append(question.label)
            yield question.label.sha256, question.example

    with stored_examples(
        layout.work_cache, examples(), questions.features, questions.features.blank, params.domain
    ) as stored:
        yield SearchRows(labels, stored)


# Called with the epoch (from 1) of the first network and its loss on the development rows.
OnLoss = Callable[[int, float], None]


@dataclass(frozen=True)
class ChoiceLogits:
    """Logits of the choices of a question: its candidates, then abstention.

    ``groups``: 0 for all right choices together; each distinct wrong answer has a number from 1, abstention included.
    """

    logits: NDArray[np.float32]
    groups: NDArray[np.int64]


def fold_score(rows: SearchRows, fold: Fold, params: TrainParams, on_loss: OnLoss) -> float:
    """Return how close the probabilities of the held-out rows are to the truth, from 0 to 1.

    F1 over a few hundred rows changes in steps; this score does not. It should reflect the order of the answers and
    the relative confidence, not the scale of the logits, so the probabilities are first scaled on the development
    rows, as the pipeline calibrates. Unlike the loss, the score is not dominated by rows with a wrong label.
    """
    train, development, held_out = rows.parts(fold)
    epochs = count(1)

    def on_epoch(values: dict[str, float]) -> None:
        on_loss(next(epochs), values["development/loss"])

    def open_log(member: int) -> AbstractContextManager[TrainingLog]:
        return nullcontext(TrainingLog(on_epoch=on_epoch)) if member == 0 else no_log(member)

    network = train_hybrid(train, development, params, open_log).network
    temperature = best_temperature([choice_logits(*each) for each in infer(network, development)])
    scored = (choice_logits(*each) for each in infer(network, held_out))
    return float(np.mean([1 - brier_score(each, temperature) / 2 for each in scored]))


def choice_logits(example: Example, logits: NDArray[np.float32]) -> ChoiceLogits:
    """Groups the choices of a labelled example."""
    correct = example.correct if example.correct is not None else np.zeros(len(example.quantities), dtype=bool)
    numbers: dict[tuple[str, str], int] = {}
    groups = [
        0 if right else numbers.setdefault((format_number(quantity.value), quantity.unit), len(numbers) + 1)
        for quantity, right in zip(example.quantities, correct, strict=True)
    ]
    return ChoiceLogits(logits, np.array([*groups, len(numbers) + 1 if example.answerable else 0]))


def brier_score(choices: ChoiceLogits, temperature: float) -> float:
    """Return the squared error of the probabilities, summed over groups: 0 is best, 2 is worst.

    Source: G. W. Brier, "Verification of forecasts expressed in terms of probability" (1950).
    """
    scaled = (choices.logits - choices.logits.max()).astype(np.float64) / temperature
    weights = np.exp(scaled)
    errors = np.bincount(choices.groups, weights / weights.sum())
    errors[0] -= 1
    return float(np.square(errors).sum())


def best_temperature(rows: Sequence[ChoiceLogits]) -> float:
    """Return the best divisor of the logits: above 1 if the model is overconfident.

    Source: C. Guo et al., "On calibration of modern neural networks" (2017).
    """
    temperatures: list[float] = np.geomspace(0.25, 4.0, 25).tolist()
    return min(temperatures, key=lambda each: sum(brier_score(row, each) for row in rows))


def held_out_rows(rows: SearchRows, folds: Sequence[Fold], params: TrainParams) -> list[ScoredRow]:
    """Answers the held-out rows of every fold as ``train`` and ``evaluate`` would: calibrated, with a threshold."""
    scored = []
    for fold in folds:
        train, development, held_out = rows.parts(fold)
        answers = fit_and_answer(train, development, held_out, params)
        for number, example, ranked in zip(fold.validation, held_out, answers.ranked, strict=True):
            scored.append(score_row(rows.labels[number], example.quantities, (), ranked, answers.threshold))
    return scored
