"""Oracle recall: the share of labelled rows whose answer is among the candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.storage.candidates import ReadQuantity
from imagequant.storage.labels import LabelRow


@dataclass(frozen=True)
class RowRecall:
    """Whether one row's answer was read, and which engines read it."""

    entity: str
    split: str
    read: bool
    engines: frozenset[str]


def is_read(truths: Sequence[Quantity], quantities: Iterable[Quantity]) -> bool:
    """Whether an accepted answer is among the quantities read."""
    return any(same_quantity(quantity, truth) for quantity in quantities for truth in truths)


def recall_rows(labels: Iterable[LabelRow], quantities: Mapping[str, Sequence[ReadQuantity]]) -> Iterator[RowRecall]:
    """Looks up the rows that have an answer and a photo. A range counts as an answer that is never found."""
    for label in labels:
        if label.answerable and label.sha256:
            truths = label.truths
            found = quantities.get(label.sha256, ())
            hits = [each for each in found if is_read(truths, [Quantity(each.value, each.unit)])]
            engines = frozenset(engine for hit in hits for engine in hit.engines)
            yield RowRecall(label.entity, label.split, bool(hits), engines)


def summarise(rows: Iterable[RowRecall], engines: Sequence[str]) -> dict[str, Any]:
    """Return ``oracle_recall`` of all engines together and of each alone: over all rows, by split and by entity."""
    # There are only a few distinct rows, however many rows there are.
    counts = Counter(rows)
    splits = sorted({row.split for row in counts})
    entities = sorted({row.entity for row in counts})
    return {
        **_share(counts, engines),
        "by_split": {split: _share(_where(counts, "split", split), engines) for split in splits},
        "by_entity": {entity: _share(_where(counts, "entity", entity), engines) for entity in entities},
    }


def _where(counts: Counter[RowRecall], name: str, value: str) -> Counter[RowRecall]:
    return Counter({row: count for row, count in counts.items() if getattr(row, name) == value})


def _share(counts: Counter[RowRecall], engines: Sequence[str]) -> dict[str, Any]:
    rows = counts.total()
    return {
        "rows": rows,
        "oracle_recall": sum(count for row, count in counts.items() if row.read) / max(rows, 1),
        "by_engine": {
            engine: sum(count for row, count in counts.items() if engine in row.engines) / max(rows, 1)
            for engine in engines
        },
    }
