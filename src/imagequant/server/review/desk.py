"""The review: rows, photos, decisions, and the file of corrections."""

from __future__ import annotations

import threading
from collections.abc import Sequence
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
    """The shared state of a review. The file of corrections always has all decisions."""

    def __init__(self, rows: Sequence[ReviewRow], photos: Photos, database: Path, corrections: Path) -> None:
        """Import the existing corrections."""
        self.rows = rows
        self.photos = photos
        self.store = ReviewStore(database, rows)
        self._corrections = corrections
        self._writing = threading.Lock()
        self.store.take_in(read_corrections(corrections))

    def decide(self, reviewer: str, row: ReviewRow, verdict: Verdict, value: str = "") -> None:
        """Save a decision.

        Raises:
            InputError: If the verdict needs a missing answer, label or value.
            TakenError: If someone else was faster.
        """
        self.store.decide(reviewer, row, verdict, decided_value(row, verdict, value))
        self._write()

    def undo(self, reviewer: str) -> ReviewRow | None:
        """Undo the reviewer's last decision and return its row; None if there is none."""
        row = self.store.undo(reviewer)
        self._write()
        return row

    def take_in(self, corrections: Sequence[Correction]) -> int:
        """Import decisions and return the number of new ones."""
        added = self.store.take_in(corrections)
        self._write()
        return added

    def _write(self) -> None:
        # Read and write under one lock, or a slow thread could write an outdated state.
        with self._writing:
            write_corrections(self._corrections, self.store.corrections())


def open_desk(layout: Layout) -> Desk:
    """Open a project's review: ``data/review.sqlite`` and ``data/corrections.csv``.

    Raises:
        InputError: If there is nothing to review, or the corrections cannot be read.
    """
    data = layout.root / "data"
    return Desk(review_rows(layout), Photos(layout), data / DATABASE_FILE, data / CORRECTIONS_FILE)


def decided_value(row: ReviewRow, verdict: Verdict, value: str) -> str:
    """Return the row's new ``entity_value``; empty if the photo has no answer or the row is skipped.

    Raises:
        InputError: If the verdict needs a missing answer, label or value.
    """
    if verdict == "accepted":
        if not row.prediction:
            raise InputError("accepted: the model gave no answer; use absent if the photo has none")
        return row.prediction
    if verdict == "kept":
        if not row.labelled:
            raise InputError("kept: the row has no label")
        if row.label:
            _parsed(row, row.label)  # unusable labels cannot be kept
        return row.label
    return _parsed(row, value) if verdict == "corrected" else ""


def _parsed(row: ReviewRow, value: str) -> str:
    label = parse_label(value, row.entity)
    if label.status != "ok":
        reason = (label.reason or "empty").replace("_", " ")
        units = ", ".join(sorted(ENTITY_UNITS[row.entity]))
        raise InputError(f"value: {value!r}: {reason}; allowed: a number and a unit of {row.entity}: {units}")
    return label.text
