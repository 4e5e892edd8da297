"""Coverage: how many of the questions that have an answer can be answered at a given precision.

Answers are given from the most confident down to a threshold. The best threshold keeps the most of them while the share
of right ones is at least the precision. Source: R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective
classification" (2010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagequant.evaluation.bootstrap import Figure, interval
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.params import EvaluateParams

PRECISIONS = (0.95, 0.99)


def coverage_name(precision: float) -> str:
    """Return the name of the coverage at a precision in ``summary.json``: ``coverage_at_95``."""
    return f"coverage_at_{precision:.0%}".rstrip("%")


@dataclass(frozen=True)
class _Ordered:
    """Answers from the most confident down: their photo, whether right, and whether a threshold can follow them."""

    photos: NDArray[np.int64]
    right: NDArray[np.bool_]
    last: NDArray[np.bool_]
    # Of each photo: how many questions have an answer.
    answerable: NDArray[np.int64]

    def coverage(self, draws: NDArray[np.int64], precision: float) -> float:
        """Return the coverage if each photo counts as often as it was drawn."""
        weights = draws[self.photos]
        answered, right = np.cumsum(weights), np.cumsum(weights * self.right)
        kept = answered[self.last & (right >= precision * answered)]
        total = int(draws @ self.answerable)
        return float(kept.max(initial=0)) / total if total else 0.0


def coverage_figure(
    rows: Sequence[ScoredRow], precision: float, params: EvaluateParams, reference: Sequence[ScoredRow] = ()
) -> Figure | None:
    """Return the coverage at a precision with its 95% bootstrap interval over photos, None without rows.

    Rows parsed from ``rows.csv`` lack the answers that were withheld, which are the least confident ones.
    If some rows are also in the reference, the figure has the paired difference over them (see ``bootstrap.figure``).
    """
    if not rows:
        return None
    numbers = {name: number for number, name in enumerate(dict.fromkeys(row.sha256 for row in rows))}
    ordered, draws = _order(rows, numbers), _draws(len(numbers), params)
    values = np.array([ordered.coverage(each, precision) for each in draws])
    once = np.ones(len(numbers), dtype=np.int64)
    low, high = interval(values)
    result: Figure = {"value": ordered.coverage(once, precision), "ci95": [low, high], "rows": len(rows)}
    known = {row.key: row for row in reference}
    mine = [row for row in rows if row.key in known]
    if not mine:
        return result
    one, other = _order(mine, numbers), _order([known[row.key] for row in mine], numbers)
    low, high = interval(np.array([one.coverage(each, precision) - other.coverage(each, precision) for each in draws]))
    difference = one.coverage(once, precision) - other.coverage(once, precision)
    return {**result, "difference": difference, "difference_ci95": [low, high]}


def _draws(photos: int, params: EvaluateParams) -> list[NDArray[np.int64]]:
    """Return how often each photo is drawn, for each resample."""
    rng = np.random.default_rng(params.seed)
    return [np.bincount(rng.integers(0, photos, photos), minlength=photos) for _ in range(params.bootstrap)]


def _order(rows: Sequence[ScoredRow], numbers: Mapping[str, int]) -> _Ordered:
    answers = sorted((row for row in rows if row.best or row.prediction), key=lambda row: -row.confidence)
    confidences = np.array([row.confidence for row in answers])
    answerable = np.zeros(len(numbers), dtype=np.int64)
    for row in rows:
        answerable[numbers[row.sha256]] += row.answerable
    return _Ordered(
        photos=np.array([numbers[row.sha256] for row in answers], dtype=np.int64),
        right=np.array([row.best_is_right for row in answers], dtype=bool),
        last=np.append(confidences[1:] < confidences[:-1], True)[: len(answers)],
        answerable=answerable,
    )
