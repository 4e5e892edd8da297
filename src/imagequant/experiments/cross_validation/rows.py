"""One held-out row under one method: what was answered, and how it scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from imagequant.core.records import Candidate, Word
from imagequant.evaluation.results import bucket
from imagequant.experiments.cross_validation.material import Given
from imagequant.model.examples import matches
from imagequant.quantity.scoring import Outcome, Quantity, outcome
from imagequant.storage.labels import LabelRow

_NO_EXTRA = "{}"


@dataclass(frozen=True)
class HeldOut:
    """A held-out row.

    Attributes:
        source: The labelled file's name.
        source_row: Its row there, from 1.
        image_link: The photo's link.
        sha256: The photo.
        group: The column ``label_source``, or the file's name without its ending where there is none.
        entity: What was asked.
        truth: The label as written.
        answerable: Whether the label says that the photo gives an answer.
        answer: What was answered, empty for silence.
        confidence: Of the likeliest answer, given or kept back.
        outcome: The contest's, alternatives accepted.
        strict: The contest's where only the label itself counts.
        bucket: Where an error arose (``stages.evaluate.results.BUCKETS``).
        read: Whether an accepted answer is among the candidates.
        candidates: What could be chosen, in reading order.
        fold: The run that held the row out.
    """

    source: str
    source_row: int
    image_link: str
    sha256: str
    group: str
    entity: str
    truth: str
    answerable: bool
    answer: str
    confidence: float
    outcome: Outcome
    strict: Outcome
    bucket: str
    read: bool
    candidates: tuple[str, ...]
    fold: str

    @property
    def key(self) -> tuple[str, int]:
        """What names the row among all methods' rows."""
        return self.source, self.source_row


def held_out(
    label: LabelRow,
    candidates: Sequence[Candidate],
    tokens: Sequence[Word],
    given: Given,
    fold: str,
) -> HeldOut:
    """Scores one answer.

    Args:
        label: The row.
        candidates: The quantities of the right kind that were read.
        tokens: All that was read on the photo.
        given: The answer.
        fold: The run that held the row out.
    """
    result = outcome(given.answer, label.truths, answerable=label.answerable)
    strict = outcome(given.answer, replace(label, extra=_NO_EXTRA).truths, answerable=label.answerable)
    read = bool(matches(candidates, label.truths).any())
    return HeldOut(
        source=Path(label.source).name,
        source_row=label.source_row,
        image_link=label.image_link,
        sha256=label.sha256,
        group=group_of(label),
        entity=label.entity,
        truth=label.entity_value,
        answerable=label.answerable,
        answer=str(given.answer) if given.answer else "",
        confidence=round(given.confidence, 6),
        outcome=result,
        strict=strict,
        bucket=bucket(label, given.answer, result, read, tokens),
        read=read,
        candidates=tuple(str(Quantity(candidate.value, candidate.unit)) for candidate in candidates),
        fold=fold,
    )


def group_of(label: LabelRow) -> str:
    """The row's group of labels: who made them, where the file says so, else the file."""
    return str(json.loads(label.extra).get("label_source", "")).strip() or Path(label.source).stem


def encode_rows(rows: Sequence[HeldOut], facts: dict[str, float]) -> bytes:
    """Rows, and facts about the run that made them, as bytes."""
    return json.dumps({"rows": [asdict(row) for row in rows], "facts": facts}, ensure_ascii=False).encode()


def decode_rows(payload: bytes) -> tuple[list[HeldOut], dict[str, float]]:
    """The inverse of ``encode_rows``."""
    stored = json.loads(payload)
    rows = [HeldOut(**{**row, "candidates": tuple(row["candidates"])}) for row in stored["rows"]]
    return rows, stored["facts"]
