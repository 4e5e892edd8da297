"""The raw rows of both splits with parsed labels, as one data frame."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from imagequant.core.iteration import chunks
from imagequant.quantity.labels import parse_label
from imagequant.quantity.units import ENTITIES, ENTITY_DIMENSION, UNITS, to_base
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.raw import RawRow, iterate_raw

_BASE_UNITS = {unit.dimension: unit.name for unit in UNITS.values() if unit.factor == 1.0}
_FOREIGN = ("unknown_unit", "unit_of_another_entity")
_UNIT_AT_END = re.compile(r"[A-Za-z][A-Za-z ]*$")
_PART_ROWS = 10_000
_RAW = ("source", "row", "image_link", "group_id", "entity_name", "entity_value", "index")
# ``photo`` identifies the place that the link leads to. ``label`` is the normalised text, ``rejected`` the reason for
# rejecting it, ``value`` its upper end in the base unit. Foreign units are as written in the label.
_PARSED = {"photo": "", "label": "", "rejected": "", "range": False, "unit": "", "allowed": "", "value": float("nan")}


def read_rows(layout: Layout) -> pd.DataFrame:
    """Returns the rows of both splits, training rows first. Test rows have no labels, whatever their columns."""
    records = (_record(row, split) for split in SPLITS for row in iterate_raw(layout, split))
    # In parts: as dictionaries the rows would take several times as much memory.
    return pd.concat(map(pd.DataFrame, chunks(records, _PART_ROWS)), ignore_index=True)


def base_unit(entity: str) -> str:
    """Returns ``gram`` for ``item_weight``."""
    return _BASE_UNITS[ENTITY_DIMENSION[entity]]


def filled(texts: pd.Series[str]) -> pd.Series[bool]:
    """Returns which cells have more than spaces."""
    return texts.map(str.strip) != ""


def _record(row: RawRow, split: str) -> dict[str, Any]:
    link = row.image_link.strip()
    # Paths are relative to their file's folder: the same path in two files may mean two photos.
    photo = link if "://" in link or not link else str(row.origin / link)
    record = {"split": split, **{name: getattr(row, name) for name in _RAW}, **_PARSED, "photo": photo}
    if split == "test" or row.entity_name not in ENTITIES:
        return record
    label = parse_label(row.entity_value, row.entity_name)
    if label.status == "ok":
        record |= {"label": label.text, "range": label.is_range, "unit": label.unit, "allowed": "yes"}
        record["value"] = to_base(label.value, label.unit)
    elif label.reason in _FOREIGN and (written := _UNIT_AT_END.search(row.entity_value.strip())):
        record |= {"unit": " ".join(written.group().lower().split()), "allowed": "no"}
    return record | {"rejected": label.reason}
