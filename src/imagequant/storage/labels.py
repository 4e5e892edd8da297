"""The table of normalised labels, which training and evaluation read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from imagequant.quantity.labels import parse_label
from imagequant.quantity.scoring import Quantity
from imagequant.storage.tables import iterate_rows

LABELS_FILE = "labels.parquet"
LABELS_SCHEMA = pa.schema(
    [
        ("row_id", pa.int64()),
        ("source", pa.string()),
        ("source_row", pa.int64()),
        ("image_link", pa.string()),
        ("sha256", pa.string()),  # empty where the image could not be had
        ("group_id", pa.string()),
        ("entity", pa.string()),
        ("entity_value", pa.string()),
        ("status", pa.string()),  # ok, empty, rejected
        ("reason", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("split", pa.string()),  # train, development, validation
        ("extra", pa.string()),  # further columns of the raw file, as JSON
    ]
)


@dataclass(frozen=True)
class LabelRow:
    """A row of the table; ``value``, ``low`` and ``high`` are None unless ``status`` is ``ok``."""

    row_id: int
    source: str
    source_row: int
    image_link: str
    sha256: str
    group_id: str
    entity: str
    entity_value: str
    status: str
    reason: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    split: str
    extra: str

    @property
    def answerable(self) -> bool:
        """Whether the label says that the photo gives an answer."""
        return self.status == "ok"

    @property
    def truths(self) -> tuple[Quantity, ...]:
        """Accepted answers: the label and, where the raw file has a column ``alternatives``, those beside it.

        Empty where the photo does not say, and for a range, which no single quantity equals.
        """
        own = () if self.value is None or self.low != self.high else (Quantity(self.value, self.unit),)
        listed = json.loads(self.extra).get("alternatives", "")
        others = (parse_label(text, self.entity) for text in listed.split("|") if text.strip())
        return (*own, *(Quantity(label.value, label.unit) for label in others if label.status == "ok"))


def read_labels(folder: Path) -> list[LabelRow]:
    """All labels of ``data/labels`` in row order; see ``iterate_labels``."""
    return list(iterate_labels(folder))


def iterate_labels(folder: Path) -> Iterator[LabelRow]:
    """The labels of ``data/labels`` in row order, one after the other, never all of them in memory."""
    return (LabelRow(**row) for row in iterate_rows(folder / LABELS_FILE))
