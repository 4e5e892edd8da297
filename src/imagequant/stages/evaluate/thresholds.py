"""What each threshold on confidence would give: the numbers behind the report's slider."""

from collections.abc import Sequence

import numpy as np

from imagequant.evaluation.scored_row import ScoredRow

STEPS = 100


def by_threshold(rows: Sequence[ScoredRow], entities: Sequence[str]) -> dict[str, dict[str, object]]:
    """Return, per entity and for all (``""``), the counts from which precision, coverage and F1 follow.

    ``answered`` and ``right`` have one number per threshold, from 0 to 1 in ``STEPS``; ``missed`` is the number of
    answerable rows that are then not answered.
    """
    return {
        entity: _counts(mine)
        for entity in ("", *entities)
        if (mine := [row for row in rows if entity in ("", row.entity)])
    }


def _counts(rows: Sequence[ScoredRow]) -> dict[str, object]:
    has_answer = np.array([row.best is not None for row in rows])
    confidence = np.array([row.confidence for row in rows])
    right = np.array([row.best_is_right for row in rows])
    answerable = np.array([row.answerable for row in rows])
    given = [has_answer & (confidence >= step / STEPS) for step in range(STEPS + 1)]
    return {
        "answerable": int(answerable.sum()),
        "answered": [int(each.sum()) for each in given],
        "right": [int((each & right).sum()) for each in given],
        "missed": [int((answerable & ~each).sum()) for each in given],
    }
