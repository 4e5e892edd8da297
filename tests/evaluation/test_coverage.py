"""Coverage at a precision, by hand."""

from __future__ import annotations

import pytest
from tests.scored_rows import make_row

from imagequant.evaluation.bootstrap import coverage_figure
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.params import EvaluateParams

PARAMS = EvaluateParams(bootstrap=50, seed=1, worst_errors=4, report_rows=10, report_photos=10)


def rows() -> list[ScoredRow]:
    """Right, right, wrong, right from the most confident down; one question is not answered, one has no answer."""
    return [
        make_row("1 gram", ("1 gram", 0.9), photo="a", row=0),
        make_row("2 gram", ("2 gram", 0.8), photo="b", row=1),
        make_row("3 gram", ("4 gram", 0.7), photo="c", row=2),
        make_row("5 gram", ("5 gram", 0.6), photo="d", row=3),
        make_row("6 gram", photo="e", row=4),
        make_row("", photo="f", row=5),
    ]


@pytest.mark.parametrize(("precision", "expected"), [(1.0, 2 / 5), (0.95, 2 / 5), (0.75, 4 / 5), (0.6, 4 / 5)])
def test_coverage_by_hand(precision: float, expected: float) -> None:
    found = coverage_figure(rows(), precision, PARAMS)
    assert found is not None
    assert found["value"] == pytest.approx(expected)
    assert found["rows"] == 6
    low, high = found["ci95"]
    assert 0 <= low <= expected <= high <= 1


def test_no_threshold_separates_answers_of_one_confidence() -> None:
    tied = [make_row("1 gram", ("1 gram", 0.9), photo="a"), make_row("2 gram", ("3 gram", 0.9), photo="b")]
    found = coverage_figure(tied, 0.95, PARAMS)
    assert found is not None
    assert found["value"] == 0.0


def test_the_most_confident_error_costs_everything() -> None:
    first_wrong = [make_row("1 gram", ("2 gram", 0.99), photo="z", row=9), *rows()[:2]]
    found = coverage_figure(first_wrong, 0.95, PARAMS)
    assert found is not None
    assert found["value"] == 0.0


def test_without_rows_there_is_no_figure() -> None:
    assert coverage_figure([], 0.95, PARAMS) is None


def test_the_difference_is_over_the_rows_of_both() -> None:
    worse = [make_row("1 gram", ("2 gram", 0.95), photo="a", row=0), *rows()[1:4]]
    found = coverage_figure(rows(), 0.95, PARAMS, worse)
    assert found is not None
    # Without the last two rows, four have an answer: two of them can be answered, and none where the surest is wrong.
    assert found["difference"] == pytest.approx(2 / 4)
    low, high = found["difference_ci95"]
    assert low <= found["difference"] <= high
