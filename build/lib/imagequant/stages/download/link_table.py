"""The links of one split while they are fetched: where each leads and what its outcome was.

A table on disk (SQLite, in a temporary file that is removed with the connection), because there may be millions of
links: memory does not grow with them.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from types import TracebackType
from typing import Any, NamedTuple, Self

from imagequant.core.iteration import chunks
from imagequant.fetch.local_files import IMAGE, RECORD, STATE, FileRecord, FileState
from imagequant.fetch.outcome import FetchFailure, Outcome
from imagequant.storage.checks import FAILED, OK
from imagequant.storage.manifest import ManifestRow
from imagequant.storage.raw import RawRow
from imagequant.storage.tars import member_name

_FAILURE = [field.name for field in fields(FetchFailure)]

# `number` counts from 1 in the order of first appearance. `known` holds local files as an earlier run found them.
_TABLES = f"""
CREATE TABLE urls (number INTEGER PRIMARY KEY, url UNIQUE, host, {", ".join(_FAILURE + IMAGE + STATE)});
CREATE TABLE links (number INTEGER PRIMARY KEY, source, image_link, url, UNIQUE (source, image_link));
CREATE TABLE known (url PRIMARY KEY, {", ".join(STATE + IMAGE)}) WITHOUT ROWID;
CREATE INDEX of_host ON urls (host, number) WHERE host IS NOT NULL;
"""
_RECORD = ", ".join(RECORD)
_CACHE_KIB = 8192
# Rows in memory at a time. Read in pages, because the table changes between them.
_PAGE_ROWS = 2048


class Member(NamedTuple):
    """An image of a shard: its content hash, the link to read it from, and its name in the tar."""

    sha256: str
    url: str
    name: str


class LinkTable:
    """The links of one split. For one thread only."""

    def __init__(self, rows: Iterable[RawRow], place_of: Callable[[RawRow], str]) -> None:
        """Adds the distinct links of raw rows; ``place_of`` gives the URL that a row's link leads to."""
        # No name: a temporary file of SQLite's own. Nothing is committed, because nobody else reads it.
        self._tables = sqlite3.connect("", isolation_level=None)
        self._tables.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE_KIB}; {_TABLES} BEGIN;"
        )
        for some in chunks(rows, _PAGE_ROWS):
            links = [(row.source, row.image_link, place_of(row)) for row in some]
            self._many("INSERT OR IGNORE INTO urls (url) VALUES (?)", [(url,) for _, _, url in links])
            self._many(
                "INSERT OR IGNORE INTO links (source, image_link, url) SELECT ?, ?, number FROM urls WHERE url = ?",
                links,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tables.close()

    def __len__(self) -> int:
        """Returns the number of distinct places that the links lead to."""
        return int(self._one("SELECT coalesce(max(number), 0) FROM urls"))

    def urls(self) -> Iterator[str]:
        """Yields the places in order of first appearance."""
        return self._paged("SELECT number, url FROM urls WHERE number > ?")

    # --- outcomes

    def note(self, url: str, outcome: Outcome, state: FileState | None = None) -> None:
        """Records the outcome of a link and, if it is a local file that can be recognised later, the file's state."""
        names = _FAILURE if isinstance(outcome, FetchFailure) else IMAGE
        values: dict[str, Any] = {name: getattr(outcome, name) for name in names}
        values |= {name: getattr(state, name) for name in STATE} if state else {}
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._tables.execute(f"UPDATE urls SET host = NULL, {assignments} WHERE url = ?", (*values.values(), url))

    def note_waiting(self, url: str, host: str) -> None:
        """Records that the link has to be requested from its server."""
        self._tables.execute("UPDATE urls SET host = ? WHERE url = ?", (host, url))

    def waiting_hosts(self) -> dict[str, int]:
        """Returns the number of waiting links by server, servers in the order of their names."""
        return dict(self._tables.execute("SELECT host, count(*) FROM urls WHERE host IS NOT NULL GROUP BY host"))

    def waiting_urls(self, host: str) -> Iterator[str]:
        """Yields the links that have to be requested from a server."""
        return self._paged("SELECT number, url FROM urls WHERE number > ? AND host = ?", host)

    def assign_blocks(self, blocks: int) -> None:
        """Distributes the waiting links over blocks, each with some of every server's."""
        self._tables.execute("DROP TABLE IF EXISTS blocks")
        self._tables.execute("CREATE TABLE blocks (block, number, PRIMARY KEY (block, number)) WITHOUT ROWID")
        self._tables.execute(
            "INSERT INTO blocks SELECT (row_number() OVER (ORDER BY host, number) - 1) % ?, number"
            " FROM urls WHERE host IS NOT NULL",
            (blocks,),
        )

    def block(self, number: int) -> list[str]:
        """Returns the links of one block."""
        found = self._tables.execute("SELECT url FROM blocks JOIN urls USING (number) WHERE block = ?", (number,))
        return [url for (url,) in found]

    def failures(self) -> Counter[str]:
        """Returns the number of failed links by reason, the most common first, then by name."""
        found = self._tables.execute(
            "SELECT reason, count(*) FROM urls WHERE reason IS NOT NULL GROUP BY reason ORDER BY count(*) DESC, reason"
        )
        return Counter(dict(found))

    def detail(self, reason: str) -> str:
        """Returns the detail of the first link that failed for a reason."""
        return str(self._one("SELECT detail FROM urls WHERE reason = ? ORDER BY number LIMIT 1", reason))

    # --- local files as an earlier run found them

    def add_known_files(self, records: Iterable[FileRecord]) -> None:
        """Adds the records of an earlier run."""
        marks = ", ".join("?" * len(RECORD))
        for some in chunks(records, _PAGE_ROWS):
            self._many(f"INSERT OR REPLACE INTO known VALUES ({marks})", [record.cells() for record in some])

    def known_files(self, urls: Sequence[str]) -> dict[str, FileRecord]:
        """Returns the earlier run's records of some links, by link."""
        marks = ", ".join("?" * len(urls))
        found = self._tables.execute(f"SELECT {_RECORD} FROM known WHERE url IN ({marks})", urls)
        return {row[0]: FileRecord.from_cells(*row) for row in found}

    def file_records(self) -> Iterator[FileRecord]:
        """Yields this run's records of local files that can be recognised later."""
        found = self._tables.execute(f"SELECT {_RECORD} FROM urls WHERE inode IS NOT NULL ORDER BY number")
        return (FileRecord.from_cells(*row) for row in found)

    def has_known_files_only(self) -> bool:
        """Returns whether this run's file records are those of the earlier run."""
        now, before = f"SELECT {_RECORD} FROM urls WHERE inode IS NOT NULL", f"SELECT {_RECORD} FROM known"
        return not any(
            self._one(f"SELECT count(*) FROM (SELECT * FROM ({one} EXCEPT {other}) LIMIT 1)")
            for one, other in ((now, before), (before, now))
        )

    # --- shards

    def assign_shards(self, size: int) -> int:
        """Assigns each content to the shard of the first link that gave it; returns the number of shards.

        A shard is a range of ``size`` links, failed ones included, so that rows appended to the raw file leave full
        shards as they are.
        """
        self._tables.execute("CREATE TABLE contents (sha256 PRIMARY KEY, number, shard) WITHOUT ROWID")
        self._tables.execute(
            "INSERT INTO contents SELECT sha256, min(number), (min(number) - 1) / ? FROM urls"
            " WHERE sha256 IS NOT NULL GROUP BY sha256",
            (size,),
        )
        self._tables.execute("CREATE INDEX by_shard ON contents (shard, number)")
        return -(-len(self) // size)

    def members(self, shard: int) -> list[Member]:
        """Returns the images of one shard, in the order of the links."""
        query = "SELECT contents.sha256, url, format FROM contents JOIN urls USING (number) WHERE shard = ?"
        found = self._tables.execute(f"{query} ORDER BY number", (shard,))
        return [Member(sha256, url, member_name(sha256, image_format)) for sha256, url, image_format in found]

    def manifest_rows(self) -> Iterator[ManifestRow]:
        """Yields one row per link, in the links' order."""
        columns = ", ".join(f"urls.{name}" for name in _FAILURE + IMAGE)
        found = self._tables.execute(
            f"SELECT source, image_link, {columns}, shard FROM links JOIN urls ON urls.number = links.url"
            " LEFT JOIN contents ON contents.sha256 = urls.sha256 ORDER BY links.number"
        )
        for source, image_link, reason, detail, *image in found:
            if reason is None:
                yield ManifestRow(source, image_link, OK, "", "", *image)
            else:
                yield ManifestRow(source, image_link, FAILED, reason, detail or "", "", 0, 0, "", 0, shard=-1)

    # --- SQL

    def _one(self, query: str, *values: Any) -> Any:
        return self._tables.execute(query, values).fetchone()[0]

    def _many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._tables.executemany(statement, rows)

    def _paged(self, query: str, *values: Any) -> Iterator[str]:
        last = 0
        while page := self._tables.execute(f"{query} ORDER BY number LIMIT {_PAGE_ROWS}", (last, *values)).fetchall():
            for last, url in page:  # noqa: B007  (the next page starts after the last row)
                yield url
