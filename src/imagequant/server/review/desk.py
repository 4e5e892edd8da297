"""The review: rows, photos, decisions, and the file of corrections."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from imagequant.core.errors import InputError
from imagequant.quantity.domain import Domain
from imagequant.quantity.labels import parse_label
from imagequant.server.review.rows import EVERYTHING, Photos, ReviewRow, Selection, review_rows
from imagequant.storage.layout import Layout
from imagequant.storage.raw import COLUMNS, CORRECTIONS_FILE, Correction, read_corrections, write_corrections

# Accepted: the answer is right. Kept: the label is right. Corrected: neither. Absent: the photo has no answer.
Verdict = Literal["accepted", "kept", "corrected", "absent", "skipped"]
_IMPORTED = "imported"
_COLUMNS = ", ".join(COLUMNS)
_KEY = "source = ? AND source_row = ?"
# How long a row is reserved for the reviewer it is shown to.
LEASE_SECONDS = 300.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL, source_row INTEGER NOT NULL,
    image_link TEXT NOT NULL, group_id TEXT NOT NULL, entity_name TEXT NOT NULL, entity_value TEXT NOT NULL,
    verdict TEXT NOT NULL, reviewer TEXT NOT NULL, decided_at TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
-- A row is decided only once, however late.
CREATE UNIQUE INDEX IF NOT EXISTS one_decision ON decisions (source, source_row)
    WHERE undone = 0 AND verdict != 'skipped';
CREATE TABLE IF NOT EXISTS leases (
    source TEXT NOT NULL, source_row INTEGER NOT NULL, reviewer TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (source, source_row)
);
"""
DATABASE_FILE = "review.sqlite"


class TakenError(Exception):
    """Someone else has decided the row or is looking at it."""


@dataclass(frozen=True)
class Progress:
    """Number of rows: in total, decided by anyone, decided by this reviewer, and currently shown to others."""

    rows: int
    decided: int
    mine: int
    others_looking: int


class ReviewStore:
    """Decisions on rows. Thread-safe: each call is a transaction."""

    def __init__(self, path: Path, rows: Sequence[ReviewRow], clock: Callable[[], float] = time.time) -> None:
        """Open or create the file. Rows are shown in order; ``clock`` gives seconds since 1970, for the leases."""
        self._path = path
        self._rows = {row.key: row for row in rows}
        self._clock = clock
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_SCHEMA)

    def row(self, key: tuple[str, int]) -> ReviewRow | None:
        """Return a row; None if it is not under review."""
        return self._rows.get(key)

    def next(self, reviewer: str, selection: Selection = EVERYTHING) -> ReviewRow | None:
        """Return the reviewer's current row, or else reserve the first selected row that is free and undecided."""
        with self._writing() as database:
            leased = database.execute("SELECT source, source_row FROM leases WHERE reviewer = ?", (reviewer,))
            first = [key for key in leased if key in self._rows]
            taken = set(
                database.execute(
                    "SELECT source, source_row FROM leases WHERE reviewer != :reviewer UNION "
                    "SELECT source, source_row FROM decisions WHERE undone = 0 "
                    "AND (verdict != 'skipped' OR reviewer = :reviewer)",
                    {"reviewer": reviewer},
                )
            )
            free = (self._rows[key] for key in (*first, *self._rows) if key not in taken)
            chosen = next((row for row in free if selection.has(row)), None)
            if chosen is not None:
                self._lease(database, chosen.key, reviewer)
            return chosen

    def open(self, reviewer: str, row: ReviewRow) -> Correction | None:
        """Reserve a row, or return the decision on it; ``TakenError`` if someone else has reserved it."""
        with self._writing() as database:
            wanted = f"SELECT {_COLUMNS} FROM decisions WHERE {_KEY} AND undone = 0 AND verdict != 'skipped'"
            for decided in database.execute(wanted, row.key):
                return Correction(*decided)
            self._check_free(database, reviewer, row)
            self._lease(database, row.key, reviewer)
            return None

    def decide(self, reviewer: str, row: ReviewRow, verdict: Verdict, entity_value: str) -> None:
        """Save a decision; ``TakenError`` if someone else has decided or reserved the row."""
        with self._writing() as database:
            self._check_free(database, reviewer, row)
            now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
            if not _insert(database, row.corrected(entity_value, reviewer, now), verdict):
                raise TakenError(f"{row.source}, row {row.source_row}: already decided")
            database.execute(f"DELETE FROM leases WHERE {_KEY}", row.key)

    def undo(self, reviewer: str, row: ReviewRow | None = None) -> ReviewRow | None:
        """Undo the reviewer's last decision (on a row) and reserve its row for them again; None if there is none."""
        where, key = (_KEY, row.key) if row else ("1", ())
        with self._writing() as database:
            last = database.execute(
                "SELECT id, source, source_row FROM decisions WHERE reviewer = ? AND undone = 0 AND verdict != ? "
                f"AND {where} ORDER BY id DESC LIMIT 1",
                (reviewer, _IMPORTED, *key),
            ).fetchone()
            if last is None:
                return None
            number, *key = last
            database.execute("UPDATE decisions SET undone = 1 WHERE id = ?", (number,))
            undone = self._rows.get(tuple(key))
            if undone is not None:
                self._lease(database, undone.key, reviewer)
            return undone

    def progress(self, reviewer: str, selection: Selection = EVERYTHING) -> Progress:
        """Return everyone's progress on the selected rows."""
        with self._writing() as database:
            (looking,) = database.execute("SELECT count(*) FROM leases WHERE reviewer != ?", (reviewer,)).fetchone()
        selected = {row.key for row in self._rows.values() if selection.has(row)}
        decided = [each.reviewer for each in self.corrections() if each.key in selected]
        return Progress(len(selected), len(decided), decided.count(reviewer), looking)

    def corrections(self) -> list[Correction]:
        """Return all decisions that were not undone, including those on rows no longer under review."""
        with self._open() as database:
            wanted = f"SELECT {_COLUMNS} FROM decisions WHERE undone = 0 AND verdict != 'skipped'"
            return [Correction(*row) for row in database.execute(f"{wanted} ORDER BY source, source_row")]

    def take_in(self, corrections: Iterable[Correction]) -> int:
        """Adds decisions made elsewhere and returns their number; rows that are decided here stay as they are."""
        with self._writing() as database:
            return sum(_insert(database, each, _IMPORTED) for each in corrections)

    @staticmethod
    def _check_free(database: sqlite3.Connection, reviewer: str, row: ReviewRow) -> None:
        for (holder,) in database.execute(f"SELECT reviewer FROM leases WHERE {_KEY}", row.key):
            if holder != reviewer:
                raise TakenError(f"{row.source}, row {row.source_row}: {holder} is looking at it")

    def _lease(self, database: sqlite3.Connection, key: tuple[str, int], reviewer: str) -> None:
        """Reserve a row, and free the one that the reviewer had."""
        until = self._clock() + LEASE_SECONDS
        database.execute("DELETE FROM leases WHERE reviewer = ?", (reviewer,))
        database.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", (*key, reviewer, until))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open an exclusive transaction and delete expired leases."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                database.execute("DELETE FROM leases WHERE until < ?", (self._clock(),))
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")


def _insert(database: sqlite3.Connection, each: Correction, verdict: str) -> bool:
    """Insert a decision; return False if the row is already decided."""
    values = (*asdict(each).values(), verdict)
    marks = ", ".join("?" * len(values))
    statement = f"INSERT OR IGNORE INTO decisions ({_COLUMNS}, verdict) VALUES ({marks})"
    return database.execute(statement, values).rowcount == 1


class Desk:
    """The shared state of a review. The file of corrections always has all decisions."""

    def __init__(self, layout: Layout, domain: Domain) -> None:
        """Open the review of a project with these entities, and import the existing corrections.

        Decisions are kept in ``data/review.sqlite`` and ``data/corrections.csv``.
        """
        data = layout.root / "data"
        self.layout = layout
        self.domain = domain
        self.rows = review_rows(layout)
        self.photos = Photos(layout, domain)
        self.store = ReviewStore(data / DATABASE_FILE, self.rows)
        self._corrections = corrections = data / CORRECTIONS_FILE
        self._writing = threading.Lock()
        self.store.take_in(read_corrections(corrections))

    def decide(self, reviewer: str, row: ReviewRow, verdict: Verdict, value: str = "") -> None:
        """Save a decision; see ``decided_value`` and ``ReviewStore.decide`` for errors."""
        self.store.decide(reviewer, row, verdict, decided_value(row, verdict, value, self.domain))
        self._write()

    def undo(self, reviewer: str, row: ReviewRow | None = None) -> ReviewRow | None:
        """Undo the reviewer's last decision (on a row) and return its row; None if there is none."""
        undone = self.store.undo(reviewer, row)
        self._write()
        return undone

    def take_in(self, corrections: Sequence[Correction]) -> int:
        """Import decisions and return the number of new ones."""
        added = self.store.take_in(corrections)
        self._write()
        return added

    def _write(self) -> None:
        # Read and write under one lock, or a slow thread could write an outdated state.
        with self._writing:
            write_corrections(self._corrections, self.store.corrections())


def decided_value(row: ReviewRow, verdict: Verdict, value: str, domain: Domain) -> str:
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
            _parsed(row, row.label, domain)  # unusable labels cannot be kept
        return row.label
    return _parsed(row, value, domain) if verdict == "corrected" else ""


def _parsed(row: ReviewRow, value: str, domain: Domain) -> str:
    entity = domain.entities[row.entity]
    label = parse_label(value, entity)
    if label.status != "ok":
        reason = (label.reason or "empty").replace("_", " ")
        units = ", ".join(sorted(entity.allowed_units))
        raise InputError(f"value: {value!r}: {reason}; allowed: a number and a unit of {row.entity}: {units}")
    return label.text
