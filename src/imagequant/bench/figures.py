"""Figures over held-out rows, with bootstrap intervals over photos and paired differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imagequant import bootstrap
from imagequant.bench.rows import HeldOut
from imagequant.bootstrap import f1_parts, interval, photo_sums, ratios, right_parts
from imagequant.params import EvaluateParams

# Groups of labels with a meaning of their own; every other group counts as the contest's.
HAND, EYE, CONSENSUS = "hand", "eye", "consensus"
Parts = Callable[[HeldOut], bootstrap.Parts]


def contest_f1(row: HeldOut) -> bootstrap.Parts:
    """A row's share of contest F1, alternatives accepted."""
    return f1_parts(row.outcome)


def strict_f1(row: HeldOut) -> bootstrap.Parts:
    """A row's share of contest F1 where only the label itself counts."""
    return f1_parts(row.strict)


def agreement(row: HeldOut) -> bootstrap.Parts:
    """A row's share of the share of rows answered right, or rightly not answered."""
    return right_parts(row.outcome)


def oracle_recall(row: HeldOut) -> bootstrap.Parts:
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
    draws = ratios(bootstrap.resampled(sums, params.bootstrap, params.seed))
    return {"value": float(ratios(sums.sum(axis=0))), "ci95": list(interval(draws)), "rows": len(rows)}


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
    draws = bootstrap.resampled(np.hstack([mine, theirs]), params.bootstrap, params.seed)
    difference = float(ratios(mine.sum(axis=0)) - ratios(theirs.sum(axis=0)))
    spread = interval(ratios(draws[:, :2]) - ratios(draws[:, 2:]))
    return {**result, "difference": difference, "difference_ci95": list(spread)}


def _over(rows: Sequence[HeldOut], measure: Measure) -> list[HeldOut]:
    return [row for row in rows if measure.over(row)]


def _photo_sums(rows: Sequence[HeldOut], parts: Parts) -> NDArray[np.float64]:
    """By photo, in the order of the rows' keys: two methods' photos stand in the same places."""
    return photo_sums((row.sha256, parts(row)) for row in sorted(rows, key=lambda row: row.key))
