from __future__ import annotations

from dataclasses import replace

import pytest
from tests.scored_rows import make_row

from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.cross_validation.report import (
    MEASURES,
    headline_figures,
    summarise,
)
from imagequant.experiments.cross_validation.runs import RunResult
from imagequant.params import EvaluateParams

PARAMS = EvaluateParams(bootstrap=200, seed=5, worst_errors=0, report_rows=0, report_photos=0)


def some_rows() -> list[ScoredRow]:
    """By hand: TP 2, FP 1, FN 1, TN 1."""
    return [
        make_row("5 gram", ("5 gram", 0.9), photo="a", row=1, label_source="hand"),
        make_row("6 gram", ("7 gram", 0.9), photo="a", row=2, label_source="hand"),
        make_row("8 gram", photo="b", row=3, label_source="hand"),
        make_row("", photo="c", row=4, label_source="hand"),
        make_row("9 gram", ("9 gram", 0.9), photo="d", row=5, label_source="contest"),
    ]


def test_headline_takes_each_group_of_labels_for_its_own_figure() -> None:
    rows = [
        *some_rows(),
        make_row("3 gram", ("4 gram", 0.9), photo="e", row=6, label_source="eye", alternatives="4 gram"),
        make_row("3 gram", ("4 gram", 0.9), photo="f", row=7, label_source="consensus"),
        make_row("", photo="g", row=8, label_source="consensus"),
    ]
    figures = {name: (made["value"], made["rows"]) for name, made in headline_figures(rows, PARAMS).items()}
    assert figures == {
        "contest_f1_hand": (pytest.approx(2 / 4), 4),
        "contest_f1_all": (pytest.approx(4 / 6), 5),
        "contest_f1_dimensions": (1.0, 1),  # an alternative is accepted
        "contest_f1_dimensions_strict": (0.0, 1),
        "consensus_agreement": (0.5, 2),
        "oracle_recall_hand": (pytest.approx(1 / 3), 3),
        "coverage_at_95": (0.0, 5),  # of answers of one confidence, some are wrong
        "coverage_at_99": (0.0, 5),
    }


def test_files_without_a_label_source_count_as_a_whole() -> None:
    figures = headline_figures([make_row("5 gram", ("5 gram", 0.9), row=1), make_row("5 gram", row=2)], PARAMS)
    assert figures.pop("contest_f1_all")["rows"] == 2
    assert set(figures.values()) == {None}


def test_a_method_does_not_differ_from_itself() -> None:
    rows = some_rows()
    for name, made in headline_figures(rows, PARAMS, rows).items():
        if made is not None:
            assert (made["difference"], made["difference_ci95"]) == (0.0, [0.0, 0.0]), name


def test_summary_keys_and_what_belongs_where() -> None:
    rows = tuple(some_rows())
    worse = tuple(replace(each, outcome="FP") for each in rows)
    runs = [
        RunResult("full", "0", rows[:2], {"epoch": 3}),
        RunResult("full", "1", rows[2:], {"epoch": 4}),
        RunResult("synthetic_only", "synthetic_only", worse, {"epoch": 5}),
        RunResult("first_quantity", "0", worse, {}),
        RunResult("no_cnn", "0", rows, {"epoch": 6}),
    ]
    summary = summarise(runs, {"folds": 2, "rows_left_out": 7, "cnn_weights": "random"}, PARAMS)
    assert set(summary) == {
        "ablations", "baselines", "by_entity", "by_group", "synthetic_only", "data", "errors", "trainings",
        *MEASURES, "synthetic_only_contest_f1", "coverage_at_95", "coverage_at_99",
        "expected_calibration_error",
    }  # fmt: skip
    # Of two answers by hand with a confidence of 0.9, one is right; the contest's own label does not count.
    assert summary["expected_calibration_error"] == {"full": pytest.approx(0.4), "synthetic_only": pytest.approx(0.4)}
    assert set(summary["baselines"]) == {"first_quantity"}
    assert set(summary["ablations"]) == {"no_cnn"}
    assert summary["ablations"]["no_cnn"]["contest_f1_all"]["difference"] == 0.0
    assert summary["synthetic_only_contest_f1"]["value"] == 0.0
    assert summary["synthetic_only_contest_f1"]["over_first_quantity"] == 0.0
    assert summary["synthetic_only_contest_f1"]["over_first_quantity_ci95"] == [0.0, 0.0]
    assert summary["synthetic_only"]["contest_f1_all"]["difference"] == pytest.approx(-4 / 6)
    assert summary["data"] == {
        "files": {"mine.csv": {"rows": 5, "photos": 4, "groups": {"hand": 4, "contest": 1}}},
        "folds": 2,
        "rows": 5,
        "photos": 4,
        "rows_left_out": 7,
        "cnn_weights": "random",
    }
    assert summary["errors"]["right"] == 3
    assert summary["by_group"]["hand"]["errors"]["not read by OCR"] == 2
    assert summary["by_entity"]["item_weight"]["contest"]["contest_f1"]["value"] == 1.0
    assert summary["trainings"]["full"] == {"0": {"epoch": 3}, "1": {"epoch": 4}}


def test_ablations_are_compared_with_what_they_are_taken_from() -> None:
    """Against the model of several networks, every part would seem to matter by what the others give."""
    rows = tuple(some_rows())
    worse = tuple(replace(each, outcome="FP") for each in rows)
    runs = [
        RunResult("full", "0", rows, {}),
        RunResult("synthetic_only", "synthetic_only", rows, {}),
        RunResult("one_network", "0", worse, {}),
        RunResult("no_cnn", "0", worse, {}),
        RunResult("no_trees", "0", worse, {}),
    ]
    ablations = summarise(runs, {"folds": 2, "rows_left_out": 0, "cnn_weights": "random"}, PARAMS)["ablations"]
    assert ablations["one_network"]["contest_f1_all"]["difference"] < 0
    assert ablations["no_cnn"]["contest_f1_all"]["difference"] == 0
    assert ablations["no_trees"]["contest_f1_all"]["difference"] < 0
