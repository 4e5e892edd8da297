from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from imagequant.experiments.cross_validation.figures import (
    MEASURES,
    agreement,
    compared,
    headline,
    oracle_recall,
)
from imagequant.experiments.cross_validation.jobs import Run
from imagequant.experiments.cross_validation.paired import compared_figure, contest_f1, figure
from imagequant.experiments.cross_validation.rows import HeldOut, decode_rows, encode_rows
from imagequant.experiments.cross_validation.summary import Facts, summarise
from imagequant.params import EvaluateParams

Make = Callable[..., HeldOut]
PARAMS = EvaluateParams(bootstrap=200, seed=5, worst_errors=0, report_rows=0, report_photos=0)


def some_rows(row: Make) -> list[HeldOut]:
    """By hand: TP 2, FP 1, FN 1, TN 1."""
    return [
        row("5 gram", "5 gram", photo="a", row=1, label_source="hand"),
        row("6 gram", "7 gram", photo="a", row=2, label_source="hand"),
        row("8 gram", "", photo="b", row=3, label_source="hand"),
        row("", "", photo="c", row=4, label_source="hand"),
        row("9 gram", "9 gram", photo="d", row=5, label_source="contest"),
    ]


def test_figures_by_hand(row: Make) -> None:
    rows = some_rows(row)
    f1 = figure(rows, contest_f1, PARAMS)
    assert f1 is not None
    assert f1["value"] == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
    assert f1["rows"] == 5
    low, high = f1["ci95"]
    assert 0 <= low < f1["value"] < high <= 1
    right = figure(rows, agreement, PARAMS)
    assert right is not None
    assert right["value"] == pytest.approx(3 / 5)
    # 5 and 9 were read; 6 and 8 were not; the silent row has no answer to read.
    read = figure(rows, oracle_recall, PARAMS)
    assert read is not None
    assert read["value"] == pytest.approx(2 / 4)


def test_headline_takes_each_group_of_labels_for_its_own_figure(row: Make) -> None:
    rows = [
        *some_rows(row),
        row("3 gram", "4 gram", photo="e", row=6, label_source="eye", alternatives="4 gram"),
        row("3 gram", "4 gram", photo="f", row=7, label_source="consensus"),
        row("", "", photo="g", row=8, label_source="consensus"),
    ]
    figures = {name: (made["value"], made["rows"]) for name, made in headline(rows, PARAMS).items()}
    assert figures == {
        "contest_f1_hand": (pytest.approx(2 / 4), 4),
        "contest_f1_all": (pytest.approx(4 / 6), 5),
        "contest_f1_dimensions": (1.0, 1),  # an alternative is accepted
        "contest_f1_dimensions_strict": (0.0, 1),
        "consensus_agreement": (0.5, 2),
        "oracle_recall_hand": (pytest.approx(1 / 3), 3),
    }


def test_files_without_a_label_source_count_as_a_whole(row: Make) -> None:
    figures = headline([row("5 gram", "5 gram", row=1), row("5 gram", "", row=2)], PARAMS)
    assert figures.pop("contest_f1_all")["rows"] == 2
    assert set(figures.values()) == {None}


def test_a_method_does_not_differ_from_itself(row: Make) -> None:
    rows = some_rows(row)
    for name, made in compared(rows, rows, PARAMS).items():
        if made is not None:
            assert (made["difference"], made["difference_ci95"]) == (0.0, [0.0, 0.0]), name


def test_differences_are_paired(row: Make) -> None:
    # Every photo has one row the other method gets wrong: resampling photos cannot change the difference.
    model = [row("5 gram", "5 gram", photo=str(n), row=n) for n in range(30)]
    other = [row("5 gram", "5 gram" if n % 2 else "6 gram", photo=str(n // 2), row=n) for n in range(30)]
    same_photos = [replace(mine, sha256=theirs.sha256) for mine, theirs in zip(model, other, strict=True)]
    made = compared_figure(other, same_photos, agreement, PARAMS)
    assert made is not None
    assert made["difference"] == pytest.approx(-0.5)
    assert made["difference_ci95"] == pytest.approx([-0.5, -0.5])


def test_differences_are_over_the_rows_both_answered(row: Make) -> None:
    model = [row("5 gram", "5 gram", photo="a", row=1), row("5 gram", "6 gram", photo="b", row=2)]
    made = compared_figure(model[:1], model, agreement, PARAMS)
    assert made is not None
    assert (made["value"], made["rows"], made["difference"]) == (1.0, 1, 0.0)


def test_intervals_are_over_photos_not_rows(row: Make) -> None:
    # One photo: whatever is drawn, the figure stays.
    rows = [row("5 gram", "5 gram" if n % 2 else "6 gram", photo="one", row=n) for n in range(20)]
    made = figure(rows, agreement, PARAMS)
    assert made is not None
    assert made["ci95"] == [0.5, 0.5]


def test_summary_keys_and_what_belongs_where(row: Make) -> None:
    rows = tuple(some_rows(row))
    worse = tuple(replace(each, outcome="FP") for each in rows)
    runs = [
        Run("full", 0, rows[:2], {"epoch": 3}),
        Run("full", 1, rows[2:], {"epoch": 4}),
        Run("catalogue_only", "catalogue_only", worse, {"epoch": 5}),
        Run("first_quantity", 0, worse, {}),
        Run("no_cnn", 0, rows, {"epoch": 6}),
    ]
    summary = summarise(runs, Facts(2, 7, "random"), PARAMS)
    assert set(summary) == {
        "ablations", "baselines", "by_entity", "by_group", "catalogue_only", "data", "errors", "trainings",
        *MEASURES, "catalogue_only_contest_f1",
    }  # fmt: skip
    assert set(summary["baselines"]) == {"first_quantity"}
    assert set(summary["ablations"]) == {"no_cnn"}
    assert summary["ablations"]["no_cnn"]["contest_f1_all"]["difference"] == 0.0
    assert summary["catalogue_only_contest_f1"]["value"] == 0.0
    assert summary["catalogue_only_contest_f1"]["over_first_quantity"] == 0.0
    assert summary["catalogue_only_contest_f1"]["over_first_quantity_ci95"] == [0.0, 0.0]
    assert summary["catalogue_only"]["contest_f1_all"]["difference"] == pytest.approx(-4 / 6)
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


def test_rows_are_stored_whole(row: Make) -> None:
    rows = some_rows(row)
    assert decode_rows(encode_rows(rows, {"epoch": 2})) == (rows, {"epoch": 2})


def test_ablations_are_compared_with_what_they_are_taken_from(row: Make) -> None:
    """Against the model of several networks, every part would seem to matter by what the others give."""
    rows = tuple(some_rows(row))
    worse = tuple(replace(each, outcome="FP") for each in rows)
    runs = [
        Run("full", 0, rows, {}),
        Run("catalogue_only", "catalogue_only", rows, {}),
        Run("one_network", 0, worse, {}),
        Run("no_cnn", 0, worse, {}),
        Run("no_trees", 0, worse, {}),
    ]
    ablations = summarise(runs, Facts(2, 0, "random"), PARAMS)["ablations"]
    assert ablations["one_network"]["contest_f1_all"]["difference"] < 0
    assert ablations["no_cnn"]["contest_f1_all"]["difference"] == 0
    assert ablations["no_trees"]["contest_f1_all"]["difference"] < 0
