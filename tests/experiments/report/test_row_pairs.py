from __future__ import annotations

from dataclasses import replace

from tests.scored_rows import make_row

from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.report.sections import match_rows
from imagequant.quantity.scoring import Outcome, Quantity


def row(
    number: int, photo: str = "a", outcome: Outcome = "TP", confidence: float = 0.5, truth: str = "5 gram"
) -> ScoredRow:
    return replace(make_row(truth, photo=photo, row=number), outcome=outcome, confidence=confidence)


def test_rows_match_by_photo_entity_and_place() -> None:
    base = [row(1), row(2), row(3, "b")]
    change = [row(1), row(2, "replaced"), row(3, "b", truth="6 gram"), row(4)]
    pairs = match_rows(base, change)
    assert [pair.change.source_row for pair in pairs.pairs] == [1, 3]
    # The photo of row 2 was replaced: one row fewer in the base, one more here.
    assert (pairs.base_only, pairs.change_only, pairs.changed_labels) == (1, 2, 1)


def test_flipped_rows_the_most_confident_first() -> None:
    base = [row(1), row(2), row(3, outcome="FP", confidence=0.9), row(4, outcome="FN")]
    change = [
        replace(row(1, outcome="FP", confidence=0.6), prediction=Quantity(7, "gram")),
        row(2, outcome="FN", confidence=0.8),
        row(3),
        row(4, outcome="TN"),
    ]
    pairs = match_rows(base, change)
    assert [pair.change.source_row for pair in pairs.regressions] == [2, 1]
    assert [pair.change.source_row for pair in pairs.improvements] == [3, 4]
    assert pairs.changed_answers == 1
