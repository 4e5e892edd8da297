from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imagequant.core.records import Box, Candidate, Mention, Word
from imagequant.evaluation import metrics
from imagequant.evaluation.results import Evidence, Result, make_result, number_right_unit_wrong, within
from imagequant.model.answers import Answer
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Quantity
from imagequant.stages.evaluate import run
from imagequant.stages.evaluate.gallery import worst_errors
from imagequant.storage.labels import LabelRow

PARAMS = EvaluateParams(bootstrap=50, seed=1, worst_errors=4, report_rows=10, report_photos=10)


def label(
    truth: str,
    entity: str = "item_weight",
    photo: str = "a",
    row: int = 0,
    alternatives: str = "",
    high: float | None = None,
) -> LabelRow:
    number, _, unit = truth.partition(" ")
    value = float(number) if truth else None
    extra = json.dumps({"alternatives": alternatives})
    status = "ok" if truth else "empty"
    return LabelRow(
        row,
        "s.csv",
        row + 1,
        "l",
        photo,
        "g",
        entity,
        truth,
        status,
        "",
        value,
        unit,
        value,
        high or value,
        "validation",
        extra,
    )


def candidate(quantity: str) -> Candidate:
    number, _, unit = quantity.partition(" ")
    value = float(number)
    return Candidate(
        Mention(value, unit, value, value), quantity, Box(0, 0, 10, 10), 0, 0.9, (), 0, (0,), ("rapidocr",)
    )


def result(
    truth: str, *answers: tuple[str, float], read: tuple[str, ...] = (), text: str = "", **options: object
) -> Result:
    """A row with ranked answers (quantity, confidence); candidates are the answers and ``read``."""
    names = [name for name, _ in answers] + list(read)
    candidates = [candidate(name) for name in names]
    ranked = [
        Answer(Quantity(candidates[i].value, candidates[i].unit), confidence, confidence, (i,))
        for i, (_, confidence) in enumerate(answers)
    ]
    tokens = [Word(text, Box(0, 0, 1, 1), 0.9, 0, "rapidocr")] if text else []
    return make_result(label(truth, **options), candidates, tokens, ranked, threshold=0.3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "outcome", "bucket"),
    [
        (result("500 gram", ("500 gram", 0.9)), "TP", "right"),
        (result("", ("500 gram", 0.1)), "TN", "right"),  # kept back: too unsure
        (result("", ("500 gram", 0.9)), "FP", "should be empty"),
        (result("500 gram", ("20 gram", 0.9), ("500 gram", 0.1)), "FP", "wrong candidate"),
        (result("500 gram", ("500 gram", 0.1)), "FN", "should not be empty"),
        (result("500 gram", ("500 milligram", 0.9), read=("500 gram",)), "FP", "wrong unit"),
        # the other printed unit of the same amount
        (result("340 gram", ("12 ounce", 0.9), read=("340 gram",)), "FP", "wrong unit"),
        (result("500 gram", ("20 gram", 0.9)), "FP", "not read by OCR"),
        (result("500 gram"), "FN", "not read by OCR"),
        # the number stands in the text, the grammar made nothing of it
        (result("500 gram", ("20 gram", 0.9), text="about500gr."), "FP", "read but not parsed"),
        (result("1.5 kilogram", text="1,5"), "FN", "read but not parsed"),
        # 500 inside 1500 is not it
        (result("500 gram", text="1500"), "FN", "not read by OCR"),
        (result("10 kilogram", ("10 kilogram", 0.9), high=15.0), "FP", "label is a range"),
        # listed alternatives are accepted
        (result("12 inch", ("30 centimetre", 0.9), entity="width", alternatives="30 centimetre"), "TP", "right"),
    ],
)
def test_outcome_and_bucket(made: Result, outcome: str, bucket: str) -> None:
    assert (made.outcome, made.bucket) == (outcome, bucket)


def rows() -> list[Result]:
    return [
        result("500 gram", ("500 gram", 0.9), photo="a", row=0),
        result("20 gram", ("30 gram", 0.8), read=("20 gram",), photo="a", row=1),
        result("100 gram", ("101 gram", 0.6), photo="b", row=2),
        result("7 gram", photo="c", row=3),
        result("", ("9 gram", 0.2), photo="d", row=4),
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
    results = [result("20 gram", ("30 gram", 0.8), read=("20 gram",)), result("5 gram", ("5 gram", 0.1))]
    # candidates stand in reading order: 30 first (wrong), 5 first (right, though the model kept it back)
    assert metrics.first_quantity_score(results).contest_f1 == pytest.approx(2 / 3)


def test_risk_coverage_orders_by_confidence() -> None:
    points = metrics.risk_coverage(rows())
    assert [(p["coverage"], p["risk"]) for p in points] == [
        (0.2, 0.0), (0.4, 0.5), (pytest.approx(0.6), pytest.approx(2 / 3)), (0.8, 0.75),
    ]  # fmt: skip


def test_calibration_error_by_hand() -> None:
    # One bin a row here: |0.9-1|, |0.8-0|, |0.6-0|, |0.2-0| over four answered rows
    assert metrics.calibration_error(rows()) == pytest.approx((0.1 + 0.8 + 0.6 + 0.2) / 4)


def test_axis_confusion_tells_a_swap() -> None:
    results = [
        result("10 inch", ("20 inch", 0.9), entity="height", photo="p"),
        result("20 inch", ("20 inch", 0.9), entity="width", photo="p"),
        result("30 inch", ("7 inch", 0.9), entity="depth", photo="p"),
        result("30 inch", entity="depth", photo="q"),
    ]
    assert [(row["asked"], row["answered"]) for row in metrics.axis_confusion(results)] == [
        ("height", "width"), ("width", "width"), ("depth", "other"), ("depth", "silent"),
    ]  # fmt: skip


def test_interval_resamples_photos_not_rows() -> None:
    # Two photos of ten rows each, one all right, one all wrong: resampling rows would give a narrow interval.
    results = [
        result("5 gram", ("5 gram" if photo == "a" else "6 gram", 0.9), photo=photo)
        for photo in "ab"
        for _ in range(10)
    ]
    summary = metrics.summarise(results, replace(PARAMS, bootstrap=200), "random")
    assert summary["ci95"]["exact_match"] == [0.0, 1.0]


def test_every_row_is_written_where_git_keeps_it(tmp_path: Path) -> None:
    run.write_metrics(tmp_path, metrics.summarise(rows(), PARAMS, "random"), rows())
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [(line["sha256"], line["source_row"], line["outcome"]) for line in written] == [
        ("a", "1", "TP"), ("a", "2", "FP"), ("b", "3", "FP"), ("c", "4", "FN"), ("d", "5", "TN"),
    ]  # fmt: skip


def test_units_are_converted_before_comparing() -> None:
    assert within(Quantity(12, "inch"), [Quantity(30.5, "centimetre")], 0.02)
    assert not within(Quantity(12, "inch"), [Quantity(12, "gram")], 0.02)
    assert number_right_unit_wrong(Quantity(12, "inch"), [Quantity(12, "centimetre")])
    assert not number_right_unit_wrong(Quantity(12, "inch"), [Quantity(12, "centimetre"), Quantity(12, "inch")])


def test_worst_errors_are_the_surest() -> None:
    answered = [Evidence(row, (), ()) for row in rows()]
    assert [e.result.label.row_id for e in worst_errors(answered, 2)] == [1, 2]
    assert [e.result.label.row_id for e in worst_errors(iter(answered), 9)] == [1, 2, 3]


@pytest.mark.parametrize("portion", [1, 2, 1000])
def test_all_results_are_kept_and_the_evidence_of_the_worst(monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(run, "_PORTION", portion)
    answered = [Evidence(row, (), ()) for row in reversed(rows())]
    params = replace(PARAMS, worst_errors=2, report_rows=4)
    results, worst, browsed = run.collect(iter(answered), params)
    assert results == [evidence.result for evidence in answered]
    assert worst == worst_errors(answered, 2)
    # wrong answers, wrong silence, then right rows, the least sure of them first
    assert [row.result.label.row_id for row in browsed] == [1, 2, 3, 4]


def test_empty_results_have_no_nan() -> None:
    silent = [result("", photo="x")]
    summary = metrics.summarise(silent, PARAMS, "random")
    assert all(np.isfinite(value) for value in summary.values() if isinstance(value, float))
