"""One result a validation row: what was answered, how it scores, and where an error arose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imagequant.core.records import Candidate, Word
from imagequant.model.answers import Answer, chosen
from imagequant.quantity.numbers import format_number
from imagequant.quantity.scoring import Outcome, Quantity, outcome, same_number, same_quantity
from imagequant.quantity.units import UNITS, to_base
from imagequant.storage.labels import LabelRow

# Where an error arose, in the order of the pipeline.
BUCKETS = (
    "right",
    "not read by OCR",
    "read but not parsed",
    "wrong candidate",
    "wrong unit",
    "should be empty",
    "should not be empty",
    "label is a range",
)


@dataclass(frozen=True)
class Result:
    """The answer to one labelled row: all that figures are made of, and little enough to be kept for every row.

    ``prediction`` is None for silence; ``best`` is the likeliest answer, given or kept back, ``confidence`` its own;
    ``read`` says whether an accepted answer is among the candidates; ``first`` is what the baseline answers, the first
    quantity of the kind.
    """

    label: LabelRow
    prediction: Quantity | None
    best: Quantity | None
    confidence: float
    outcome: Outcome
    bucket: str
    read: bool
    first: Quantity | None

    @property
    def right(self) -> bool:
        """Answered right, or rightly silent."""
        return self.outcome in ("TP", "TN")


@dataclass(frozen=True)
class Evidence:
    """A result with what it was chosen from, to be drawn."""

    result: Result
    answers: tuple[Answer, ...]
    candidates: tuple[Candidate, ...]


def make_result(
    label: LabelRow,
    candidates: Sequence[Candidate],
    tokens: Sequence[Word],
    answers: Sequence[Answer],
    threshold: float,
) -> Result:
    """Scores one row.

    Args:
        label: The row.
        candidates: What the answers' ``mentions`` point into.
        tokens: All that was read on the photo.
        answers: Ranked answers.
        threshold: Confidence below which silence is kept.
    """
    best = chosen(answers, threshold)
    prediction = best.quantity if best else None
    found = [Quantity(candidate.value, candidate.unit) for candidate in candidates]
    read = any(same_quantity(quantity, truth) for quantity in found for truth in label.truths)
    result = outcome(prediction, label.truths, answerable=label.answerable)
    return Result(
        label=label,
        prediction=prediction,
        best=answers[0].quantity if answers else None,
        confidence=answers[0].confidence if answers else 0.0,
        outcome=result,
        bucket=bucket(label, prediction, result, read, tokens),
        read=read,
        first=found[0] if found else None,
    )


def bucket(label: LabelRow, prediction: Quantity | None, result: Outcome, read: bool, tokens: Sequence[Word]) -> str:
    """Where the error arose (one of ``BUCKETS``)."""
    if result in ("TP", "TN"):
        return "right"
    if not label.answerable:
        return "should be empty"
    if not label.truths:
        return "label is a range"
    if not read:
        return "read but not parsed" if _number_stands_in(label.truths[0], tokens) else "not read by OCR"
    if prediction is None:
        return "should not be empty"
    return "wrong unit" if _other_unit(prediction, label.truths) else "wrong candidate"


def within(prediction: Quantity | None, truths: Sequence[Quantity], tolerance: float) -> bool:
    """Whether a prediction lies within a relative tolerance of an accepted answer, units converted."""
    if prediction is None:
        return False
    value = to_base(prediction.value, prediction.unit)
    return any(
        UNITS[truth.unit].dimension == UNITS[prediction.unit].dimension
        and abs(value - to_base(truth.value, truth.unit)) <= tolerance * to_base(truth.value, truth.unit)
        for truth in truths
    )


def number_right_unit_wrong(prediction: Quantity | None, truths: Sequence[Quantity]) -> bool:
    """The number of an accepted answer with another unit."""
    return (
        prediction is not None
        and not any(same_quantity(prediction, truth) for truth in truths)
        and any(same_number(prediction.value, truth.value) for truth in truths)
    )


def _other_unit(prediction: Quantity, truths: Sequence[Quantity]) -> bool:
    """The right number with another unit, or the same quantity in the other printed unit."""
    return number_right_unit_wrong(prediction, truths) or any(
        truth.unit != prediction.unit and within(prediction, [truth], 0.03) for truth in truths
    )


def _number_stands_in(truth: Quantity, tokens: Sequence[Word]) -> bool:
    number = format_number(truth.value)
    pattern = re.compile(rf"(?<![\d.,]){re.escape(number).replace(re.escape('.'), '[.,]')}(?:[.,]0+)?(?![\d]|[.,]\d)")
    return any(pattern.search(token.text) for token in tokens)
