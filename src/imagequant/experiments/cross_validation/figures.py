"""The figures of cross-validation over held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from imagequant.evaluation.bootstrap import (
    Figure,
    Measure,
    compared_figure,
    contest_f1,
    exact_match,
    figure,
    oracle_recall,
    strict_f1,
)
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.params import EvaluateParams

# Groups of labels with figures of their own; all other groups count as the contest's.
HAND, EYE, CONSENSUS = "hand", "eye", "consensus"


@dataclass(frozen=True)
class GroupMeasure:
    """A measure over the rows that meet a condition."""

    measure: Measure
    includes: Callable[[ScoredRow], bool]

    def select(self, rows: Sequence[ScoredRow]) -> list[ScoredRow]:
        """Return the rows that meet the condition."""
        return [row for row in rows if self.includes(row)]


MEASURES: Mapping[str, GroupMeasure] = {
    "contest_f1_hand": GroupMeasure(contest_f1, lambda row: row.group == HAND),
    "contest_f1_all": GroupMeasure(contest_f1, lambda row: row.group not in (EYE, CONSENSUS)),
    "contest_f1_dimensions": GroupMeasure(contest_f1, lambda row: row.group == EYE),
    "contest_f1_dimensions_strict": GroupMeasure(strict_f1, lambda row: row.group == EYE),
    "consensus_agreement": GroupMeasure(exact_match, lambda row: row.group == CONSENSUS),
    "oracle_recall_hand": GroupMeasure(oracle_recall, lambda row: row.group == HAND and row.answerable),
}


def headline_figures(rows: Sequence[ScoredRow], params: EvaluateParams) -> dict[str, Figure | None]:
    """Return the figure of every measure, None if no row belongs to it."""
    return {name: figure(each.select(rows), each.measure, params) for name, each in MEASURES.items()}


def compared_figures(
    rows: Sequence[ScoredRow], reference: Sequence[ScoredRow], params: EvaluateParams
) -> dict[str, Figure | None]:
    """Return the figure of every measure with its difference to the reference on the same rows."""
    return {
        name: compared_figure(each.select(rows), each.select(reference), each.measure, params)
        for name, each in MEASURES.items()
    }
