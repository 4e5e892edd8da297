"""Figures over results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from imagequant.evaluation.bootstrap import Parts, f1_parts, interval, photo_sums, ratios, resampled, right_parts
from imagequant.evaluation.results import BUCKETS, Result, number_right_unit_wrong, within
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Score, outcome, same_quantity, score
from imagequant.quantity.units import ENTITIES

_CLOSE = 0.02
_BINS = 10
AXES = ("height", "width", "depth")


def summarise(results: Sequence[Result], params: EvaluateParams, cnn_weights: str) -> dict[str, Any]:
    """Everything ``summary.json`` holds."""
    answerable = sum(result.label.answerable for result in results)
    return {
        **_scores(results),
        "rows": len(results),
        "answerable_rows": answerable,
        "photos": len({result.label.sha256 for result in results}),
        "cnn_weights": cnn_weights,
        "within_2_percent": _share(
            [within(r.prediction, r.label.truths, _CLOSE) for r in results if r.label.answerable]
        ),
        "number_right_unit_wrong": _share([number_right_unit_wrong(r.prediction, r.label.truths) for r in results]),
        "expected_calibration_error": calibration_error(results),
        "area_under_risk_coverage": float(np.mean([point["risk"] for point in risk_coverage(results)] or [0.0])),
        "baseline_first_quantity_contest_f1": first_quantity_score(results).contest_f1,
        "errors": {name: count for name, count in bucket_counts(results).items() if name != "right"},
        "ci95": {name: list(confidence(results, parts, params)) for name, parts in RESAMPLED.items()},
        "by_entity": {
            entity: {**_scores(mine), "rows": len(mine)}
            for entity in ENTITIES
            if (mine := [result for result in results if result.label.entity == entity])
        },
    }


RESAMPLED: Mapping[str, Callable[[Result], Parts]] = {
    "contest_f1": lambda result: f1_parts(result.outcome),
    "exact_match": lambda result: right_parts(result.outcome),
    "oracle_recall": lambda result: (float(result.label.answerable and result.read), float(result.label.answerable)),
}


def confidence(
    results: Sequence[Result], parts: Callable[[Result], Parts], params: EvaluateParams
) -> tuple[float, float]:
    """The 95% interval of a figure under resampling of photos."""
    sums = photo_sums((result.label.sha256, parts(result)) for result in results)
    return interval(ratios(resampled(sums, params.bootstrap, params.seed)))


def _scores(results: Sequence[Result]) -> dict[str, float]:
    contest = contest_score(results)
    return {
        "contest_f1": contest.contest_f1,
        "precision": contest.precision,
        "recall": contest.recall,
        "exact_match": contest.exact_match,
        "oracle_recall": oracle_recall(results),
    }


def contest_score(results: Sequence[Result]) -> Score:
    """The contest's counts."""
    return score(result.outcome for result in results)


def oracle_recall(results: Sequence[Result]) -> float:
    """Share of the rows with an answer whose answer is among the candidates."""
    return _share([result.read for result in results if result.label.answerable])


def first_quantity_score(results: Sequence[Result]) -> Score:
    """The baseline: answer the first quantity of the right kind, always."""
    return score(outcome(result.first, result.label.truths, answerable=result.label.answerable) for result in results)


def bucket_counts(results: Sequence[Result]) -> dict[str, int]:
    """Rows by bucket, all buckets named."""
    counts = Counter(result.bucket for result in results)
    return {name: counts[name] for name in BUCKETS}


def risk_coverage(results: Sequence[Result]) -> list[dict[str, float]]:
    """Risk (share of wrong answers) when only the surest share of rows is answered.

    Source: R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective classification" (2010).
    """
    ordered = sorted((result for result in results if result.best), key=lambda result: -result.confidence)
    wrong = 0
    points = []
    for count, result in enumerate(ordered, start=1):
        wrong += not best_is_right(result)
        if count == len(ordered) or ordered[count].confidence < result.confidence:
            points.append({"coverage": count / len(results), "risk": wrong / count, "confidence": result.confidence})
    return points


def reliability(results: Sequence[Result]) -> list[dict[str, float]]:
    """Mean confidence against the share of right answers, in bins of equal width."""
    bins: dict[int, list[Result]] = {}
    for result in results:
        if result.best:
            bins.setdefault(min(int(result.confidence * _BINS), _BINS - 1), []).append(result)
    return [
        {
            "confidence": float(np.mean([result.confidence for result in mine])),
            "right": _share([best_is_right(result) for result in mine]),
            "rows": len(mine),
        }
        for _, mine in sorted(bins.items())
    ]


def calibration_error(results: Sequence[Result]) -> float:
    """Expected calibration error: the bins' gap between confidence and accuracy, weighted by rows."""
    points = reliability(results)
    rows = sum(point["rows"] for point in points)
    return sum(abs(point["confidence"] - point["right"]) * point["rows"] for point in points) / rows if rows else 0.0


def best_is_right(result: Result) -> bool:
    """Whether the likeliest answer, given or kept back, equals an accepted one."""
    best = result.best
    return best is not None and any(same_quantity(best, truth) for truth in result.label.truths)


def axis_confusion(results: Sequence[Result]) -> list[dict[str, str]]:
    """For questions after height, width and depth: which of the photo's labels the answer equals.

    Rows ``asked, answered``, a row a question; ``answered`` is ``other`` where the answer equals none of them and
    ``silent`` where there is none.
    """
    labels: dict[str, list[Result]] = {}
    for result in results:
        if result.label.entity in AXES:
            labels.setdefault(result.label.sha256, []).append(result)
    return [
        {"asked": result.label.entity, "answered": _axis_answered(result, mine)}
        for mine in labels.values()
        for result in mine
    ]


def _axis_answered(result: Result, photo: Sequence[Result]) -> str:
    if result.prediction is None:
        return "silent"
    # Its own label first: on a cube all three agree.
    for other in sorted(photo, key=lambda other: other.label.entity != result.label.entity):
        if within(result.prediction, other.label.truths, _CLOSE):
            return other.label.entity
    return "other"


def unit_confusion(results: Sequence[Result]) -> list[dict[str, str]]:
    """Rows ``truth, predicted`` of units, where both are there."""
    return [
        {"truth": result.label.truths[0].unit, "predicted": result.prediction.unit}
        for result in results
        if result.prediction is not None and result.label.truths
    ]


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
