"""Who looks at which row, and what they decided: an SQLite file that several people, and several servers, share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from imagequant.server.review.rows import ReviewRow
from imagequant.storage.corrections import Correction

# Accepted: the model's answer is right. Kept: the label is. Corrected: neither. Absent: the photo does not say.
Verdict = Literal["accepted", "kept", "corrected", "absent", "skipped"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
_IMPORTED = "imported"
# A row shown to somebody is theirs for so long.
LEASE_SECONDS = 300.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL, source_row INTEGER NOT NULL,
    image_link TEXT NOT NULL, group_id TEXT NOT NULL, entity_name TEXT NOT NULL, entity_value TEXT NOT NULL,
    verdict TEXT NOT NULL, reviewer TEXT NOT NULL, decided_at TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
-- However late somebody decides: a row is decided once.
CREATE UNIQUE INDEX IF NOT EXISTS one_decision ON decisions (source, source_row)
    WHERE undone = 0 AND verdict != 'skipped';
CREATE TABLE IF NOT EXISTS leases (
    source TEXT NOT NULL, source_row INTEGER NOT NULL, reviewer TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (source, source_row)
);
"""


class TakenError(Exception):
    """Somebody else has decided the row, or is looking at it."""


@dataclass(frozen=True)
class Progress:
    """How far everybody is: rows in all, decided by anybody, decided by this reviewer, with others just now."""

    rows: int
    decided: int
    mine: int
    others_looking: int


class ReviewStore:
    """The decisions about some rows. Every call is a transaction of its own, so any number of threads may make them."""

    def __init__(self, path: Path, rows: Sequence[ReviewRow], clock: Callable[[], float] = time.time) -> None:
        """Opens the file, or makes it.

        Args:
            path: The SQLite file.
            rows: In the order they are shown.
            clock: Seconds since 1970, in which leases run out.
        """
        self._path = path
        self._rows = {row.key: row for row in rows}
        self._clock = clock
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_SCHEMA)

    def row(self, key: tuple[str, int]) -> ReviewRow | None:
        """The row of that name, if it is one to look at."""
        return self._rows.get(key)

    def next(self, reviewer: str) -> ReviewRow | None:
        """The row this reviewer is to look at: the one they have, or else the first that nobody has or has decided."""
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
        """Keeps what the reviewer says.

        Raises:
            TakenError: If somebody else has decided the row or has it now.
        """
        with self._writing() as database:
            holder = database.execute(
                "SELECT reviewer FROM leases WHERE source = ? AND source_row = ?", row.key
            ).fetchone()
            if holder is not None and holder[0] != reviewer:
                raise TakenError(f"{row.source}, row {row.source_row}: {holder[0]} is looking at it")
            if not _insert(database, row.corrected(entity_value, reviewer, self._now()), verdict):
                raise TakenError(f"{row.source}, row {row.source_row}: it is decided")
            database.execute("DELETE FROM leases WHERE source = ? AND source_row = ?", row.key)

    def undo(self, reviewer: str) -> ReviewRow | None:
        """Takes the reviewer's last decision back and gives them its row again; None where there is none."""
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
        """How far everybody is with the rows there are now."""
        with self._writing() as database:
            decided = database.execute(
                "SELECT source, source_row, reviewer FROM decisions WHERE undone = 0 AND verdict != 'skipped'"
            )
            who = {(source, number): name for source, number, name in decided if (source, number) in self._rows}
            looking = database.execute("SELECT count(*) FROM leases WHERE reviewer != ?", (reviewer,)).fetchone()[0]
        return Progress(len(self._rows), len(who), sum(name == reviewer for name in who.values()), looking)

    def corrections(self) -> list[Correction]:
        """What was decided and not taken back, also about rows that are not looked at any more."""
        with self._open() as database:
            rows = database.execute(
                "SELECT source, source_row, image_link, group_id, entity_name, entity_value, reviewer, decided_at "
                "FROM decisions WHERE undone = 0 AND verdict != 'skipped' ORDER BY source, source_row"
            )
            return [Correction(*row) for row in rows]

    def take_in(self, corrections: Iterable[Correction]) -> int:
        """Adds decisions made elsewhere; rows that are decided here stay as they are.

        Returns:
            How many were added.
        """
        with self._writing() as database:
            return sum(_insert(database, each, _IMPORTED) for each in corrections)

    def _lease(self, database: sqlite3.Connection, key: tuple[str, int], reviewer: str) -> None:
        until = self._clock() + LEASE_SECONDS
        database.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", (*key, reviewer, until))

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other writer is in, with leases that ran out gone."""
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
    """Whether it could be added: a row is decided once."""
    cursor = database.execute(
        "INSERT OR IGNORE INTO decisions (source, source_row, image_link, group_id, entity_name, entity_value, verdict,"
        " reviewer, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            each.source, each.source_row, each.image_link, each.group_id, each.entity_name, each.entity_value, verdict,
            each.reviewer, each.decided_at,
        ),
    )  # fmt: skip
    return cursor.rowcount == 1
