"""Which rows are trained on, which decide when to stop, and which are held out, in each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from imagequant.core.errors import InputError
from imagequant.evaluation.folds import Part, SplitRow, split_rows
from imagequant.experiments.cross_validation.inputs import is_catalogue
from imagequant.params import LabelsParams
from imagequant.storage.labels import LabelRow

# A fold's number, or the run that `dvc repro` makes: trained on the catalogue, held out is everything real.
CATALOGUE_ONLY: Literal["catalogue_only"] = "catalogue_only"
Fold = int | Literal["catalogue_only"]
_PARTS: Mapping[Part, str] = {"train": "to train on", "development": "to stop by", "validation": "to hold out"}


def parts(
    labels: Sequence[LabelRow], fold: Fold, folds: int, params: LabelsParams, *, catalogue: bool = True
) -> list[Part | None]:
    """The part each row plays in one run, in the rows' order; None for none. ``validation`` is what is held out.

    Args:
        labels: All rows; those without a photo play no part.
        fold: The run.
        folds: How many folds the real rows are parted into, by photo as the ``labels`` stage parts.
        params: Section ``labels``: seed, unit and share of development rows.
        catalogue: Whether the catalogue's rows are trained on in a fold's run.
    """
    if fold == CATALOGUE_ONLY:
        own = _split(labels, params, real=False)
        return [
            None if not label.sha256 else part if is_catalogue(label.source) else "validation"
            for label, part in zip(labels, _without_validation(own), strict=True)
        ]
    split = _split(labels, replace(params, folds=folds, fold=fold), real=True)
    aside: Part | None = "train" if catalogue else None
    return [
        None if not label.sha256 else aside if is_catalogue(label.source) else part
        for label, part in zip(labels, split, strict=True)
    ]


def require(used: Sequence[Part], fold: Fold, folds: int) -> None:
    """Refuses a run that lacks rows to train on, to stop by or to hold out.

    Args:
        used: The part of each row that plays one.
        fold: The run.
        folds: Of how many.

    Raises:
        InputError: Says what is missing and what to do.
    """
    for part, words in _PARTS.items():
        if part not in used:
            run = f"fold {fold + 1} of {folds}" if isinstance(fold, int) else "training on the catalogue alone"
            raise InputError(
                f"bench-real: too few labelled photos: {run} has no rows {words}; label more, or give fewer --folds"
            )


def _split(labels: Sequence[LabelRow], params: LabelsParams, *, real: bool) -> list[Part | None]:
    """The ``labels`` stage's split of the real rows, or of the catalogue's, by themselves."""
    mine = [label.sha256 != "" and is_catalogue(label.source) != real for label in labels]
    keys = [
        SplitRow(label.source, label.sha256, label.group_id) for label, own in zip(labels, mine, strict=True) if own
    ]
    split = iter(split_rows(keys, replace(params, train_only=(), validation_only=())))
    return [next(split) if own else None for own in mine]


def _without_validation(split: Sequence[Part | None]) -> list[Part | None]:
    return [None if part == "validation" else part for part in split]
