"""Splits and folds, decided row by row from hashes, so that appended rows do not move other rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from imagequant.core.errors import InputError
from imagequant.params import LabelsParams
from imagequant.storage.labels import LabelRow

Part = Literal["train", "development", "validation"]
_PURPOSES: Mapping[Part, str] = {"train": "to train on", "development": "to stop by", "validation": "to hold out"}
# The fold that repeats `dvc repro`: trained on the generated photos, with all real rows held out.
SYNTHETIC_ONLY = "synthetic_only"


@dataclass(frozen=True)
class SplitRow:
    """The fields that decide the split. ``image`` is the content hash, or the link if there is no image."""

    source: str
    image: str
    group: str


def split_rows(rows: Sequence[SplitRow], params: LabelsParams) -> list[Part]:
    """Assigns a part to every row; see ``plan_split``."""
    plan = plan_split(rows, params)
    return [plan.part(row) for row in rows]


def plan_split(rows: Iterable[SplitRow], params: LabelsParams) -> SplitPlan:
    """Reads every row once, so that each can then be assigned by itself.

    Rows that share an image (by content) always go to the same part, even across sources. With ``split_by: group`` so
    do rows that share a group. ``train_only`` and ``validation_only`` apply to whole sources. An image in a
    ``validation_only`` source is validation wherever it occurs; an image in a ``train_only`` source is never
    validation unless it is also in a ``validation_only`` source.
    """
    sources = frozenset(params.validation_only or params.train_only)
    groups: dict[str, str] = {}
    parents: dict[str, str] = {}
    images = set()
    for row in rows:
        # An empty group is no group: such rows have nothing in common.
        if params.split_by == "group" and row.group:
            # A shared image connects groups; the smallest name of connected groups is their root.
            low, high = sorted((_root(parents, row.group), _root(parents, groups.setdefault(row.image, row.group))))
            parents[high] = low
        if row.source in sources:
            images.add(row.image)
    connected = {image: _root(parents, group) for image, group in groups.items()}
    return SplitPlan(params, connected, images, {connected[image] for image in images if image in connected})


def _root(parents: dict[str, str], name: str) -> str:
    while (parent := parents.setdefault(name, name)) != name:
        parents[name] = parents[parent]
        name = parent
    return name


@dataclass(frozen=True)
class SplitPlan:
    """The units assigned as a whole: an image by itself, or connected groups, identified by their smallest name."""

    params: LabelsParams
    groups: Mapping[str, str]  # by image; empty if images are split one by one
    named_images: Set[str]  # of the sources in ``validation_only``, or else in ``train_only``
    named_groups: Set[str]

    def part(self, row: SplitRow) -> Part:
        """Return the part of a row that the plan was made from."""
        group = self.groups.get(row.image)
        if group is not None:
            return _part(f"group:{group}", self.params, named=group in self.named_groups)
        unit = row.image if self.params.split_by == "image" else f"image:{row.image}"
        return _part(unit, self.params, named=row.image in self.named_images)


def _part(unit: str, params: LabelsParams, *, named: bool) -> Part:
    """Return the part of a unit; ``named``: one of its sources is in ``validation_only`` or ``train_only``."""
    if params.validation_only:
        validation = named
    else:
        validation = not named and int(_uniform("fold", params.seed, unit) * params.folds) == params.fold
    if validation:
        return "validation"
    return "development" if _uniform("development", params.seed, unit) < params.development else "train"


def _uniform(purpose: str, seed: int, unit: str) -> float:
    """Return a number in [0, 1) that depends only on the arguments."""
    hashed = hashlib.sha256(f"{purpose}/{seed}/{unit}".encode()).digest()
    return int.from_bytes(hashed[:8], "big") / 2**64


@dataclass(frozen=True)
class Fold:
    """Numbers of the rows to train on, to stop early and calibrate by, and to hold out."""

    train: tuple[int, ...]
    development: tuple[int, ...]
    validation: tuple[int, ...]


def make_folds(labels: Sequence[LabelRow], params: LabelsParams, folds: int) -> list[Fold]:
    """Splits rows that have a photo by photo (or group) as the ``labels`` stage does; each photo is held out once.

    Rows of ``train_only`` sources are never held out. An empty part of a fold is an error, as in ``make_fold``.
    """
    rows = [SplitRow(label.source, label.sha256, label.group_id) for label in labels]
    settings = (replace(params, folds=folds, fold=number, validation_only=()) for number in range(folds))
    return [
        make_fold(split_rows(rows, each), f"fold {number} of {folds}") for number, each in enumerate(settings, start=1)
    ]


def make_fold(parts: Sequence[Part | None], name: str) -> Fold:
    """Collects the row numbers of each part; None is in no part."""
    numbers = {part: tuple(row for row, each in enumerate(parts) if each == part) for part in _PURPOSES}
    for part, purpose in _PURPOSES.items():
        if not numbers[part]:
            raise InputError(
                f"too few labelled photos: {name} has no rows {purpose}; label more, or use fewer folds"
                " (--folds, tune.folds)"
            )
    return Fold(numbers["train"], numbers["development"], numbers["validation"])


def named_folds(
    labels: Sequence[LabelRow], params: LabelsParams, folds: int, *, synthetic: bool = True
) -> dict[str, Fold]:
    """Return the folds by name: "0", "1", ... of the usable real rows, and ``SYNTHETIC_ONLY``.

    Section ``labels`` has the seed, the unit of the split and the share of development rows. If ``synthetic``, the
    numbered folds train on the generated photos too. An empty part of a fold is an error.
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
