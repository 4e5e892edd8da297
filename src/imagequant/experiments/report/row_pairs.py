"""Validation rows of two revisions, matched, and which of them changed from right to wrong or back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagequant.evaluation.scored_row import ScoredRow


@dataclass(frozen=True)
class RowPair:
    """One row under both revisions."""

    base: ScoredRow
    change: ScoredRow


@dataclass(frozen=True)
class RowPairs:
    """The rows of two revisions.

    Attributes:
        pairs: Rows of both revisions, in the order of the change.
        base_only: Number of rows only in the base.
        change_only: Number of rows only in the change.
    """

    pairs: tuple[RowPair, ...]
    base_only: int
    change_only: int

    @property
    def regressions(self) -> list[RowPair]:
        """Pairs that went from right to wrong, by falling confidence of the change."""
        wrong = (pair for pair in self.pairs if pair.base.right and not pair.change.right)
        return sorted(wrong, key=lambda pair: (-pair.change.confidence, pair.change.key))

    @property
    def improvements(self) -> list[RowPair]:
        """Pairs that went from wrong to right, by falling confidence of the base."""
        right = (pair for pair in self.pairs if pair.change.right and not pair.base.right)
        return sorted(right, key=lambda pair: (-pair.base.confidence, pair.base.key))

    @property
    def changed_answers(self) -> int:
        """Number of pairs with different answers, right or wrong."""
        return sum(pair.base.prediction != pair.change.prediction for pair in self.pairs)

    @property
    def changed_labels(self) -> int:
        """Number of pairs with different labels: their outcome can change even if the answer does not."""
        return sum(pair.base.truth != pair.change.truth for pair in self.pairs)


def match_rows(base: Sequence[ScoredRow], change: Sequence[ScoredRow]) -> RowPairs:
    """Matches rows by photo, entity, source and source row."""
    known = {row.key: row for row in base}
    pairs = tuple(RowPair(known[row.key], row) for row in change if row.key in known)
    return RowPairs(pairs, len(base) - len(pairs), len(change) - len(pairs))
