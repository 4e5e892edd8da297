"""Anomalies of the raw rows: one finding per row and kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from imagequant.quantity.units import ENTITIES
from imagequant.stages.explore.questions import Question
from imagequant.storage.layout import Split
from imagequant.storage.raw import RawRow

# Listed even if there are none, so that the tables of two runs have the same lines. The reasons for rejecting a label
# (``imagequant.quantity.labels``) are kinds too.
_KINDS: dict[Split, tuple[str, ...]] = {
    "train": (
        "empty_link",
        "empty_group",
        "empty_value",
        "unknown_entity",
        "duplicate_row",
        "conflicting_row",
        "range",
        "unknown_unit",
        "unit_of_another_entity",
        "range_of_two_units",
        "not_a_quantity",
        "not_positive",
        "implausible_value",
    ),
    "test": (
        "empty_link",
        "empty_group",
        "empty_index",
        "unknown_entity",
        "duplicate_row",
        "duplicate_index",
        "entity_not_in_train",
        "group_not_in_train",
    ),
}
_REASONS = {
    "unknown_unit": "the contest lists no such unit",
    "unit_of_another_entity": "the unit measures something else",
    "range_of_two_units": "a range whose ends have different units",
    "not_a_quantity": "not a number and a unit",
    "not_positive": "not above zero",
    "implausible_value": "more than anything sold with a photo has",
}


@dataclass(frozen=True)
class Finding:
    """An anomaly of one row; ``reason`` explains it to people."""

    kind: str
    raw: RawRow
    reason: str


@dataclass(frozen=True)
class KindFindings:
    """Findings of one kind: their number, and the first few."""

    count: int
    examples: tuple[Finding, ...]


@dataclass(frozen=True)
class Tally:
    """Findings of one split: their number by kind, and the first few of each."""

    counts: dict[str, int]
    examples: tuple[Finding, ...]


def train_findings(questions: Iterable[Question]) -> Iterator[Finding]:
    """Yields the anomalies of single training rows."""
    for question in questions:
        yield from _cells(question.raw, "entity_value")
        yield from _label_findings(question)


def test_findings(questions: Iterable[Question], entities: frozenset[str], groups: frozenset[str]) -> Iterator[Finding]:
    """Yields the anomalies of single test rows, given the entities and groups of the training rows."""
    for question in questions:
        raw = question.raw
        yield from _cells(raw, "index")
        if raw.entity_name in ENTITIES and raw.entity_name not in entities:
            yield Finding("entity_not_in_train", raw, f"no training row asks for {raw.entity_name}")
        if raw.group_id.strip() and raw.group_id not in groups:
            yield Finding("group_not_in_train", raw, f"no training row has group {raw.group_id}")


def tally(findings: Iterable[Finding], among_rows: Mapping[str, KindFindings], split: Split, top: int) -> Tally:
    """Counts findings by kind and keeps the first ``top`` of each, kinds in a fixed order.

    Args:
        findings: Anomalies of single rows.
        among_rows: Anomalies of rows in comparison with others, by kind.
        split: Decides which kinds are listed even if there are none.
        top: Examples per kind.
    """
    counts = dict.fromkeys(_KINDS[split], 0)
    examples_by_kind: dict[str, list[Finding]] = {kind: [] for kind in counts}
    for finding in findings:
        counts[finding.kind] = counts.get(finding.kind, 0) + 1
        examples = examples_by_kind.setdefault(finding.kind, [])
        if len(examples) < top:
            examples.append(finding)
    for kind, repeats in among_rows.items():
        counts[kind], examples_by_kind[kind] = repeats.count, list(repeats.examples)
    return Tally(counts, tuple(finding for examples in examples_by_kind.values() for finding in examples))


def _cells(raw: RawRow, last: str) -> Iterator[Finding]:
    for kind, column in (("empty_link", "image_link"), ("empty_group", "group_id"), (f"empty_{_short(last)}", last)):
        if not getattr(raw, column).strip():
            yield Finding(kind, raw, f"{column} is empty")
    if raw.entity_name not in ENTITIES:
        yield Finding("unknown_entity", raw, f"{raw.entity_name!r} is none of {', '.join(ENTITIES)}")


def _short(column: str) -> str:
    return column.removeprefix("entity_")


def _label_findings(question: Question) -> Iterator[Finding]:
    label = question.label
    if label is None:
        return
    if label.status == "rejected":
        yield Finding(label.reason, question.raw, _REASONS.get(label.reason, label.reason))
    elif label.is_range:
        yield Finding("range", question.raw, f"read as {label.text}; no single answer equals it")
