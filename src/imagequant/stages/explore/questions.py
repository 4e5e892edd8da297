"""Raw rows with their labels read, as the rest of the stage looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imagequant.layout import Split
from imagequant.quantity.labels import Label, parse_label
from imagequant.quantity.units import ENTITY_DIMENSION, UNITS, Dimension, to_base
from imagequant.storage.raw import RawRow

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


def read_questions(rows: Iterable[RawRow], split: Split) -> list[Question]:
    """Reads the rows' labels; test rows have none, whatever their columns are."""
    return [Question(row, _photo(row), _label(row) if split == "train" else None) for row in rows]


def base_unit(entity: str) -> str:
    """``gram`` for ``item_weight``."""
    return BASE_UNITS[ENTITY_DIMENSION[entity]]


def _photo(row: RawRow) -> str:
    link = row.image_link.strip()
    # A path starts at its file's folder: the same one in two files may mean two photos.
    return link if "://" in link or not link else str(row.origin / link)


def _label(row: RawRow) -> Label | None:
    return parse_label(row.entity_value, row.entity_name) if row.entity_name in ENTITY_DIMENSION else None
