"""Drift: the distance of a file's rows from the training rows of the other files, and the distance by chance."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from imagequant.stages.explore.describe import Row, value_bin
from imagequant.stages.explore.questions import Question
from imagequant.storage.layout import Split

ASPECTS = ("entity", "group", "unit", "value")
# Printed if the distance is this many times the distance by chance.
_NOTABLE = 2.0


@dataclass(frozen=True)
class Profile:
    """Counts of one file by aspect; units and values by entity, values in bins of a quarter decade."""

    split: Split
    source: str
    counts: Mapping[str, Counter[str]] = field(default_factory=lambda: {aspect: Counter() for aspect in ASPECTS})


def profiles(split: Split, questions: Iterable[Question]) -> list[Profile]:
    """Returns one profile per file, in the files' order."""
    by_source: dict[str, Profile] = {}
    for question in questions:
        profile = by_source.setdefault(question.raw.source, Profile(split, question.raw.source))
        for aspect, kind in _kinds(question):
            profile.counts[aspect][kind] += 1
    return list(by_source.values())


def _kinds(question: Question) -> Iterator[tuple[str, str]]:
    entity = question.raw.entity_name
    yield "entity", entity
    if question.raw.group_id.strip():
        yield "group", question.raw.group_id
    if question.label is not None and question.label.status == "ok":
        yield "unit", f"{entity}: {question.label.unit}"
    if (value := question.base_value) is not None:
        yield "value", f"{entity}: {value_bin(value)}"


def drift_rows(files: Iterable[Profile]) -> list[Row]:
    """Returns one row per file and aspect, if both the file and other training files have data on it."""
    files = list(files)
    rows = []
    for profile in files:
        others = [other for other in files if other.split == "train" and other is not profile]
        for aspect in ASPECTS:
            own, reference = profile.counts[aspect], _sum(other.counts[aspect] for other in others)
            if own and reference:
                rows.append(
                    {
                        "split": profile.split,
                        "source": profile.source,
                        "aspect": aspect,
                        "rows": own.total(),
                        "distance": round(distance(own, reference), 4),
                        "by_chance": round(chance_distance(own, reference), 4),
                        "unseen": round(sum(n for kind, n in own.items() if kind not in reference) / own.total(), 4),
                    }
                )
    return rows


def format_summary(rows: Iterable[Row]) -> list[str]:
    """Returns one line per file with a notable distance."""
    lines: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["distance"] > _NOTABLE * row["by_chance"]:
            unseen = f", {row['unseen']:.0%} of rows of kinds not found there" if row["unseen"] else ""
            lines[row["source"]].append(
                f"{row['aspect']} {row['distance']:.2f} (by chance {row['by_chance']:.2f}{unseen})"
            )
    return [f"{source} differs from the training rows: {', '.join(parts)}" for source, parts in lines.items()]


def distance(one: Counter[str], other: Counter[str]) -> float:
    """Returns the total variation, in [0, 1]: the share of rows that would have to be of another kind."""
    kinds = one.keys() | other.keys()
    return 0.5 * sum(abs(one[kind] / one.total() - other[kind] / other.total()) for kind in kinds)


def chance_distance(one: Counter[str], other: Counter[str]) -> float:
    """Returns the expected distance of two samples of these sizes that are drawn from all rows together.

    The error of a share is nearly normal with variance p (1 - p) / n; the mean absolute value of a normal difference is
    its standard deviation times the square root of 2 / pi.
    """
    total, scale = one.total() + other.total(), 1 / one.total() + 1 / other.total()
    shares = ((one[kind] + other[kind]) / total for kind in one.keys() | other.keys())
    return 0.5 * sum(math.sqrt(2 / math.pi * share * (1 - share) * scale) for share in shares)


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total
