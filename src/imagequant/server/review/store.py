"""Leases and decisions in an SQLite file, which several people and servers can share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from imagequant.server.review.rows import ReviewRow
from imagequant.storage.corrections import COLUMNS, Correction

# Accepted: the answer is right. Kept: the label is right. Corrected: neither. Absent: the photo has no answer.
Verdict = Literal["accepted", "kept", "corrected", "absent", "skipped"]
_IMPORTED = "imported"
_COLUMNS = ", ".join(COLUMNS)
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

    def next(self, reviewer: str) -> ReviewRow | None:
        """Return the reviewer's current row, or else reserve the first row that is free and undecided."""
        with self._writing() as database:
            leased = _keys(database.execute("SELECT source, source_row FROM leases WHERE reviewer = ?", (reviewer,)))
            taken = _keys(
                database.execute(
                    "SELECT source, source_row FROM leases WHERE reviewer != :reviewer UNION "
                    "SELECT source, source_row FROM decisions WHERE undone = 0 "
                    "AND (verdict != 'skipped' OR reviewer = :reviewer)",
                    {"reviewer": reviewer},
                )
            )
            free = [*(key for key in leased if key in self._rows and key not in taken), *self._rows]
            chosen = next((self._rows[key] for key in free if key not in taken), None)
            if chosen is not None:
                self._lease(database, chosen.key, reviewer)
            return chosen

    def decide(self, reviewer: str, row: ReviewRow, verdict: Verdict, entity_value: str) -> None:
        """Save a decision.

        Raises:
            TakenError: If someone else has decided or reserved the row.
        """
        with self._writing() as database:
            holder = database.execute(
                "SELECT reviewer FROM leases WHERE source = ? AND source_row = ?", row.key
            ).fetchone()
            if holder is not None and holder[0] != reviewer:
                raise TakenError(f"{row.source}, row {row.source_row}: {holder[0]} is looking at it")
            now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
            if not _insert(database, row.corrected(entity_value, reviewer, now), verdict):
                raise TakenError(f"{row.source}, row {row.source_row}: already decided")
            database.execute("DELETE FROM leases WHERE source = ? AND source_row = ?", row.key)

    def undo(self, reviewer: str) -> ReviewRow | None:
        """Undo the reviewer's last decision and reserve its row for them again; None if there is none."""
        with self._writing() as database:
            last = database.execute(
                "SELECT id, source, source_row FROM decisions WHERE reviewer = ? AND undone = 0 AND verdict != ? "
                "ORDER BY id DESC LIMIT 1",
                (reviewer, _IMPORTED),
            ).fetchone()
            if last is None:
                return None
            number, *key = last
            database.execute("UPDATE decisions SET undone = 1 WHERE id = ?", (number,))
            row = self._rows.get((key[0], key[1]))
            if row is not None:
                database.execute("DELETE FROM leases WHERE reviewer = ?", (reviewer,))
                self._lease(database, row.key, reviewer)
            return row

    def progress(self, reviewer: str) -> Progress:
        """Return everyone's progress on the current rows."""
        with self._writing() as database:
            decided = database.execute(
                "SELECT source, source_row, reviewer FROM decisions WHERE undone = 0 AND verdict != 'skipped'"
            )
            who = {(source, number): name for source, number, name in decided if (source, number) in self._rows}
            looking = database.execute("SELECT count(*) FROM leases WHERE reviewer != ?", (reviewer,)).fetchone()[0]
        return Progress(len(self._rows), len(who), sum(name == reviewer for name in who.values()), looking)

    def corrections(self) -> list[Correction]:
        """Return all decisions that were not undone, including those on rows no longer under review."""
        with self._open() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM decisions WHERE undone = 0 AND verdict != 'skipped'"
                " ORDER BY source, source_row"
            )
            return [Correction(*row) for row in rows]

    def take_in(self, corrections: Iterable[Correction]) -> int:
        """Adds decisions made elsewhere and returns their number; rows that are decided here stay as they are."""
        with self._writing() as database:
            return sum(_insert(database, each, _IMPORTED) for each in corrections)

    def _lease(self, database: sqlite3.Connection, key: tuple[str, int], reviewer: str) -> None:
        until = self._clock() + LEASE_SECONDS
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


def _keys(rows: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    return {(source, number) for source, number in rows}


def _insert(database: sqlite3.Connection, each: Correction, verdict: str) -> bool:
    """Insert a decision; return False if the row is already decided."""
    values = (*asdict(each).values(), verdict)
    marks = ", ".join("?" * len(values))
    statement = f"INSERT OR IGNORE INTO decisions ({_COLUMNS}, verdict) VALUES ({marks})"
    return database.execute(statement, values).rowcount == 1
