"""Raw rows with their labels read, as the rest of the stage looks at them."""

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
    """A raw row. ``photo`` names its link, the same for the same place; ``label`` is None where there is none to read.

    That is so for test rows and for rows of an unknown entity.
    """

    raw: RawRow
    photo: str
    label: Label | None

    @property
    def base_value(self) -> float | None:
        """The labelled quantity in its dimension's base unit, of a range the upper end; None without one."""
        if self.label is None or self.label.status != "ok":
            return None
        return to_base(self.label.value, self.label.unit)


@dataclass(frozen=True)
class SplitQuestions:
    """The rows of one split with their labels, read anew each time they are gone through: they are never all held.

    Test rows have no labels, whatever their columns are.

    Attributes:
        layout: Where ``data/sources`` lies.
        split: Which of the two.
    """

    layout: Layout
    split: Split

    def __iter__(self) -> Iterator[Question]:
        for row in iterate_raw(self.layout, self.split):
            yield Question(row, _photo(row), _label(row) if self.split == "train" else None)


def base_unit(entity: str) -> str:
    """``gram`` for ``item_weight``."""
    return BASE_UNITS[ENTITY_DIMENSION[entity]]


def _photo(row: RawRow) -> str:
    link = row.image_link.strip()
    # A path starts at its file's folder: the same one in two files may mean two photos.
    return link if "://" in link or not link else str(row.origin / link)


def _label(row: RawRow) -> Label | None:
    return parse_label(row.entity_value, row.entity_name) if row.entity_name in ENTITY_DIMENSION else None
