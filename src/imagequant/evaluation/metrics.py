"""Figures over scored rows, and the files they are written to."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from imagequant.evaluation.bootstrap import COVERAGES, MEASURES, Measure, coverage_figure, figure
from imagequant.evaluation.scored_row import BUCKETS, ScoredRow, is_within, is_wrong_unit
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import kept_by_threshold, outcome, score

SUMMARY_FILE = "summary.json"
REPORT_FILE = "report.html"
CARD_FILE = "model_card.json"
_CLOSE = 0.02
_BINS = 10
AXES = ("height", "width", "depth")


def summarise(
    rows: Sequence[ScoredRow], params: EvaluateParams, cnn_weights: str, entities: Sequence[str] = ()
) -> dict[str, Any]:
    """Return everything ``summary.json`` holds; ``entities`` come in this order, others after them."""
    coverage = {name: coverage_figure(rows, precision, params) for name, precision in COVERAGES.items()}
    return {
        **_scores(rows),
        "rows": len(rows),
        "answerable_rows": sum(row.answerable for row in rows),
        "photos": len({row.sha256 for row in rows}),
        "cnn_weights": cnn_weights,
        "within_2_percent": _share([is_within(row.prediction, row.truths, _CLOSE) for row in rows if row.answerable]),
        "number_right_unit_wrong": _share([is_wrong_unit(row.prediction, row.truths) for row in rows]),
        "expected_calibration_error": calibration_error(rows),
        "area_under_risk_coverage": float(np.mean([point["risk"] for point in risk_coverage(rows)] or [0.0])),
        # The simplest baseline always answers the first quantity of the right kind.
        "baseline_first_quantity_contest_f1": score(
            outcome(row.first, row.truths, answerable=row.answerable) for row in rows
        ).contest_f1,
        "errors": {name: count for name, count in bucket_counts(rows).items() if name != "right"},
        **{name: found["value"] if found else 0.0 for name, found in coverage.items()},
        "ci95": {
            **{name: interval_of(rows, measure, params) for name, measure in MEASURES.items()},
            **{name: found["ci95"] if found else [] for name, found in coverage.items()},
        },
        "by_entity": {
            entity: {**_scores(mine), "rows": len(mine)}
            for entity in dict.fromkeys((*entities, *sorted(row.entity for row in rows)))
            if (mine := [row for row in rows if row.entity == entity])
        },
    }


def interval_of(rows: Sequence[ScoredRow], measure: Measure, params: EvaluateParams) -> list[float]:
    """Return the 95% interval of a measure over at least one row."""
    result = figure(rows, measure, params)
    return result["ci95"] if result else []


def _scores(rows: Sequence[ScoredRow]) -> dict[str, float]:
    contest = score(row.outcome for row in rows)
    names = ("contest_f1", "precision", "recall", "exact_match")
    return {
        **{name: getattr(contest, name) for name in names},
        "oracle_recall": _share([row.read for row in rows if row.answerable]),
    }


def bucket_counts(rows: Sequence[ScoredRow]) -> dict[str, int]:
    """Return the number of rows in each bucket, empty ones included."""
    counts = Counter(row.bucket for row in rows)
    return {name: counts[name] for name in BUCKETS}


def risk_coverage(rows: Sequence[ScoredRow]) -> list[dict[str, float]]:
    """Return the risk (share of wrong answers) if only the most confident share of rows is answered.

    Source: R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective classification" (2010).
    """
    points = []
    for kept in kept_by_threshold((row.confidence, row.best_is_right) for row in rows if row.best):
        risk = (kept.answers - kept.right) / kept.answers
        points.append({"coverage": kept.answers / len(rows), "risk": risk, "confidence": kept.threshold})
    return points


def reliability(rows: Sequence[ScoredRow]) -> list[dict[str, float]]:
    """Return mean confidence and the share of correct answers, in bins of equal width."""
    bins: dict[int, list[ScoredRow]] = defaultdict(list)
    for row in rows:
        if row.best:
            bins[min(int(row.confidence * _BINS), _BINS - 1)].append(row)
    return [
        {
            "confidence": float(np.mean([row.confidence for row in mine])),
            "right": _share([row.best_is_right for row in mine]),
            "rows": len(mine),
        }
        for _, mine in sorted(bins.items())
    ]


def calibration_error(rows: Sequence[ScoredRow]) -> float:
    """Return the expected calibration error: the bins' gaps between confidence and accuracy, weighted by rows."""
    points = reliability(rows)
    count = sum(point["rows"] for point in points)
    return sum(abs(point["confidence"] - point["right"]) * point["rows"] for point in points) / count if count else 0.0


def axis_confusion(rows: Sequence[ScoredRow]) -> list[dict[str, str]]:
    """Return, for each question about height, width or depth, which of the photo's labels the answer equals.

    ``answered`` is ``other`` if the answer equals none of them, and ``silent`` for an abstention.
    """
    photos: dict[str, list[ScoredRow]] = defaultdict(list)
    for row in rows:
        if row.entity in AXES:
            photos[row.sha256].append(row)
    return [{"asked": row.entity, "answered": _answered_axis(row, mine)} for mine in photos.values() for row in mine]


def _answered_axis(row: ScoredRow, photo: Sequence[ScoredRow]) -> str:
    if row.prediction is None:
        return "silent"
    # Its own label first: all three axes of a cube agree.
    for other in sorted(photo, key=lambda other: other.entity != row.entity):
        if is_within(row.prediction, other.truths, _CLOSE):
            return other.entity
    return "other"


def unit_confusion(rows: Sequence[ScoredRow]) -> list[dict[str, str]]:
    """Return the units of label and answer, for each row that has both."""
    both = ((row.truths[0], row.prediction) for row in rows if row.prediction and row.truths)
    return [{"truth": truth.unit, "predicted": prediction.unit} for truth, prediction in both]


def rounded(value: Any) -> Any:
    """Rounds all floats in nested values to six decimals: further digits are noise in a diff."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0
