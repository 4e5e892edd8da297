"""The bench's figures over held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagequant.evaluation import bootstrap
from imagequant.evaluation.bootstrap import f1_parts, right_parts
from imagequant.experiments.cross_validation.paired import Parts, compared_figure, contest_f1, figure
from imagequant.experiments.cross_validation.rows import HeldOut
from imagequant.params import EvaluateParams

# Groups of labels with a meaning of their own; every other group counts as the contest's.
HAND, EYE, CONSENSUS = "hand", "eye", "consensus"


def strict_f1(row: HeldOut) -> bootstrap.Parts:
    """A row's share of contest F1 where only the label itself counts."""
    return f1_parts(row.strict)


def agreement(row: HeldOut) -> bootstrap.Parts:
    """A row's share of the share of rows answered right, or rightly not answered."""
    return right_parts(row.outcome)


def oracle_recall(row: HeldOut) -> bootstrap.Parts:
    """A row's share of the share of answers that are among the candidates."""
    return float(row.answerable and row.read), float(row.answerable)


@dataclass(frozen=True)
class Measure:
    """A figure: which rows it is over, and what each gives."""

    parts: Parts[HeldOut]
    over: Callable[[HeldOut], bool]


MEASURES: Mapping[str, Measure] = {
    "contest_f1_hand": Measure(contest_f1, lambda row: row.group == HAND),
    "contest_f1_all": Measure(contest_f1, lambda row: row.group not in (EYE, CONSENSUS)),
    "contest_f1_dimensions": Measure(contest_f1, lambda row: row.group == EYE),
    "contest_f1_dimensions_strict": Measure(strict_f1, lambda row: row.group == EYE),
    "consensus_agreement": Measure(agreement, lambda row: row.group == CONSENSUS),
    "oracle_recall_hand": Measure(oracle_recall, lambda row: row.group == HAND and row.answerable),
}


def headline(rows: Sequence[HeldOut], params: EvaluateParams) -> dict[str, Any]:
    """Every measure's figure; None where no row belongs to it."""
    return {name: figure(_over(rows, measure), measure.parts, params) for name, measure in MEASURES.items()}


def compared(rows: Sequence[HeldOut], model: Sequence[HeldOut], params: EvaluateParams) -> dict[str, Any]:
    """Every measure's figure with its difference to the model's on the same rows."""
    return {
        name: compared_figure(_over(rows, measure), _over(model, measure), measure.parts, params)
        for name, measure in MEASURES.items()
    }


def _over(rows: Sequence[HeldOut], measure: Measure) -> list[HeldOut]:
    return [row for row in rows if measure.over(row)]
