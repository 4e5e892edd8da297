"""What every method is given: a run's rows by the part they play, and all that was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imagequant.evaluation.folds import Part
from imagequant.experiments.cross_validation.folds import Fold, parts, require
from imagequant.model.examples import Limits
from imagequant.params import LabelsParams
from imagequant.quantity.scoring import Quantity
from imagequant.storage.labels import LabelRow
from imagequant.storage.layout import Layout
from imagequant.training.questions import Question, Questions

Sides = Mapping[Part, Sequence[Question]]


@dataclass(frozen=True)
class Given:
    """An answer to a held-out question, None for silence, and the confidence of the likeliest."""

    answer: Quantity | None
    confidence: float


@dataclass(frozen=True)
class Material:
    """What one workspace holds: label rows, and the usable ones' questions by row.

    ``cnn`` is the metadata of the CNN's features, ``limits`` what the questions were made under.
    """

    labels: Sequence[LabelRow]
    questions: Mapping[int, Question]
    cnn: dict[str, str]
    limits: Limits


def load_material(layout: Layout, limits: Limits) -> Material:
    """Reads the stages' outputs."""
    asked = Questions.of(layout, limits)
    questions = {question.label.row_id: question for question in asked.ask()}
    return Material(list(asked.labels()), questions, asked.features.metadata, limits)


def split_questions(material: Material, fold: Fold, folds: int, params: LabelsParams, *, catalogue: bool) -> Sides:
    """The questions of one run by the part they play in it (see ``folds.parts``).

    Raises:
        InputError: If a part is empty.
    """
    split = parts(material.labels, fold, folds, params, catalogue=catalogue)
    sides: dict[Part, list[Question]] = {"train": [], "development": [], "validation": []}
    for label, part in zip(material.labels, split, strict=True):
        if part is not None and label.row_id in material.questions:
            sides[part].append(material.questions[label.row_id])
    require([part for part, questions in sides.items() if questions], fold, folds)
    return sides
