"""The best trial's model beside that of the values set, on the same held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imagequant.experiments.cross_validation.paired import compared_figure, contest_f1
from imagequant.experiments.tuning.measure import HeldOutRow
from imagequant.params import EvaluateParams

ALL = "all"


def compared_by_source(
    mine: Sequence[HeldOutRow], theirs: Sequence[HeldOutRow], params: EvaluateParams
) -> dict[str, Any]:
    """Contest F1 and its paired difference on all rows, and on those of each file where there are several."""
    sources = sorted({row.source for row in mine})
    parts: dict[str, list[HeldOutRow]] = {ALL: list(mine)}
    if len(sources) > 1:
        parts |= {source: [row for row in mine if row.source == source] for source in sources}
    return {name: compared_figure(rows, theirs, contest_f1, params) for name, rows in parts.items()}
