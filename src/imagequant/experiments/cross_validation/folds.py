"""The folds of cross-validation: each real photo is held out once, and the generated photos is only trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imagequant.evaluation.fit_and_answer import FoldQuestions
from imagequant.evaluation.folds import Fold, Part, SplitRow, make_fold, make_folds, split_rows
from imagequant.params import LabelsParams
from imagequant.storage.labels import LabelRow
from imagequant.training.questions import LabelledQuestion

# The fold that repeats `dvc repro`: trained on the generated photos, with all real rows held out.
SYNTHETIC_ONLY = "synthetic_only"


def named_folds(
    labels: Sequence[LabelRow], params: LabelsParams, folds: int, *, synthetic: bool = True
) -> dict[str, Fold]:
    """Return the folds by name: "0", "1", ... of the usable real rows, and ``SYNTHETIC_ONLY``.

    Section ``labels`` has the seed, the unit of the split and the share of development rows. If ``synthetic``, the
    numbered folds train on the generated photos too.

    Raises:
        InputError: If a part of a fold has no rows.
    """
    params = replace(params, train_only=(), validation_only=())
    generated = [number for number, label in enumerate(labels) if label.is_synthetic]
    real = [number for number, label in enumerate(labels) if not label.is_synthetic]
    named: dict[str, Fold] = {}
    for name, fold in enumerate(make_folds([labels[number] for number in real], params, folds)):
        train, development, validation = (
            tuple(real[row] for row in rows) for rows in (fold.train, fold.development, fold.validation)
        )
        named[str(name)] = Fold((*generated, *train) if synthetic else train, development, validation)
    parts: list[Part | None] = ["validation"] * len(labels)
    rows = [SplitRow(labels[number].source, labels[number].sha256, labels[number].group_id) for number in generated]
    for number, part in zip(generated, split_rows(rows, params), strict=True):
        parts[number] = None if part == "validation" else part
    return {**named, SYNTHETIC_ONLY: make_fold(parts, "training on the generated photos alone")}


def fold_questions(questions: Sequence[LabelledQuestion], fold: Fold) -> FoldQuestions:
    """Return the questions of a fold, by part."""
    return {
        "train": [questions[number] for number in fold.train],
        "development": [questions[number] for number in fold.development],
        "validation": [questions[number] for number in fold.validation],
    }
