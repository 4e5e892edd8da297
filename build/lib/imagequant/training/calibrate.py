"""Calibration and the abstention threshold, from answers to rows that the model has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from imagequant.model.answers import Calibration, raw_logit
from imagequant.quantity.scoring import Outcome, kept_by_threshold, score

# ``predict.precision`` is one of these.
PRECISIONS = (0.8, 0.9, 0.95, 0.98, 0.99)
# A negative weight of the probability would reverse the order, which can only be noise.
_LEAST_SLOPE = 0.05


@dataclass(frozen=True)
class BestAnswer:
    """The best answer to a labelled row.

    Attributes:
        probability: The model's; 0 without an answer.
        right: Whether it is right.
        answerable: Whether the label has an answer.
        evidence: What else speaks for it (``features.EVIDENCE``).
        source_abstains: See ``Example.source_abstains``.
        calibrates: See ``Example.calibrates``.
    """

    probability: float
    right: bool
    answerable: bool
    evidence: tuple[float, ...] = ()
    source_abstains: bool = True
    calibrates: bool = True

    @property
    def inputs(self) -> tuple[float, ...]:
        """The inputs of the regression."""
        return raw_logit(self.probability), *self.evidence


def calibrate(outcomes: Sequence[BestAnswer]) -> Calibration:
    """Fits a logistic regression to best answers, then picks the threshold with the highest contest F1.

    Source: J. Platt, "Probabilistic outputs for support vector machines" (1999), with evidence as further inputs. One
    right and one wrong answer with the mean inputs are added, so that there is always something to fit. What speaks for
    an answer never makes it less sure: evidence with a negative weight is left out. Rows that do not calibrate
    only count if there are no others. The threshold rests on all rows whose source abstains, since few real sources ask
    as much that has no answer as users do.
    """
    outcomes = [outcome for outcome in outcomes if outcome.source_abstains] or outcomes
    calibrating = [outcome for outcome in outcomes if outcome.calibrates] or outcomes
    answered = [outcome for outcome in calibrating if outcome.probability > 0]
    if not answered:
        return Calibration()
    inputs = np.array([outcome.inputs for outcome in answered])
    rights = np.array([outcome.right for outcome in answered])
    (slope, *evidence), offset = _fit(inputs, rights)
    wrong = len(answered) - int(rights.sum())
    scaled = Calibration(slope, offset, evidence=tuple(evidence), rows=len(answered), wrong=wrong)
    precise = tuple((precision, precise_threshold(answered, scaled, precision)) for precision in PRECISIONS)
    return replace(scaled, threshold=best_threshold(outcomes, scaled), precise=precise)


def _fit(inputs: NDArray[np.float64], rights: NDArray[np.bool_]) -> tuple[list[float], float]:
    """Return weights, the first at least ``_LEAST_SLOPE`` and none negative, and the constant."""
    mean = inputs.mean(axis=0)
    used = list(range(inputs.shape[1]))
    while True:
        rows = np.vstack([(inputs - mean)[:, used], np.zeros((2, len(used)))])
        fitted = LogisticRegression(C=1.0).fit(rows, [*rights, True, False])
        weights = fitted.coef_[0]
        if len(used) == 1 or weights[1:].min() >= 0:
            break
        used.pop(1 + int(weights[1:].argmin()))
    result = np.zeros(inputs.shape[1])
    result[used] = weights
    result[0] = max(result[0], _LEAST_SLOPE)
    return result.tolist(), float(fitted.intercept_[0] - result @ mean)


def precise_threshold(answered: Sequence[BestAnswer], calibration: Calibration, precision: float) -> float:
    """Return the lowest threshold at which this share of the answers given is right; 1 if there is none."""
    answers = ((calibration.confidence(each.probability, each.evidence), each.right) for each in answered)
    reached = (kept.threshold for kept in kept_by_threshold(answers) if kept.right >= precision * kept.answers)
    return min(reached, default=1.0)


def best_threshold(outcomes: Sequence[BestAnswer], calibration: Calibration) -> float:
    """Return the confidence below which abstaining scores better; the lowest of equally good ones.

    Only thresholds from 0 to 0.5 are tried: on few rows a higher one would be luck.
    """
    confidences = [calibration.confidence(outcome.probability, outcome.evidence) for outcome in outcomes]

    def f1(threshold: float) -> float:
        return score(
            _contest_outcome(outcome, confidence >= threshold)
            for outcome, confidence in zip(outcomes, confidences, strict=True)
        ).contest_f1

    thresholds = [round(0.02 * step, 2) for step in range(26)]
    return max(thresholds, key=lambda threshold: (round(f1(threshold), 9), -threshold))


def _contest_outcome(outcome: BestAnswer, answered: bool) -> Outcome:
    if not answered or outcome.probability <= 0:
        return "FN" if outcome.answerable else "TN"
    return "TP" if outcome.right else "FP"
