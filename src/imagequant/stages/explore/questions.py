"""Raw rows with parsed labels, for the rest of the stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagequant.quantity.labels import Label, parse_label
from imagequant.quantity.units import ENTITY_DIMENSION, UNITS, Dimension, to_base
from imagequant.storage.layout import Layout, Split
from imagequant.storage.raw import RawRow, iterate_raw

BASE_UNITS: dict[Dimension, str] = {unit.dimension: unit.name for unit in UNITS.values() if unit.factor == 1.0}


@dataclass(frozen=True)
class Question:
    """A raw row.

    ``photo`` identifies the place that its link leads to. ``label`` is None for test rows and for unknown entities.
    """

    raw: RawRow
    photo: str
    label: Label | None

    @property
    def base_value(self) -> float | None:
        """The labelled quantity (the upper end of a range) in its dimension's base unit; None if there is none."""
        if self.label is None or self.label.status != "ok":
            return None
        return to_base(self.label.value, self.label.unit)


@dataclass(frozen=True)
class SplitQuestions:
    """The rows of one split with their labels, read anew in each iteration: never all of them are in memory.

    Test rows have no labels, whatever their columns.

    Attributes:
        layout: The project's folders.
        split: The split.
    """

    layout: Layout
    split: Split

    def __iter__(self) -> Iterator[Question]:
        for row in iterate_raw(self.layout, self.split):
            yield Question(row, _photo(row), _label(row) if self.split == "train" else None)


def base_unit(entity: str) -> str:
    """Returns ``gram`` for ``item_weight``."""
    return BASE_UNITS[ENTITY_DIMENSION[entity]]


def _photo(row: RawRow) -> str:
    link = row.image_link.strip()
    # Paths are relative to their file's folder: the same path in two files may mean two photos.
    return link if "://" in link or not link else str(row.origin / link)


def _label(row: RawRow) -> Label | None:
    return parse_label(row.entity_value, row.entity_name) if row.entity_name in ENTITY_DIMENSION else None
