"""What is odd about the raw rows, one finding a row and kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from imagequant.layout import Split
from imagequant.quantity.units import ENTITIES
from imagequant.stages.explore.questions import Question
from imagequant.storage.raw import RawRow

# Listed even where there are none, so that two runs' tables have the same lines. The label's reject reasons
# (``imagequant.quantity.labels``) are kinds of their own.
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
    """One row is odd in one way; ``reason`` says how, for people."""

    kind: str
    raw: RawRow
    reason: str


@dataclass(frozen=True)
class Tally:
    """Findings of one split: how many of each kind, and the first few."""

    counts: dict[str, int]
    examples: tuple[Finding, ...]


def train_findings(questions: Sequence[Question]) -> Iterator[Finding]:
    """All findings in training rows."""
    for question in questions:
        yield from _cells(question.raw, "entity_value")
        yield from _label_findings(question)
    yield from _duplicates(questions)
    yield from _conflicts(questions)


def test_findings(questions: Sequence[Question], entities: frozenset[str], groups: frozenset[str]) -> Iterator[Finding]:
    """All findings in test rows, given the entities and groups that training rows have."""
    for question in questions:
        raw = question.raw
        yield from _cells(raw, "index")
        if raw.entity_name in ENTITIES and raw.entity_name not in entities:
            yield Finding("entity_not_in_train", raw, f"no training row asks for {raw.entity_name}")
        if raw.group_id.strip() and raw.group_id not in groups:
            yield Finding("group_not_in_train", raw, f"no training row has group {raw.group_id}")
    yield from _duplicates(questions)
    yield from _duplicate_indices(questions)


def tally(findings: Iterable[Finding], split: Split, top: int) -> Tally:
    """Counts findings by kind and keeps the first ``top`` of each, kinds in a fixed order."""
    counts = dict.fromkeys(_KINDS[split], 0)
    kept: dict[str, list[Finding]] = {kind: [] for kind in counts}
    for finding in findings:
        counts[finding.kind] = counts.get(finding.kind, 0) + 1
        examples = kept.setdefault(finding.kind, [])
        if len(examples) < top:
            examples.append(finding)
    return Tally(counts, tuple(finding for examples in kept.values() for finding in examples))


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


def _duplicates(questions: Sequence[Question]) -> Iterator[Finding]:
    """Repeats of a row; the first of them is none."""
    first: dict[tuple[str, str, str], RawRow] = {}
    for question in questions:
        raw = question.raw
        if not question.photo:
            continue
        earlier = first.setdefault((question.photo, raw.entity_name, raw.entity_value.strip()), raw)
        if earlier is not raw:
            yield Finding("duplicate_row", raw, f"same as {earlier.source}, row {earlier.row}")


def _duplicate_indices(questions: Sequence[Question]) -> Iterator[Finding]:
    first: dict[str, RawRow] = {}
    for question in questions:
        raw = question.raw
        earlier = first.setdefault(raw.index.strip(), raw)
        if earlier is not raw and raw.index.strip():
            yield Finding("duplicate_index", raw, f"index {raw.index} is that of {earlier.source}, row {earlier.row}")


def _conflicts(questions: Sequence[Question]) -> Iterator[Finding]:
    """Rows that ask the same of the same photo but are labelled with different quantities, side by side.

    A different unit is a different quantity, as it is for the contest.
    """
    asked: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        if question.photo and question.label and question.label.status == "ok":
            asked.setdefault((question.photo, question.raw.entity_name), []).append(question)
    for rows in asked.values():
        texts = Counter(row.label.text for row in rows if row.label)
        if len(texts) > 1:
            reason = f"the photo is labelled {' and '.join(sorted(texts))}"
            yield from (Finding("conflicting_row", row.raw, reason) for row in rows)
