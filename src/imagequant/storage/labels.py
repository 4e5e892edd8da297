"""The table of normalised labels, which training and evaluation read."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from pathlib import Path
from typing import Annotated

from imagequant.quantity.labels import parse_label
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import SIGNED_KINDS, UNITS
from imagequant.storage.checks import (
    AT_LEAST_0,
    AT_LEAST_1,
    OK,
    SHA256_OR_EMPTY,
    VALUE_IN_RANGE,
    one_of,
)
from imagequant.storage.declare import RowRule, Table
from imagequant.storage.unit_checks import UNIT

LABELS_FILE = "labels.parquet"
# Share of rows without an answer. Labels made by vote have half of that, labels made with care three times as many.
_LEAST_ABSTENTIONS = 0.05
# The generated photos calibrate only if other rows are fewer than this: on other photos, other answers are wrong.
_ENOUGH_TO_CALIBRATE = 300
_NUMBERS = ("value", "low", "high")
_SIGNED_UNITS = [name for name, unit in UNITS.items() if unit.kind in SIGNED_KINDS]
_SPLITS = ("train", "development", "validation")
# The generated photos' labels.
SYNTHETIC_TRAIN = "data/synthetic/train.csv"


@dataclass(frozen=True)
class LabelRow:
    """A training row with its normalised label; ``value``, ``low`` and ``high`` are None unless ``status`` is ok."""

    row_id: Annotated[int, AT_LEAST_0, "Number of the raw row among those of all files, from 0."]
    source: Annotated[str, "The raw file, as ``sources.train`` names it."]
    source_row: Annotated[int, AT_LEAST_1, "Its row there, from 1."]
    image_link: Annotated[str, "The link, as the raw file has it."]
    sha256: Annotated[str, SHA256_OR_EMPTY, "Content hash of the photo; empty if it could not be fetched."]
    group_id: Annotated[str, "As the raw file has it."]
    entity: Annotated[str, "The entity asked for."]
    entity_value: Annotated[str, "The label, as the raw file has it."]
    status: Annotated[str, one_of((OK, "empty", "rejected")), "``empty``: the photo does not say."]
    reason: Annotated[str, "Why the label was rejected, as a short code."]
    value: Annotated[float | None, "The amount; the proposed end of a range."]
    unit: Annotated[str, "Its unit."]
    low: Annotated[float | None, "Lower end of a range, else the amount."]
    high: Annotated[float | None, "Upper end of a range, else the amount."]
    split: Annotated[str, one_of(_SPLITS), "What the row is used for."]
    extra: Annotated[str, "Further columns of the raw file, as JSON."]

    @property
    def answerable(self) -> bool:
        """Whether the label says that the photo gives an answer."""
        return self.status == "ok"

    @property
    def is_synthetic(self) -> bool:
        """Whether the photo is a generated one."""
        return self.source == SYNTHETIC_TRAIN

    @property
    def group(self) -> str:
        """Who labelled the row (column ``label_source``), or else the name of the file without its suffix."""
        return str(json.loads(self.extra).get("label_source", "")).strip() or Path(self.source).stem

    @property
    def truths(self) -> tuple[Quantity, ...]:
        """Accepted answers: the label and, where the raw file has a column ``alternatives``, those beside it.

        Empty where the photo does not say, and for a range, which no single quantity equals.
        """
        own = () if self.value is None or self.low != self.high else (Quantity(self.value, self.unit),)
        listed = json.loads(self.extra).get("alternatives", "")
        others = (parse_label(text) for text in listed.split("|") if text.strip())
        return (*own, *(Quantity(label.value, label.unit) for label in others if label.status == "ok"))


LABELS = Table(
    LabelRow,
    f"data/labels/{LABELS_FILE}",
    RowRule(
        "value, low and high where status is ok, none of them where it is not",
        lambda cells: reduce(and_, ((cells("status") == OK) == cells(name).is_valid() for name in _NUMBERS)),
    ),
    VALUE_IN_RANGE,
    RowRule(
        "a value above 0 unless it is a temperature",
        lambda cells: cells("value").is_null() | (cells("value") > 0) | cells("unit").isin(_SIGNED_UNITS),
    ),
    RowRule(
        "a known unit where status is ok",
        lambda cells: (cells("status") != OK) | UNIT.test(cells("unit")),
    ),
)


def groups_that_abstain(labels: Iterable[LabelRow]) -> frozenset[str]:
    """Return the groups (``LabelRow.group``) whose rows often enough say that the photo gives no answer.

    The others were labelled by people or systems that almost always gave one.
    """
    rows, empty = Counter[str](), Counter[str]()
    for label in labels:
        rows[label.group] += label.status != "rejected"
        empty[label.group] += label.status == "empty"
    return frozenset(group for group in rows if rows[group] and empty[group] >= _LEAST_ABSTENTIONS * rows[group])


def groups_that_calibrate(labels: Iterable[LabelRow], abstaining: frozenset[str]) -> frozenset[str]:
    """Return the groups whose rows show how sure an answer is: those that abstain, of real photos if they have enough.

    A source that hardly ever abstains has answers for photos that give none.
    """
    real = Counter(label.group for label in labels if label.group in abstaining and not label.is_synthetic)
    return frozenset(real) if real.total() >= _ENOUGH_TO_CALIBRATE else abstaining


def iterate_labels(folder: Path) -> Iterator[LabelRow]:
    """Yields the labels of ``data/labels`` in row order, never all of them in memory."""
    return LABELS.iterate(folder / LABELS_FILE)
