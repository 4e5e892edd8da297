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
# Width of a histogram's bin in decades; exact in binary, so that bins meet exactly.
_DECADES = 0.25
_FOREIGN = ("unknown_unit", "unit_of_another_entity")
_UNIT_AT_END = re.compile(r"[A-Za-z][A-Za-z ]*$")


@dataclass(frozen=True)
class SplitCounts:
    """Counts of one split; ``groups`` leaves out rows without a group."""

    rows: int
    photos: int
    entities: dict[str, int]
    groups: Counter[str]


def count_split(questions: Iterable[Question]) -> SplitCounts:
    """Counts rows, distinct photos, rows per entity (known ones first, in their order) and rows per group."""
    entities: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    photos = bytearray()
    for question in questions:
        entities[question.raw.entity_name] += 1
        if question.raw.group_id.strip():
            groups[question.raw.group_id] += 1
        if question.photo:
            photos += digest(question.photo)
    order = [*ENTITIES, *sorted(set(entities) - set(ENTITIES))]
    return SplitCounts(
        rows=entities.total(),
        photos=len(np.unique(as_digests(photos))),
        entities={entity: entities[entity] for entity in order if entity in entities},
        groups=groups,
    )


def split_summary(counts: SplitCounts) -> Row:
    """Returns the counts of one split as numbers that can be compared between runs."""
    largest = max(counts.groups.values(), default=0)
    return {
        "rows": counts.rows,
        "photos": counts.photos,
        "groups": len(counts.groups),
        "largest_group_share": share(largest, counts.rows),
        "entities": {entity: share(rows, counts.rows) for entity, rows in counts.entities.items()},
    }


def unit_rows(questions: Iterable[Question]) -> list[Row]:
    """Returns units by entity, most frequent first, with foreign ones as written in the label."""
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
    """Returns labelled values in base units, without entities that have none."""
    values = {entity: array("d") for entity in ENTITIES}
    for question in questions:
        if (value := question.base_value) is not None:
            values[question.raw.entity_name].append(value)
    return {entity: found for entity, found in values.items() if found}


def value_statistics(entity: str, values: Sequence[float]) -> Row:
    """Returns median, outer percentiles and extremes in the base unit."""
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
    """Returns the number of a positive value's bin on a logarithmic scale."""
    # Rounded, so that the last digit of a logarithm does not decide about the bin.
    return math.floor(round(math.log10(value), 9) / _DECADES)


def histogram_rows(entity: str, values: Sequence[float]) -> list[Row]:
    """Counts rows per bin of log10 of the value, with empty bins in between; ``log10_value`` is the middle of a bin."""
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
    """Returns the rows per entity."""
    return [
        {"split": split, "entity": entity, "rows": rows, "share": share(rows, counts.rows)}
        for entity, rows in counts.entities.items()
    ]


def group_rows(split: str, counts: SplitCounts, top: int) -> list[Row]:
    """Returns the most frequent groups."""
    order = sorted(counts.groups.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"split": split, "group_id": group, "rows": rows, "share": share(rows, counts.rows)}
        for group, rows in order[:top]
    ]


def share(part: int, whole: int) -> float:
    """Returns a share with four decimals; 0 if the whole is 0."""
    return round(part / whole, 4) if whole else 0.0


def rounded(value: float) -> float:
    """Rounds to six significant digits: quantities range from micrograms to tons."""
    return float(f"{value:.6g}")
