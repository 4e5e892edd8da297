"""CSV files that are written without a declaration: what their cells must hold. All cells are text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from imagequant.storage.checks import NOT_EMPTY, SHA256, SHARE_TEXT, SHARE_TEXT_OR_EMPTY, matches, one_of
from imagequant.storage.declare import Cells, Expression, RowRule, Table
from imagequant.storage.entity_checks import ENTITY, unit_of_entity


@dataclass(frozen=True)
class QuestionRow:
    """A row of a raw file. The ``sources`` stage refuses rows that break a rule, or leaves them to ``labels``."""

    image_link: Annotated[str, NOT_EMPTY, "URL or path of the photo."]
    entity_name: Annotated[str, ENTITY, "The entity asked for."]


@dataclass(frozen=True)
class EvaluatedRow:
    """A validation row with its answer."""

    row_id: Annotated[str, "Number of the row in the table of labels."]
    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    entity: Annotated[str, ENTITY, "The entity asked for."]
    prediction: Annotated[str, "The answer, or empty."]
    confidence: Annotated[str, SHARE_TEXT, "Estimated probability that the answer is right."]
    outcome: Annotated[str, one_of(("TP", "FP", "FN", "TN")), "How the contest counts it."]
    read: Annotated[str, one_of(("True", "False")), "Whether the right answer is among the candidates."]


@dataclass(frozen=True)
class AnswerRow:
    """A test row with its answer."""

    index: Annotated[str, "The row's ``index`` in the raw file."]
    entity_name: Annotated[str, "The entity asked for."]
    prediction: Annotated[str, matches("`x unit` or empty", r"\A(\d+(\.\d+)? [a-z ]+)?\z"), "The answer, or empty."]
    confidence: Annotated[str, SHARE_TEXT_OR_EMPTY, "Estimated probability that the answer is right."]


def _has_unit_of_entity(cells: Cells) -> Expression:
    prediction = cells("prediction")

    def ends_with(units: Iterable[str]) -> Expression:
        return matches("", rf"\A\S+ ({'|'.join(units)})\z").test(prediction)

    return (prediction == "") | unit_of_entity(cells("entity_name"), ends_with)


QUESTIONS = Table(QuestionRow, "data/sources/<split>/*")
SCORED = Table(
    EvaluatedRow,
    "metrics/evaluate/rows.csv",
    RowRule(
        "a prediction where the outcome is TP or FP, none where it is not",
        lambda cells: cells("outcome").isin(["TP", "FP"]) == (cells("prediction") != ""),
    ),
)
ANSWERS = Table(
    AnswerRow,
    "data/predict/details.csv",
    RowRule("a unit of the entity", _has_unit_of_entity),
    RowRule(
        "a confidence where there is a prediction",
        lambda cells: (cells("prediction") == "") | (cells("confidence") != ""),
    ),
)
