"""From logits to answers: probabilities summed over equal candidates, calibrated, and thresholded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagequant.quantity.numbers import format_number
from imagequant.quantity.scoring import Quantity


@dataclass(frozen=True)
class Calibration:
    """Platt scaling, confidence = sigmoid(``slope`` * logit(p) + ``offset``), and the abstention threshold."""

    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.0

    def confidence(self, probability: float) -> float:
        """Return the probability that an answer with this raw probability is correct."""
        logit = raw_logit(probability)
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, self.slope * logit + self.offset))))


@dataclass(frozen=True)
class Answer:
    """A distinct quantity.

    ``mentions`` are indices into the question's candidates, likeliest first; ``probability`` is the model's, summed
    over them; ``confidence`` is calibrated.
    """

    quantity: Quantity
    probability: float
    confidence: float
    mentions: tuple[int, ...]


def raw_logit(probability: float) -> float:
    """Return the log odds of a probability clipped to [1e-6, 1 - 1e-6]."""
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def rank_answers(quantities: Sequence[Quantity], logits: NDArray[np.float32], calibration: Calibration) -> list[Answer]:
    """Return the distinct quantities of a question, likeliest first.

    Args:
        quantities: Those of the question's C candidates.
        logits: Their C logits, optional padding, and the logit of "no answer".
        calibration: From training.
    """
    values = np.append(logits[: len(quantities)], logits[-1]).astype(np.float64)
    weights = np.exp(values - values.max())
    probabilities = weights / weights.sum()
    groups: dict[tuple[str, str], list[int]] = {}
    for index, quantity in enumerate(quantities):
        groups.setdefault((format_number(quantity.value), quantity.unit), []).append(index)
    answers = []
    for members in groups.values():
        members.sort(key=lambda index: -probabilities[index])
        probability = float(sum(probabilities[index] for index in members))
        answers.append(Answer(quantities[members[0]], probability, calibration.confidence(probability), tuple(members)))
    answers.sort(key=lambda answer: -answer.probability)
    return answers


def choose_answer(answers: Sequence[Answer], threshold: float) -> Answer | None:
    """Return the likeliest answer, or None (abstention) if its confidence is below the threshold."""
    return answers[0] if answers and answers[0].confidence >= threshold else None
