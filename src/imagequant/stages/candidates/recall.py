"""Oracle recall: the share of labelled rows whose answer is among the candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.records import Candidate
from imagequant.storage.candidates import PhotoReading
from imagequant.storage.labels import LabelRow


@dataclass(frozen=True)
class RowRecall:
    """Whether one row's answer was read; ``engines`` names those that read it by themselves."""

    entity: str
    split: str
    read: bool
    engines: frozenset[str]


def row_recall(label: LabelRow, candidates: Sequence[Candidate]) -> RowRecall:
    """Looks the answer of one row up among its photo's candidates."""
    truths = label.truths
    hits = [
        candidate
        for candidate in candidates
        if any(same_quantity(Quantity(candidate.value, candidate.unit), truth) for truth in truths)
    ]
    engines = frozenset(engine for hit in hits for engine in hit.engines)
    return RowRecall(label.entity, label.split, bool(hits), engines)


def recall_rows(labels: Iterable[LabelRow], readings: Iterable[PhotoReading]) -> list[RowRecall]:
    """Rows that have an answer and a photo; a range counts as an answer, and as one that is never found.

    Args:
        labels: All rows.
        readings: All photos, one at a time in memory.
    """
    waiting: dict[str, list[LabelRow]] = {}
    for label in labels:
        if label.answerable and label.sha256:
            waiting.setdefault(label.sha256, []).append(label)
    rows = [row_recall(label, reading.candidates) for reading in readings for label in waiting.pop(reading.sha256, ())]
    return rows + [row_recall(label, ()) for unread in waiting.values() for label in unread]


def summarise(rows: Sequence[RowRecall], engines: Sequence[str]) -> dict[str, Any]:
    """``oracle_recall`` of all engines together and of each alone, over all rows, by split and by entity."""
    splits = sorted({row.split for row in rows})
    entities = sorted({row.entity for row in rows})
    return {
        **_share(rows, engines),
        "by_split": {split: _share([row for row in rows if row.split == split], engines) for split in splits},
        "by_entity": {entity: _share([row for row in rows if row.entity == entity], engines) for entity in entities},
    }


def _share(rows: Sequence[RowRecall], engines: Sequence[str]) -> dict[str, Any]:
    count = max(len(rows), 1)
    return {
        "rows": len(rows),
        "oracle_recall": sum(row.read for row in rows) / count,
        "by_engine": {engine: sum(engine in row.engines for row in rows) / count for engine in engines},
    }
