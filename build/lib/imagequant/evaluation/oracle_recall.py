"""Oracle recall: the share of labelled rows whose answer is among the candidates."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.storage.candidates import ReadQuantity
from imagequant.storage.labels import LabelRow


class RowRecall(NamedTuple):
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

    def figures(**wanted: str) -> dict[str, Any]:
        mine = [row for row in counts if all(getattr(row, name) == value for name, value in wanted.items())]
        total = sum(counts[row] for row in mine)

        def share(chosen: Iterable[RowRecall]) -> float:
            return sum(counts[row] for row in chosen) / max(total, 1)

        by_engine = {engine: share(row for row in mine if engine in row.engines) for engine in engines}
        return {"rows": total, "oracle_recall": share(row for row in mine if row.read), "by_engine": by_engine}

    return {
        **figures(),
        "by_split": {split: figures(split=split) for split in sorted({row.split for row in counts})},
        "by_entity": {entity: figures(entity=entity) for entity in sorted({row.entity for row in counts})},
    }
