"""From logits to answers: probabilities summed over equal candidates, calibrated, and thresholded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagequant.core.errors import InputError
from imagequant.model.features import is_mere_guess
from imagequant.quantity.numbers import format_number
from imagequant.quantity.scoring import Quantity

# Guessed readings that nothing supports are never sure, however likely the ranker finds them.
_MOST_FOR_A_GUESS = 0.5


@dataclass(frozen=True)
class Calibration:
    """A logistic regression from an answer's raw probability and evidence to the probability that it is right.

    Attributes:
        slope: Weight of the raw probability's log odds.
        offset: The constant.
        threshold: The abstention threshold.
        evidence: Weights of ``EVIDENCE``; empty for none.
        precise: Pairs of a precision and the lowest threshold that reached it; 1 if none did.
        rows: How many answers it was fitted to.
        wrong: How many of them were wrong.
    """

    slope: float = 1.0
    offset: float = 0.0
    threshold: float = 0.0
    evidence: tuple[float, ...] = ()
    precise: tuple[tuple[float, float], ...] = ()
    rows: int = 0
    wrong: int = 0

    def threshold_for(self, precision: float) -> float:
        """Return the abstention threshold that reached a precision; for 0, the one with the highest contest F1.

        Raises:
            InputError: If the precision is not among those of training.
        """
        known = {0.0: self.threshold, **dict(self.precise)}
        if precision not in known:
            allowed = ", ".join(f"{each:g}" for each in known)
            raise InputError(f"precision {precision:g} was not measured in training; allowed: {allowed}")
        return known[precision]

    def confidence(self, probability: float, evidence: Sequence[float] = ()) -> float:
        """Return the probability that an answer with this raw probability and evidence is right."""
        extra = sum(weight * value for weight, value in zip(self.evidence, evidence, strict=False))
        logit = self.slope * raw_logit(probability) + self.offset + extra
        most = _MOST_FOR_A_GUESS if evidence and is_mere_guess(evidence) else 1.0
        return min(1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit)))), most)


@dataclass(frozen=True)
class Answer:
    """A distinct quantity.

    ``mentions`` are indices into the question's candidates, likeliest first; ``probability`` is the model's, summed
    over them; ``confidence`` is calibrated; ``evidence`` is that of the likeliest mention.
    """

    quantity: Quantity
    probability: float
    confidence: float
    mentions: tuple[int, ...]
    evidence: tuple[float, ...] = ()


def raw_logit(probability: float) -> float:
    """Return the log odds of a probability clipped to [1e-6, 1 - 1e-6]."""
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def rank_answers(
    quantities: Sequence[Quantity],
    logits: NDArray[np.float32],
    calibration: Calibration,
    evidence: NDArray[np.float32] | None = None,
) -> list[Answer]:
    """Return the distinct quantities of a question, likeliest first.

    Args:
        quantities: Those of the question's C candidates.
        logits: Their C logits, optional padding, and the logit of "no answer".
        calibration: From training.
        evidence: float32 (C, evidence): see ``features.candidate_evidence``; that of the likeliest mention counts.
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
        best = members[0]
        probability = float(sum(probabilities[index] for index in members))
        signs = () if evidence is None else tuple(evidence[best].tolist())
        confidence = calibration.confidence(probability, signs)
        answers.append(Answer(quantities[best], probability, confidence, tuple(members), signs))
    answers.sort(key=lambda answer: -answer.probability)
    return answers


def choose_answer(answers: Sequence[Answer], threshold: float) -> Answer | None:
    """Return the likeliest answer, or None (abstention) if its confidence is below the threshold."""
    return answers[0] if answers and answers[0].confidence >= threshold else None
