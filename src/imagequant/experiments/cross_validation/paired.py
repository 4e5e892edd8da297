"""Figures over scored rows, with bootstrap intervals over photos, and paired differences of two models' figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from imagequant.evaluation import bootstrap
from imagequant.evaluation.bootstrap import f1_parts, interval, photo_sums, ratios
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Outcome


class Scored(Protocol):
    """A row that was answered; two models' rows of one ``key`` answer the same question."""

    @property
    def key(self) -> tuple[str | int, ...]:
        """What names the row among all models' rows."""

    @property
    def sha256(self) -> str:
        """The photo."""

    @property
    def outcome(self) -> Outcome:
        """The contest's."""


R = TypeVar("R", bound=Scored)
Parts = Callable[[R], bootstrap.Parts]


def contest_f1(row: Scored) -> bootstrap.Parts:
    """A row's share of contest F1, alternatives accepted."""
    return f1_parts(row.outcome)


def figure(rows: Sequence[R], parts: Parts[R], params: EvaluateParams) -> dict[str, Any] | None:
    """``value``, ``ci95`` and ``rows`` of one figure; None without rows."""
    if not rows:
        return None
    sums = _photo_sums(rows, parts)
    draws = ratios(bootstrap.resampled(sums, params.bootstrap, params.seed))
    return {"value": float(ratios(sums.sum(axis=0))), "ci95": list(interval(draws)), "rows": len(rows)}


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
    draws = bootstrap.resampled(np.hstack([mine, theirs]), params.bootstrap, params.seed)
    difference = float(ratios(mine.sum(axis=0)) - ratios(theirs.sum(axis=0)))
    spread = interval(ratios(draws[:, :2]) - ratios(draws[:, 2:]))
    return {**result, "difference": difference, "difference_ci95": list(spread)}


def _photo_sums(rows: Sequence[R], parts: Parts[R]) -> NDArray[np.float64]:
    """By photo, in the order of the rows' keys: two models' photos stand in the same places."""
    return photo_sums((row.sha256, parts(row)) for row in sorted(rows, key=lambda row: row.key))
