"""The folds of cross-validation: each real photo is held out once, and the catalogue is only trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imagequant.evaluation.fit_and_answer import FoldQuestions
from imagequant.evaluation.folds import Fold, Part, SplitRow, make_fold, make_folds, split_rows
from imagequant.experiments.cross_validation.inputs import is_catalogue
from imagequant.params import LabelsParams
from imagequant.storage.labels import LabelRow
from imagequant.training.questions import Question

# The fold that repeats `dvc repro`: trained on the catalogue, with all real rows held out.
CATALOGUE_ONLY = "catalogue_only"


def named_folds(
    labels: Sequence[LabelRow], params: LabelsParams, folds: int, *, catalogue: bool = True
) -> dict[str, Fold]:
    """Return the folds by name: "0", "1", ..., and ``CATALOGUE_ONLY``.

    Args:
        labels: Usable rows.
        params: Section ``labels``: seed, unit of the split, and share of development rows.
        folds: Number of folds of the real rows.
        catalogue: Whether the numbered folds train on the catalogue too.

    Raises:
        InputError: If a part of a fold has no rows.
    """
    params = replace(params, train_only=(), validation_only=())
    generated = [number for number, label in enumerate(labels) if is_catalogue(label.source)]
    real = [number for number, label in enumerate(labels) if not is_catalogue(label.source)]
    named: dict[str, Fold] = {}
    for name, fold in enumerate(make_folds([labels[number] for number in real], params, folds)):
        train, development, validation = (
            tuple(real[row] for row in rows) for rows in (fold.train, fold.development, fold.validation)
        )
        named[str(name)] = Fold((*generated, *train) if catalogue else train, development, validation)
    parts: list[Part | None] = ["validation"] * len(labels)
    rows = [SplitRow(labels[number].source, labels[number].sha256, labels[number].group_id) for number in generated]
    for number, part in zip(generated, split_rows(rows, params), strict=True):
        parts[number] = None if part == "validation" else part
    return {**named, CATALOGUE_ONLY: make_fold(parts, "training on the catalogue alone")}


def fold_questions(questions: Sequence[Question], fold: Fold) -> FoldQuestions:
    """Return the questions of a fold, by part."""
    return {
        "train": [questions[number] for number in fold.train],
        "development": [questions[number] for number in fold.development],
        "validation": [questions[number] for number in fold.validation],
    }
