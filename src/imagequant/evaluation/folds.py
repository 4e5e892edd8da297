"""The split, decided row by row from hashes so that appended rows move no other."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from imagequant.params import LabelsParams
from imagequant.storage.lookup import DIGEST_BYTES, Lookup, as_digests, digest

Part = Literal["train", "development", "validation"]


@dataclass(frozen=True)
class SplitRow:
    """What the split looks at. ``image`` is the content hash, or the link where there is no image."""

    source: str
    image: str
    group: str


def split_rows(rows: Sequence[SplitRow], params: LabelsParams) -> list[Part]:
    """Assigns every row; see ``plan_split``."""
    plan = plan_split(rows, params)
    return [plan.part(row) for row in rows]


def plan_split(rows: Iterable[SplitRow], params: LabelsParams) -> SplitPlan:
    """Looks at every row once, so that each can then be assigned by itself; of a row some bytes are kept.

    Rows that share an image (by content) always go to one part, across sources too; with ``split_by: group`` so do
    rows that share a group. ``train_only`` and ``validation_only`` act on whole sources; an image that a
    ``validation_only`` source has is validation wherever it occurs, and one that a ``train_only`` source has is
    never validation unless such a source has it too.
    """
    sources = frozenset(params.validation_only or params.train_only)
    grouped, members, named = bytearray(), array("q"), bytearray()
    numbers: dict[str, int] = {}
    for row in rows:
        # An empty group is no group: such rows have nothing in common but the gap.
        if params.split_by == "group" and row.group:
            grouped += digest(row.image)
            members.append(numbers.setdefault(row.group, len(numbers)))
        if row.source in sources:
            named += digest(row.image)
    groups = Lookup.from_arrays(as_digests(grouped), np.array(members, dtype=np.int64))
    names = _smallest_names(list(numbers), groups)
    images = Lookup.from_arrays(as_digests(named), np.zeros(len(named) // DIGEST_BYTES, dtype=np.int64))
    found = (groups.get(bytes(named[at : at + DIGEST_BYTES])) for at in range(0, len(named), DIGEST_BYTES))
    return SplitPlan(params, groups, names, images, frozenset(names[group] for group in found if group is not None))


@dataclass(frozen=True)
class SplitPlan:
    """What is assigned as a whole: an image by itself, or connected groups, told by the smallest of their names.

    Attributes:
        params: Section ``labels``.
        groups: Number of a group of each image that has one; none where images are split one by one.
        names: By the group's number, the smallest name among the groups connected with it.
        named_images: Images of the sources that ``validation_only`` or else ``train_only`` names.
        named_groups: Smallest names of the connected groups of such images.
    """

    params: LabelsParams
    groups: Lookup
    names: Sequence[str]
    named_images: Lookup
    named_groups: frozenset[str]

    def part(self, row: SplitRow) -> Part:
        """The part that a row the plan was made from belongs to."""
        key = digest(row.image)
        group = self.groups.get(key)
        if group is not None:
            return _part(f"group:{self.names[group]}", self.params, named=self.names[group] in self.named_groups)
        unit = row.image if self.params.split_by == "image" else f"image:{row.image}"
        return _part(unit, self.params, named=self.named_images.get(key) is not None)


def _part(unit: str, params: LabelsParams, *, named: bool) -> Part:
    """The part of a unit; ``named``: one of the sources it occurs in is in ``validation_only`` or ``train_only``."""
    if params.validation_only:
        validation = named
    else:
        validation = not named and int(_uniform("fold", params.seed, unit) * params.folds) == params.fold
    if validation:
        return "validation"
    return "development" if _uniform("development", params.seed, unit) < params.development else "train"


def _uniform(purpose: str, seed: int, unit: str) -> float:
    """A number in [0, 1) that depends on its arguments alone."""
    drawn = hashlib.sha256(f"{purpose}/{seed}/{unit}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64


def _smallest_names(names: Sequence[str], groups: Lookup) -> list[str]:
    """Union-find: the smallest name among the groups connected with each, two of one image being connected.

    Args:
        names: Of the groups, by number.
        groups: Numbers of the groups by image; an image in several groups occurs several times.
    """
    parents = list(range(len(names)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    same = groups.digests[1:] == groups.digests[:-1]
    pairs = np.stack([groups.numbers[:-1][same], groups.numbers[1:][same]], axis=1)
    for one, other in np.unique(pairs, axis=0).tolist():
        low, high = sorted((root(one), root(other)), key=lambda number: names[number])
        parents[high] = low
    return [names[root(number)] for number in range(len(names))]
