"""Validation rows of two revisions, matched, and which of them changed sides."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import cast

from imagequant.core.errors import InputError
from imagequant.quantity.scoring import Outcome


@dataclass(frozen=True)
class Row:
    """A line of ``metrics/evaluate/rows.csv``, as far as the report looks at it.

    Attributes:
        source: The labelled file.
        source_row: Its row there, from 1.
        sha256: The photo.
        entity: What was asked.
        truth: The label as written; empty where the photo gives no answer.
        prediction: What was answered; empty for silence.
        confidence: Of the likeliest answer, given or kept back.
        outcome: The contest's.
        bucket: Where an error arose.
        read: Whether an accepted answer is among the candidates.
    """

    source: str
    source_row: int
    sha256: str
    entity: str
    truth: str
    prediction: str
    confidence: float
    outcome: Outcome
    bucket: str
    read: bool

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What names the row in both revisions: the photo by its content, so that a photo replaced is another row."""
        return self.sha256, self.entity, self.source, self.source_row

    @property
    def right(self) -> bool:
        """Answered right, or rightly silent."""
        return self.outcome in ("TP", "TN")

    @property
    def answerable(self) -> bool:
        """Whether the label says that the photo gives an answer."""
        return bool(self.truth)


def parse_rows(text: str, origin: str) -> list[Row]:
    """Reads ``rows.csv``; columns beyond those of ``Row`` pass.

    Args:
        text: The file's text.
        origin: The file's name, for errors.

    Raises:
        InputError: If a column is missing or a value is of the wrong kind; names file, line and column.
    """
    reader = csv.DictReader(io.StringIO(text))
    missing = [field.name for field in fields(Row) if field.name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{origin}: no column {', '.join(missing)}")
    return [_row(line, f"{origin}, line {number}") for number, line in enumerate(reader, start=2)]


def _row(line: Mapping[str, str], where: str) -> Row:
    if line["outcome"] not in ("TP", "FP", "FN", "TN"):
        raise InputError(f"{where}: outcome: {line['outcome']!r} is none of TP, FP, FN, TN")
    try:
        source_row, confidence = int(line["source_row"]), float(line["confidence"])
    except ValueError as error:
        raise InputError(f"{where}: source_row or confidence: {error}") from None
    return Row(
        source=line["source"],
        source_row=source_row,
        sha256=line["sha256"],
        entity=line["entity"],
        truth=line["truth"],
        prediction=line["prediction"],
        confidence=confidence,
        outcome=cast("Outcome", line["outcome"]),
        bucket=line["bucket"],
        read=line["read"] == "True",
    )


@dataclass(frozen=True)
class Pair:
    """One row under both revisions."""

    base: Row
    change: Row


@dataclass(frozen=True)
class Matched:
    """The rows of two revisions.

    Attributes:
        pairs: Rows both have, in the order of the change's.
        base_only: How many the base alone has.
        change_only: How many the change alone has.
    """

    pairs: tuple[Pair, ...]
    base_only: int
    change_only: int

    @property
    def broken(self) -> list[Pair]:
        """From right to wrong, those the change is surest of first."""
        broken = (pair for pair in self.pairs if pair.base.right and not pair.change.right)
        return sorted(broken, key=lambda pair: (-pair.change.confidence, pair.change.key))

    @property
    def mended(self) -> list[Pair]:
        """From wrong to right, those the base was surest of first."""
        mended = (pair for pair in self.pairs if pair.change.right and not pair.base.right)
        return sorted(mended, key=lambda pair: (-pair.base.confidence, pair.base.key))

    @property
    def answered_otherwise(self) -> int:
        """Rows with another answer, right or wrong."""
        return sum(pair.base.prediction != pair.change.prediction for pair in self.pairs)

    @property
    def relabelled(self) -> int:
        """Rows whose label differs: they may change sides though the answer is the same."""
        return sum(pair.base.truth != pair.change.truth for pair in self.pairs)


def match(base: Sequence[Row], change: Sequence[Row]) -> Matched:
    """Matches rows by photo, entity, source and source row."""
    known = {row.key: row for row in base}
    pairs = tuple(Pair(known[row.key], row) for row in change if row.key in known)
    return Matched(pairs, len(base) - len(pairs), len(change) - len(pairs))
