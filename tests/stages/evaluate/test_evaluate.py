from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.scored_rows import make_row

from imagequant.evaluation import metrics
from imagequant.evaluation.scored_row import Evidence, ScoredRow
from imagequant.params import EvaluateParams
from imagequant.stages.evaluate import run
from imagequant.stages.evaluate.browser import worst

PARAMS = EvaluateParams(bootstrap=50, seed=1, worst_errors=4, report_rows=10, report_photos=10)


def rows() -> list[ScoredRow]:
    return [
        make_row("500 gram", ("500 gram", 0.9), photo="a", row=0),
        make_row("20 gram", ("30 gram", 0.8), read=("20 gram",), photo="a", row=1),
        make_row("100 gram", ("101 gram", 0.6), photo="b", row=2),
        make_row("7 gram", photo="c", row=3),
        make_row("", ("9 gram", 0.2), photo="d", row=4),
    ]


def test_every_row_is_written_where_git_keeps_it(tmp_path: Path) -> None:
    run.write_metrics(tmp_path, metrics.summarise(rows(), PARAMS, "random"), rows())
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [(line["sha256"], line["source_row"], line["outcome"]) for line in written] == [
        ("a", "0", "TP"), ("a", "1", "FP"), ("b", "2", "FP"), ("c", "3", "FN"), ("d", "4", "TN"),
    ]  # fmt: skip


def test_worst_errors_are_the_most_confident() -> None:
    answered = [Evidence(row, (), ()) for row in rows()]
    assert [e.row.row_id for e in worst(answered, 2)] == [1, 2]
    assert [e.row.row_id for e in worst(iter(answered), 9)] == [1, 2, 3, 4, 0]


@pytest.mark.parametrize("batch_size", [1, 2, 1000])
def test_all_rows_are_collected_and_the_evidence_of_the_worst(monkeypatch: pytest.MonkeyPatch, batch_size: int) -> None:
    monkeypatch.setattr(run, "_BATCH_SIZE", batch_size)
    answered = [Evidence(row, (), ()) for row in reversed(rows())]
    params = replace(PARAMS, worst_errors=2, report_rows=4)
    collected, errors, browser_rows = run.collect(iter(answered), params)
    assert collected == [evidence.row for evidence in answered]
    assert errors == worst(answered, 2)
    # wrong answers, wrong abstentions, then right rows, the least confident first
    assert [each.row.row_id for each in browser_rows] == [1, 2, 3, 4]
