"""The review as one thing: rows, photos, decisions, and the file they are written to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.quantity.labels import parse_label
from imagequant.quantity.units import ENTITY_UNITS
from imagequant.server.review.photos import Photos
from imagequant.server.review.rows import ReviewRow, review_rows
from imagequant.server.review.store import ReviewStore, Verdict
from imagequant.storage.corrections import CORRECTIONS_FILE, Correction, read_corrections, write_corrections
from imagequant.storage.layout import Layout

DATABASE_FILE = "review.sqlite"


class Desk:
    """What people at a review share. The file of corrections always holds what is decided."""

    def __init__(self, rows: Sequence[ReviewRow], photos: Photos, database: Path, corrections: Path) -> None:
        """Takes in the corrections that are there, made elsewhere or before."""
        self.rows = rows
        self.photos = photos
        self.store = ReviewStore(database, rows)
        self._corrections = corrections
        self._writing = threading.Lock()
        self.store.take_in(read_corrections(corrections))

    def decide(self, reviewer: str, row: ReviewRow, verdict: Verdict, value: str = "") -> None:
        """Keeps a decision and writes it down.

        Raises:
            InputError: If the verdict needs an answer, a label or a value that is not there.
            TakenError: If somebody else was faster.
        """
        self.store.decide(reviewer, row, verdict, decided_value(row, verdict, value))
        self._write()

    def undo(self, reviewer: str) -> ReviewRow | None:
        """Takes the reviewer's last decision back; None where there is none."""
        row = self.store.undo(reviewer)
        self._write()
        return row

    def take_in(self, corrections: Sequence[Correction]) -> int:
        """Adds decisions made elsewhere, and gives how many were not yet decided here."""
        added = self.store.take_in(corrections)
        self._write()
        return added

    def _write(self) -> None:
        # Read and written under one lock: of two at once, the later must not write the earlier's state.
        with self._writing:
            write_corrections(self._corrections, self.store.corrections())


def open_desk(layout: Layout) -> Desk:
    """The review of a project: ``data/review.sqlite`` and ``data/corrections.csv``.

    Raises:
        InputError: If there is nothing to review, or the corrections cannot be read.
    """
    data = layout.root / "data"
    return Desk(review_rows(layout), Photos(layout), data / DATABASE_FILE, data / CORRECTIONS_FILE)


def decided_value(row: ReviewRow, verdict: Verdict, value: str) -> str:
    """The row's new ``entity_value``; empty where the photo does not say, and where the row is skipped.

    Raises:
        InputError: If the verdict needs an answer, a label or a value that is not there.
    """
    return _VALUES[verdict](row, value)


def _accepted(row: ReviewRow, _value: str) -> str:
    if not row.prediction:
        raise InputError("accepted: the model gave no answer; absent says that the photo has none")
    return row.prediction


def _kept(row: ReviewRow, _value: str) -> str:
    if not row.labelled:
        raise InputError("kept: the row has no label")
    if row.label:
        _corrected(row, row.label)  # a label that cannot be used is none that could be kept
    return row.label


def _corrected(row: ReviewRow, value: str) -> str:
    label = parse_label(value, row.entity)
    if label.status != "ok":
        reason = (label.reason or "empty").replace("_", " ")
        units = ", ".join(sorted(ENTITY_UNITS[row.entity]))
        raise InputError(f"value: {value!r}: {reason}; a number and a unit of {row.entity} are allowed: {units}")
    return label.text


_VALUES: dict[Verdict, Callable[[ReviewRow, str], str]] = {
    "accepted": _accepted,
    "kept": _kept,
    "corrected": _corrected,
    "absent": lambda _row, _value: "",
    "skipped": lambda _row, _value: "",
}
