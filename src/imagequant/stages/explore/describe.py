"""Distributions of the raw rows: entities, units, values, groups."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from imagequant.quantity.units import ENTITIES
from imagequant.stages.explore.questions import Question, base_unit
from imagequant.storage.lookup import as_digests, digest

Row = dict[str, Any]
# Width of a histogram's bin in decades: representable, so that bins meet where they should.
_DECADES = 0.25
_FOREIGN = ("unknown_unit", "unit_of_another_entity")
_UNIT_AT_END = re.compile(r"[A-Za-z][A-Za-z ]*$")


@dataclass(frozen=True)
class SplitCounts:
    """How often what occurs in one split; ``groups`` without rows that name none."""

    rows: int
    photos: int
    entities: dict[str, int]
    groups: Counter[str]


def count_split(questions: Iterable[Question]) -> SplitCounts:
    """Counts rows, distinct photos, rows an entity (known ones first, in their order) and rows a group."""
    found: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    photos = bytearray()
    for question in questions:
        found[question.raw.entity_name] += 1
        if question.raw.group_id.strip():
            groups[question.raw.group_id] += 1
        if question.photo:
            photos += digest(question.photo)
    order = [*ENTITIES, *sorted(set(found) - set(ENTITIES))]
    return SplitCounts(
        rows=found.total(),
        photos=len(np.unique(as_digests(photos))),
        entities={entity: found[entity] for entity in order if entity in found},
        groups=groups,
    )


def split_summary(counts: SplitCounts) -> Row:
    """The counts of one split as numbers to compare between runs."""
    largest = max(counts.groups.values(), default=0)
    return {
        "rows": counts.rows,
        "photos": counts.photos,
        "groups": len(counts.groups),
        "largest_group_share": share(largest, counts.rows),
        "entities": {entity: share(rows, counts.rows) for entity, rows in counts.entities.items()},
    }


def unit_rows(questions: Iterable[Question]) -> list[Row]:
    """Units by entity, most frequent first; foreign ones too, as the label writes them."""
    units: dict[str, Counter[tuple[str, bool]]] = {entity: Counter() for entity in ENTITIES}
    for question in questions:
        if unit := _unit(question):
            units[question.raw.entity_name][unit] += 1
    return [
        {
            "entity": entity,
            "unit": unit,
            "allowed": "yes" if allowed else "no",
            "rows": rows,
            "share": share(rows, found.total()),
        }
        for entity, found in units.items()
        for (unit, allowed), rows in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def _unit(question: Question) -> tuple[str, bool] | None:
    label = question.label
    if label is None:
        return None
    if label.status == "ok":
        return label.unit, True
    written = _UNIT_AT_END.search(question.raw.entity_value.strip())
    return (" ".join(written.group().lower().split()), False) if label.reason in _FOREIGN and written else None


def values_by_entity(questions: Iterable[Question]) -> dict[str, Sequence[float]]:
    """Labelled values in base units, entities without any left out."""
    values = {entity: array("d") for entity in ENTITIES}
    for question in questions:
        if (value := question.base_value) is not None:
            values[question.raw.entity_name].append(value)
    return {entity: found for entity, found in values.items() if found}


def value_statistics(entity: str, values: Sequence[float]) -> Row:
    """Median, outer percentiles and ends, in the base unit."""
    low, median, high = np.percentile(values, (1, 50, 99))
    return {
        "unit": base_unit(entity),
        "rows": len(values),
        "min": rounded(min(values)),
        "p01": rounded(low),
        "median": rounded(median),
        "p99": rounded(high),
        "max": rounded(max(values)),
    }


def value_bin(value: float) -> int:
    """The number of a positive value's bin on the scale of logarithms."""
    # Rounded, so that the last digit of a logarithm moves no value to another bin.
    return math.floor(round(math.log10(value), 9) / _DECADES)


def histogram_rows(entity: str, values: Sequence[float]) -> list[Row]:
    """Rows a bin of log10 of the value, empty bins between others included; ``log10_value`` is a bin's middle."""
    bins = Counter(value_bin(value) for value in values)
    return [
        {
            "entity": entity,
            "unit": base_unit(entity),
            "log10_value": (number + 0.5) * _DECADES,
            "rows": bins[number],
            "share": share(bins[number], len(values)),
        }
        for number in range(min(bins), max(bins) + 1)
    ]


def entity_rows(split: str, counts: SplitCounts) -> list[Row]:
    """Rows an entity."""
    return [
        {"split": split, "entity": entity, "rows": rows, "share": share(rows, counts.rows)}
        for entity, rows in counts.entities.items()
    ]


def group_rows(split: str, counts: SplitCounts, top: int) -> list[Row]:
    """The most frequent groups."""
    order = sorted(counts.groups.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"split": split, "group_id": group, "rows": rows, "share": share(rows, counts.rows)}
        for group, rows in order[:top]
    ]


def share(part: int, whole: int) -> float:
    """A share to four decimals, 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0


def rounded(value: float) -> float:
    """Six significant digits: quantities span from micrograms to tons."""
    return float(f"{value:.6g}")
