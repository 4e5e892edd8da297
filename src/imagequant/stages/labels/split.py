"""The split, decided row by row from hashes so that appended rows move no other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from imagequant.params import LabelsParams

Part = Literal["train", "development", "validation"]


@dataclass(frozen=True)
class SplitRow:
    """What the split looks at. ``image`` is the content hash, or the link where there is no image."""

    source: str
    image: str
    group: str


def split_rows(rows: Sequence[SplitRow], params: LabelsParams) -> list[Part]:
    """Assigns every row.

    Rows that share an image (by content) always go to one part, across sources too; with ``split_by: group`` so do
    rows that share a group. ``train_only`` and ``validation_only`` act on whole sources; an image that a
    ``validation_only`` source has is validation wherever it occurs, and one that a ``train_only`` source has is
    never validation unless such a source has it too.
    """
    unit_of = _units(rows, params.split_by)
    sources: dict[str, set[str]] = {}
    for row in rows:
        sources.setdefault(unit_of[row.image], set()).add(row.source)
    parts = {unit: _part(unit, names, params) for unit, names in sources.items()}
    return [parts[unit_of[row.image]] for row in rows]


def _part(unit: str, sources: set[str], params: LabelsParams) -> Part:
    if params.validation_only:
        validation = bool(sources & set(params.validation_only))
    else:
        candidate = not sources & set(params.train_only)
        validation = candidate and int(_uniform("fold", params.seed, unit) * params.folds) == params.fold
    if validation:
        return "validation"
    return "development" if _uniform("development", params.seed, unit) < params.development else "train"


def _uniform(purpose: str, seed: int, unit: str) -> float:
    """A number in [0, 1) that depends on its arguments alone."""
    digest = hashlib.sha256(f"{purpose}/{seed}/{unit}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _units(rows: Sequence[SplitRow], split_by: Literal["image", "group"]) -> Mapping[str, str]:
    """Maps images to what is assigned as a whole: the image itself, or its connected groups."""
    if split_by == "image":
        return {row.image: row.image for row in rows}
    # An empty group is no group: such rows have nothing in common but the gap.
    return _connected(
        (f"image:{row.image}", f"group:{row.group}" if row.group else f"image:{row.image}") for row in rows
    )


def _connected(edges: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Union-find: maps each image to the smallest name of its connected component."""
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        parents.setdefault(name, name)
        while parents[name] != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    for one, other in edges:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return {name.removeprefix("image:"): root(name) for name in list(parents) if name.startswith("image:")}
