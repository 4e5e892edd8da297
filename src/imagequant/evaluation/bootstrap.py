"""Paired bootstrap over photos: questions about one photo are not independent, so whole photos are resampled.

Every figure is a ratio of two sums over rows, so a resample needs no rows: only how often each photo is drawn, and the
sums over its rows. ``scipy.stats.bootstrap`` would need a wrapper of the same length and draw other samples.

Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from imagequant.evaluation.scored_row import ScoredRow
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Outcome

# A row's terms of a ratio: numerator and denominator, each summed over rows.
Terms = tuple[float, float]
Measure = Callable[[ScoredRow], Terms]


class Figure(TypedDict):
    """A measure over rows, in the form of the JSON files.

    Attributes:
        value: The measure.
        ci95: Its 95% interval.
        rows: How many rows it is over.
        difference: The value less that of the reference, on the rows of both; below 0 it is worse.
        difference_ci95: The 95% interval of the difference.
    """

    value: float
    ci95: list[float]
    rows: int
    difference: NotRequired[float]
    difference_ci95: NotRequired[list[float]]


def f1_terms(outcome: Outcome) -> Terms:
    """Contest F1 is 2 TP / (2 TP + FP + FN)."""
    return {"TP": (2.0, 2.0), "FP": (0.0, 1.0), "FN": (0.0, 1.0), "TN": (0.0, 0.0)}[outcome]


def contest_f1(row: ScoredRow) -> Terms:
    """Contest F1, with alternatives accepted."""
    return f1_terms(row.outcome)


def strict_f1(row: ScoredRow) -> Terms:
    """Contest F1 if only the label itself is accepted."""
    return f1_terms(row.strict_outcome)


def exact_match(row: ScoredRow) -> Terms:
    """The share of rows answered correctly or rightly abstained from."""
    return float(row.right), 1.0


def oracle_recall(row: ScoredRow) -> Terms:
    """The share of answerable rows whose answer is among the candidates."""
    return float(row.answerable and row.read), float(row.answerable)


def figure(
    rows: Sequence[ScoredRow], measure: Measure, params: EvaluateParams, reference: Sequence[ScoredRow] = ()
) -> Figure | None:
    """Return a measure with its interval, None without rows.

    If some rows are also in the reference, the figure has the paired difference over them: both are resampled together,
    photo by photo.
    """
    if not rows:
        return None
    sums = photo_sums((row.sha256, measure(row)) for row in rows)
    low, high = interval(ratios(resample(sums, params.bootstrap, params.seed)))
    result: Figure = {"value": float(ratios(sums.sum(axis=0))), "ci95": [low, high], "rows": len(rows)}
    known = {row.key: row for row in reference}
    pairs = [(row, known[row.key]) for row in rows if row.key in known]
    if not pairs:
        return result
    # Four numbers per row: the terms of the row, then those of the reference.
    sums = photo_sums((row.sha256, (*measure(row), *measure(other))) for row, other in pairs)
    total, draws = sums.sum(axis=0), resample(sums, params.bootstrap, params.seed)
    low, high = interval(ratios(draws[:, :2]) - ratios(draws[:, 2:]))
    difference = float(ratios(total[:2]) - ratios(total[2:]))
    return {**result, "difference": difference, "difference_ci95": [low, high]}


def is_significant(figure: Figure) -> bool:
    """Whether the interval of the difference excludes 0."""
    low, high = figure["difference_ci95"]
    return low > 0 or high < 0


def photo_sums(rows: Iterable[tuple[str, Sequence[float]]]) -> NDArray[np.float64]:
    """Sums the values of each photo's rows: (photos, values per row), photos in order of their first row."""
    sums: dict[str, NDArray[np.float64]] = {}
    for photo, values in rows:
        if photo in sums:
            sums[photo] += values
        else:
            sums[photo] = np.array(values, dtype=np.float64)
    return np.stack(list(sums.values()))


def resample(sums: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    """Return the sums over as many photos, drawn with replacement, (resamples, values per row)."""
    rng, photos = np.random.default_rng(seed), len(sums)
    samples = (rng.integers(0, photos, photos) for _ in range(resamples))
    # Counts instead of copies, one resample at a time: all at once would be resamples times photos numbers.
    return np.stack([np.bincount(sample, minlength=photos) @ sums for sample in samples])


def ratios(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the first value of each line divided by the second; 0 if that is 0."""
    numerators, denominators = sums[..., 0], sums[..., 1]
    return np.divide(numerators, denominators, out=np.zeros_like(numerators), where=denominators > 0)


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95% percentile interval."""
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
