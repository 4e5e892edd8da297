"""Figures over held-out rows, with bootstrap intervals over photos and paired differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imagequant.bench.rows import HeldOut
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Outcome

# Groups of labels with a meaning of their own; every other group counts as the contest's.
HAND, EYE, CONSENSUS = "hand", "eye", "consensus"
# A row's share of a figure: both are summed over rows, then divided.
Parts = Callable[[HeldOut], tuple[float, float]]


def f1_parts(outcome: Outcome) -> tuple[float, float]:
    """Contest F1 is 2 TP / (2 TP + FP + FN)."""
    return {"TP": (2.0, 2.0), "FP": (0.0, 1.0), "FN": (0.0, 1.0), "TN": (0.0, 0.0)}[outcome]


def contest_f1(row: HeldOut) -> tuple[float, float]:
    """A row's share of contest F1, alternatives accepted."""
    return f1_parts(row.outcome)


def strict_f1(row: HeldOut) -> tuple[float, float]:
    """A row's share of contest F1 where only the label itself counts."""
    return f1_parts(row.strict)


def agreement(row: HeldOut) -> tuple[float, float]:
    """A row's share of the share of rows answered right, or rightly not answered."""
    return float(row.outcome in ("TP", "TN")), 1.0


def oracle_recall(row: HeldOut) -> tuple[float, float]:
    """A row's share of the share of answers that are among the candidates."""
    return float(row.answerable and row.read), float(row.answerable)


@dataclass(frozen=True)
class Measure:
    """A figure: which rows it is over, and what each gives."""

    parts: Parts
    over: Callable[[HeldOut], bool]


MEASURES: Mapping[str, Measure] = {
    "contest_f1_hand": Measure(contest_f1, lambda row: row.group == HAND),
    "contest_f1_all": Measure(contest_f1, lambda row: row.group not in (EYE, CONSENSUS)),
    "contest_f1_dimensions": Measure(contest_f1, lambda row: row.group == EYE),
    "contest_f1_dimensions_strict": Measure(strict_f1, lambda row: row.group == EYE),
    "consensus_agreement": Measure(agreement, lambda row: row.group == CONSENSUS),
    "oracle_recall_hand": Measure(oracle_recall, lambda row: row.group == HAND and row.answerable),
}


def headline(rows: Sequence[HeldOut], params: EvaluateParams) -> dict[str, Any]:
    """Every measure's figure; None where no row belongs to it."""
    return {name: figure(_over(rows, measure), measure.parts, params) for name, measure in MEASURES.items()}


def compared(rows: Sequence[HeldOut], model: Sequence[HeldOut], params: EvaluateParams) -> dict[str, Any]:
    """Every measure's figure with its difference to the model's on the same rows."""
    return {
        name: compared_figure(_over(rows, measure), _over(model, measure), measure.parts, params)
        for name, measure in MEASURES.items()
    }


def figure(rows: Sequence[HeldOut], parts: Parts, params: EvaluateParams) -> dict[str, Any] | None:
    """``value``, ``ci95`` and ``rows`` of one figure; None without rows."""
    if not rows:
        return None
    sums = _photo_sums(rows, parts)
    resampled = _resampled(sums, resamples(len(sums), params))
    return {"value": _ratio(sums.sum(axis=0)), "ci95": _interval(resampled), "rows": len(rows)}


def compared_figure(
    rows: Sequence[HeldOut], model: Sequence[HeldOut], parts: Parts, params: EvaluateParams
) -> dict[str, Any] | None:
    """A figure with ``difference`` (its value less the model's; below 0 it is worse) and ``difference_ci95``.

    Both are resampled together, over the photos of the rows that both answered.
    """
    result = figure(rows, parts, params)
    if result is None:
        return None
    common = {row.key for row in rows} & {row.key for row in model}
    if not common:
        return result
    mine, theirs = (_photo_sums([row for row in each if row.key in common], parts) for each in (rows, model))
    draws = resamples(len(mine), params)
    differences = _resampled(mine, draws) - _resampled(theirs, draws)
    difference = _ratio(mine.sum(axis=0)) - _ratio(theirs.sum(axis=0))
    return {**result, "difference": difference, "difference_ci95": _interval(differences)}


def resamples(photos: int, params: EvaluateParams) -> NDArray[np.float64]:
    """How often each photo is drawn in each resample, (resamples, photos); the draws ``evaluate`` makes.

    Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    """
    random = np.random.default_rng(params.seed)
    draws = [random.integers(0, photos, photos) for _ in range(params.bootstrap)]
    return np.stack([np.bincount(drawn, minlength=photos) for drawn in draws]).astype(np.float64)


def _over(rows: Sequence[HeldOut], measure: Measure) -> list[HeldOut]:
    return [row for row in rows if measure.over(row)]


def _photo_sums(rows: Sequence[HeldOut], parts: Parts) -> NDArray[np.float64]:
    """Numerators and denominators summed by photo, (photos, 2), photos by the place of their first row."""
    sums: dict[str, NDArray[np.float64]] = {}
    for row in sorted(rows, key=lambda row: row.key):
        sums.setdefault(row.sha256, np.zeros(2))
        sums[row.sha256] += parts(row)
    return np.stack(list(sums.values()))


def _resampled(sums: NDArray[np.float64], draws: NDArray[np.float64]) -> NDArray[np.float64]:
    numerators, denominators = (draws @ sums).T
    ratios: NDArray[np.float64] = np.divide(
        numerators, denominators, out=np.zeros_like(numerators), where=denominators > 0
    )
    return ratios


def _ratio(sums: NDArray[np.float64]) -> float:
    return float(sums[0] / sums[1]) if sums[1] else 0.0


def _interval(values: NDArray[np.float64]) -> list[float]:
    low, high = np.percentile(values, (2.5, 97.5))
    return [float(low), float(high)]
