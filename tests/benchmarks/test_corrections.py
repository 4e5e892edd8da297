"""The replay of corrections: what is corrected first, and what the figures are over."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.quality.corrections import ORDERS, STEPS, Replay, Step, by_review, draw, summarise
from tests.scored_rows import make_row

from imagequant.evaluation.scored_row import ScoredRow
from imagequant.model.answers import Answer
from imagequant.params import load_params
from imagequant.quantity.scoring import Quantity

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")


def row(number: int, right: bool) -> ScoredRow:
    return make_row(
        "1 inch", ("1 inch" if right else "2 inch", 0.9), entity="height", photo=f"photo{number}", row=number
    )


def test_the_least_certain_are_corrected_first() -> None:
    questions: Any = [SimpleNamespace(name=name) for name in ("sure", "unsure", "surely not", "rather", "as unsure")]
    given = [[Answer(Quantity(1, "inch"), each, each, ())] for each in (0.99, 0.5, 0.02, 0.7, 0.5)]
    ordered: Any = by_review(questions, given)
    assert [question.name for question in ordered] == ["unsure", "as unsure", "rather", "surely not", "sure"]


def test_orders_are_compared_on_the_rows_of_all_folds(tmp_path: Path) -> None:
    steps = [
        Step(
            Replay(order, fold), count, tuple(row(10 * fold + n, order == "review" and n < fold + 1) for n in range(4))
        )
        for order in ORDERS
        for fold in range(2)
        for count in STEPS
    ]
    summary = summarise(steps, PARAMS)
    assert summary["review"]["25"]["rows"] == 8
    # 2 TP / (2 TP + FP): three of eight right
    assert summary["review"]["25"]["value"] == 6 / 11
    assert summary["random"]["25"]["value"] == 0.0
    assert summary["review"]["200"]["difference"] == 6 / 11
    draw(summary, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000
