"""Figures over scored rows, with bootstrap intervals over photos, and paired differences of two models' figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Outcome


class Scored(Protocol):
    """A row that was answered; two models' rows of one ``key`` answer the same question."""

    @property
    def key(self) -> tuple[str, int]:
        """What names the row among all methods' rows."""

    @property
    def sha256(self) -> str:
        """The photo."""

    @property
    def outcome(self) -> Outcome:
        """The contest's."""


R = TypeVar("R", bound=Scored)
# A row's share of a figure: both are summed over rows, then divided.
Parts = Callable[[R], tuple[float, float]]


def f1_parts(outcome: Outcome) -> tuple[float, float]:
    """Contest F1 is 2 TP / (2 TP + FP + FN)."""
    return {"TP": (2.0, 2.0), "FP": (0.0, 1.0), "FN": (0.0, 1.0), "TN": (0.0, 0.0)}[outcome]


def contest_f1(row: Scored) -> tuple[float, float]:
    """A row's share of contest F1, alternatives accepted."""
    return f1_parts(row.outcome)


def figure(rows: Sequence[R], parts: Parts[R], params: EvaluateParams) -> dict[str, Any] | None:
    """``value``, ``ci95`` and ``rows`` of one figure; None without rows."""
    if not rows:
        return None
    sums = _photo_sums(rows, parts)
    resampled = _resampled(sums, resamples(len(sums), params))
    return {"value": _ratio(sums.sum(axis=0)), "ci95": _interval(resampled), "rows": len(rows)}


def compared_figure(
    rows: Sequence[R], model: Sequence[R], parts: Parts[R], params: EvaluateParams
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


def _photo_sums(rows: Sequence[R], parts: Parts[R]) -> NDArray[np.float64]:
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
