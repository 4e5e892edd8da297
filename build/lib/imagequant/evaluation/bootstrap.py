"""Paired bootstrap over photos: questions about one photo are not independent, so whole photos are resampled.

A resample needs no rows, only how often each photo is drawn. ``scipy.stats.bootstrap`` would need a wrapper of the
same length and draw other samples.

Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

from imagequant.evaluation.scored_row import ScoredRow
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Outcome

# A row's terms of a ratio: numerator and denominator, each summed over rows.
Terms = tuple[float, float]
Measure = Callable[[ScoredRow], Terms]
# How often each photo is drawn.
Draw = NDArray[np.int64]
# Takes rows and the number of each photo; gives the value over the rows for a draw.
Statistic = Callable[[Sequence[ScoredRow], Mapping[str, int]], Callable[[Draw], float]]
# Precisions by the name of the coverage at each in the JSON files.
COVERAGES = {"coverage_at_95": 0.95, "coverage_at_99": 0.99}


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


MEASURES: Mapping[str, Measure] = {
    "contest_f1": contest_f1,
    "exact_match": exact_match,
    "oracle_recall": oracle_recall,
}


def figure(
    rows: Sequence[ScoredRow], measure: Measure, params: EvaluateParams, reference: Sequence[ScoredRow] = ()
) -> Figure | None:
    """Return a measure with its interval, None without rows; see ``statistic_figure`` for the reference."""
    return statistic_figure(rows, partial(_ratio, measure), params, reference)


def statistic_figure(
    rows: Sequence[ScoredRow], statistic: Statistic, params: EvaluateParams, reference: Sequence[ScoredRow]
) -> Figure | None:
    """Return a statistic with its interval, None without rows.

    If some rows are also in the reference, the figure has the paired difference over them: both are resampled together,
    photo by photo.
    """
    if not rows:
        return None
    numbers = _photo_numbers(rows)
    value, ci95 = _with_interval(statistic(rows, numbers), len(numbers), params)
    result: Figure = {"value": value, "ci95": ci95, "rows": len(rows)}
    known = {row.key: row for row in reference}
    mine = [row for row in rows if row.key in known]
    if mine:
        numbers = _photo_numbers(mine)
        one, other = statistic(mine, numbers), statistic([known[row.key] for row in mine], numbers)
        result["difference"], result["difference_ci95"] = _with_interval(
            lambda draw: one(draw) - other(draw), len(numbers), params
        )
    return result


def is_significant(figure: Figure) -> bool:
    """Whether the interval of the difference excludes 0."""
    low, high = figure["difference_ci95"]
    return low > 0 or high < 0


def _photo_numbers(rows: Sequence[ScoredRow]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(row.sha256 for row in rows))}


def _ratio(measure: Measure, rows: Sequence[ScoredRow], numbers: Mapping[str, int]) -> Callable[[Draw], float]:
    sums = np.zeros((len(numbers), 2))
    for row in rows:
        sums[numbers[row.sha256]] += measure(row)

    def value(draw: Draw) -> float:
        numerator, denominator = draw @ sums
        return float(numerator / denominator) if denominator else 0.0

    return value


def _with_interval(value: Callable[[Draw], float], photos: int, params: EvaluateParams) -> tuple[float, list[float]]:
    """Return the value if each photo counts once, and the 95% percentile interval over resamples.

    A resample has as many photos, drawn with replacement.
    """
    rng = np.random.default_rng(params.seed)
    samples = (rng.integers(0, photos, photos) for _ in range(params.bootstrap))
    low, high = np.percentile([value(np.bincount(each, minlength=photos)) for each in samples], (2.5, 97.5))
    return value(np.ones(photos, dtype=np.int64)), [float(low), float(high)]


def coverage_figure(
    rows: Sequence[ScoredRow], precision: float, params: EvaluateParams, reference: Sequence[ScoredRow] = ()
) -> Figure | None:
    """Return how many of the questions that have an answer can be answered at a precision; otherwise as ``figure``.

    Answers are given from the most confident down to a threshold. The best threshold keeps the most of them while the
    share of right ones is at least the precision. Rows parsed from ``rows.csv`` lack the answers that were withheld,
    which are the least confident ones.

    Source: R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective classification" (2010).
    """
    return statistic_figure(rows, partial(_coverage, precision), params, reference)


def _coverage(precision: float, rows: Sequence[ScoredRow], numbers: Mapping[str, int]) -> Callable[[Draw], float]:
    answers = sorted((row for row in rows if row.best or row.prediction), key=lambda row: -row.confidence)
    photos = np.array([numbers[row.sha256] for row in answers], dtype=np.int64)
    right = np.array([row.best_is_right for row in answers], dtype=bool)
    confidences = np.array([row.confidence for row in answers])
    # No threshold separates answers of equal confidence.
    is_last = np.append(confidences[1:] < confidences[:-1], True)[: len(answers)]
    answerable = np.zeros(len(numbers), dtype=np.int64)
    for row in rows:
        answerable[numbers[row.sha256]] += row.answerable

    def value(draw: Draw) -> float:
        weights = draw[photos]
        answered, answered_right = np.cumsum(weights), np.cumsum(weights * right)
        kept = answered[is_last & (answered_right >= precision * answered)]
        total = int(draw @ answerable)
        return float(kept.max(initial=0)) / total if total else 0.0

    return value
