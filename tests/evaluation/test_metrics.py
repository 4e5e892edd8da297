from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.scored_rows import make_row

from imagequant.evaluation import metrics
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.params import EvaluateParams

PARAMS = EvaluateParams(bootstrap=50, seed=1, worst_errors=4, report_rows=10, report_photos=10)


def rows() -> list[ScoredRow]:
    return [
        make_row("500 gram", ("500 gram", 0.9), photo="a", row=0),
        make_row("20 gram", ("30 gram", 0.8), read=("20 gram",), photo="a", row=1),
        make_row("100 gram", ("101 gram", 0.6), photo="b", row=2),
        make_row("7 gram", photo="c", row=3),
        make_row("", ("9 gram", 0.2), photo="d", row=4),
    ]


def test_summary_by_hand() -> None:
    summary = metrics.summarise(rows(), PARAMS, "random")
    # TP 1, FP 2, FN 1, TN 1
    assert summary["precision"] == pytest.approx(1 / 3)
    assert summary["recall"] == pytest.approx(1 / 2)
    assert summary["contest_f1"] == pytest.approx(0.4)
    assert summary["exact_match"] == pytest.approx(2 / 5)
    assert summary["oracle_recall"] == pytest.approx(2 / 4)
    assert summary["within_2_percent"] == pytest.approx(2 / 4)  # 101 for 100 is close enough here
    assert summary["cnn_weights"] == "random"
    assert summary["rows"] == 5
    assert summary["photos"] == 4
    assert summary["by_entity"]["item_weight"]["rows"] == 5
    assert summary["errors"] == {
        "not read by OCR": 2, "read but not parsed": 0, "wrong candidate": 1, "wrong unit": 0,
        "should be empty": 0, "should not be empty": 0, "label is a range": 0,
    }  # fmt: skip
    low, high = summary["ci95"]["contest_f1"]
    assert 0 <= low <= 0.4 <= high <= 1


def test_baseline_answers_the_first_quantity() -> None:
    mine = [make_row("20 gram", ("30 gram", 0.8), read=("20 gram",)), make_row("5 gram", ("5 gram", 0.1))]
    # candidates stand in reading order: 30 first (wrong), 5 first (right, though the model kept it back)
    assert metrics.summarise(mine, PARAMS, "random")["baseline_first_quantity_contest_f1"] == pytest.approx(2 / 3)


def test_risk_coverage_orders_by_confidence() -> None:
    points = metrics.risk_coverage(rows())
    assert [(p["coverage"], p["risk"]) for p in points] == [
        (0.2, 0.0), (0.4, 0.5), (pytest.approx(0.6), pytest.approx(2 / 3)), (0.8, 0.75),
    ]  # fmt: skip


def test_calibration_error_by_hand() -> None:
    # One bin a row here: |0.9-1|, |0.8-0|, |0.6-0|, |0.2-0| over four answered rows
    assert metrics.calibration_error(rows()) == pytest.approx((0.1 + 0.8 + 0.6 + 0.2) / 4)


def test_axis_confusion_tells_a_swap() -> None:
    mine = [
        make_row("10 inch", ("20 inch", 0.9), entity="height", photo="p"),
        make_row("20 inch", ("20 inch", 0.9), entity="width", photo="p"),
        make_row("30 inch", ("7 inch", 0.9), entity="depth", photo="p"),
        make_row("30 inch", entity="depth", photo="q"),
    ]
    assert [(row["asked"], row["answered"]) for row in metrics.axis_confusion(mine)] == [
        ("height", "width"), ("width", "width"), ("depth", "other"), ("depth", "silent"),
    ]  # fmt: skip


def test_interval_resamples_photos_not_rows() -> None:
    # Two photos of ten rows each, one all right, one all wrong: resampling rows would give a narrow interval.
    mine = [
        make_row("5 gram", ("5 gram" if photo == "a" else "6 gram", 0.9), photo=photo)
        for photo in "ab"
        for _ in range(10)
    ]
    summary = metrics.summarise(mine, replace(PARAMS, bootstrap=200), "random")
    assert summary["ci95"]["exact_match"] == [0.0, 1.0]


def test_empty_results_have_no_nan() -> None:
    silent = [make_row("", photo="x")]
    summary = metrics.summarise(silent, PARAMS, "random")
    assert all(np.isfinite(value) for value in summary.values() if isinstance(value, float))
