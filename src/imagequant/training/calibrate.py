"""Calibration and the abstention threshold, both from the development rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from imagequant.model.answers import Calibration, raw_logit
from imagequant.quantity.scoring import Outcome, score

# With fewer right or wrong answers than this, a fit would be mostly noise.
_MIN_ANSWERS = 8


@dataclass(frozen=True)
class BestAnswer:
    """The best answer to a development row: its raw probability, whether it is right, whether the row has an answer."""

    probability: float
    right: bool
    answerable: bool


def calibrate(outcomes: Sequence[BestAnswer]) -> Calibration:
    """Fits Platt scaling to the best answers' probabilities, then picks the threshold with the highest contest F1.

    Source: J. Platt, "Probabilistic outputs for support vector machines" (1999). With too few rows the raw
    probabilities are kept.
    """
    answered = [outcome for outcome in outcomes if outcome.probability > 0]
    rights = sum(outcome.right for outcome in answered)
    scaled = Calibration()
    if min(rights, len(answered) - rights) >= _MIN_ANSWERS:
        logits = np.array([[raw_logit(outcome.probability)] for outcome in answered])
        fit = LogisticRegression(C=1.0).fit(logits, [outcome.right for outcome in answered])
        # A negative slope would reverse the order, which can only be noise.
        if fit.coef_[0, 0] > 0:
            scaled = Calibration(float(fit.coef_[0, 0]), float(fit.intercept_[0]))
    return Calibration(scaled.slope, scaled.offset, best_threshold(outcomes, scaled))


def best_threshold(outcomes: Sequence[BestAnswer], calibration: Calibration) -> float:
    """Return the confidence below which abstaining scores better; the lowest of equally good ones.

    Only thresholds from 0 to 0.5 are tried: on few rows a higher one would be luck.
    """
    confidences = [calibration.confidence(outcome.probability) for outcome in outcomes]

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
