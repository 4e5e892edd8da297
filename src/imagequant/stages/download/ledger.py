"""One split's links while they are fetched: where each leads and what came of it.

A table on disk (SQLite, in a temporary file that goes with the connection), since there may be millions of links:
memory does not grow with them.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from types import TracebackType
from typing import Any, Self

from imagequant.core.iteration import chunks
from imagequant.fetch.local_files import FileState, Seen
from imagequant.fetch.outcome import Failed, Fetched, Outcome
from imagequant.storage.manifest import FAILED, OK, ManifestRow
from imagequant.storage.raw import RawRow

_STATE = [field.name for field in fields(FileState)]
_IMAGE = [field.name for field in fields(Fetched)]
_FAILURE = [field.name for field in fields(Failed)]
# Not dataclasses.astuple, which copies each value.
_state_of, _image_of = attrgetter(*_STATE), attrgetter(*_IMAGE)

# `number` counts from 1 in the order of first appearance. `known` is what an earlier run saw of local files.
_TABLES = f"""
CREATE TABLE urls (number INTEGER PRIMARY KEY, url UNIQUE, host, {", ".join(_FAILURE + _IMAGE + _STATE)});
CREATE TABLE links (number INTEGER PRIMARY KEY, source, image_link, url, UNIQUE (source, image_link));
CREATE TABLE known (url PRIMARY KEY, {", ".join(_STATE + _IMAGE)}) WITHOUT ROWID;
CREATE INDEX of_host ON urls (host, number) WHERE host IS NOT NULL;
"""
_SEEN = f"url, {', '.join(_STATE + _IMAGE)}"
_CACHE_KIB = 8192
# Rows held at a time. Read in pages, since the table changes while they are worked on.
_PAGE = 2048

# (content hash, link to read it from)
Member = tuple[str, str]


class Ledger:
    """The links of one split. Not for more than one thread."""

    def __init__(self, rows: Iterable[RawRow], place_of: Callable[[RawRow], str]) -> None:
        """Takes up the distinct links of raw rows; ``place_of`` says as a URL where a row's leads."""
        # No name: a temporary file of SQLite's own. Nothing is committed, since nobody else looks.
        self._tables = sqlite3.connect("", isolation_level=None)
        self._tables.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE_KIB}; {_TABLES} BEGIN;"
        )
        for some in chunks(rows, _PAGE):
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
        """How many distinct places the links lead to."""
        return int(self._one("SELECT coalesce(max(number), 0) FROM urls"))

    def urls(self) -> Iterator[str]:
        """The places in order of first appearance."""
        return self._paged("SELECT number, url FROM urls WHERE number > ?")

    # --- what came of them

    def note(self, url: str, outcome: Outcome, state: FileState | None = None) -> None:
        """Notes what a link came to and, of a local file that can be known again, how it was found."""
        values: dict[str, Any] = {name: getattr(outcome, name) for name in _names(outcome)}
        if state is not None:
            values |= {name: getattr(state, name) for name in _STATE}
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._tables.execute(f"UPDATE urls SET host = NULL, {assignments} WHERE url = ?", (*values.values(), url))

    def note_waiting(self, url: str, host: str) -> None:
        """Notes that a link's server has to be asked."""
        self._tables.execute("UPDATE urls SET host = ? WHERE url = ?", (host, url))

    def waiting_hosts(self) -> dict[str, int]:
        """The servers that have to be asked, with how many links each has, in the order of their names."""
        return dict(self._tables.execute("SELECT host, count(*) FROM urls WHERE host IS NOT NULL GROUP BY host"))

    def waiting_urls(self, host: str) -> Iterator[str]:
        """The links that a server has to be asked for."""
        return self._paged("SELECT number, url FROM urls WHERE number > ? AND host = ?", host)

    def deal_waiting(self, blocks: int) -> None:
        """Deals the links that wait out to so many blocks, each with some of every server's."""
        self._tables.execute("DROP TABLE IF EXISTS dealt")
        self._tables.execute("CREATE TABLE dealt (block, number, PRIMARY KEY (block, number)) WITHOUT ROWID")
        self._tables.execute(
            "INSERT INTO dealt SELECT (row_number() OVER (ORDER BY host, number) - 1) % ?, number"
            " FROM urls WHERE host IS NOT NULL",
            (blocks,),
        )

    def dealt(self, block: int) -> list[str]:
        """The links of one block."""
        found = self._tables.execute("SELECT url FROM dealt JOIN urls USING (number) WHERE block = ?", (block,))
        return [url for (url,) in found]

    def failures(self) -> Counter[str]:
        """How many links failed, by reason; the commonest first, names decide ties."""
        found = self._tables.execute(
            "SELECT reason, count(*) FROM urls WHERE reason IS NOT NULL GROUP BY reason ORDER BY count(*) DESC, reason"
        )
        return Counter(dict(found))

    def detail(self, reason: str) -> str:
        """The first link's that failed for a reason."""
        return str(self._one("SELECT detail FROM urls WHERE reason = ? ORDER BY number LIMIT 1", reason))

    # --- local files that an earlier run saw

    def know(self, seen: Iterable[Seen]) -> None:
        """Takes up what an earlier run saw."""
        marks = ", ".join("?" * (1 + len(_STATE) + len(_IMAGE)))
        for some in chunks(seen, _PAGE):
            self._many(
                f"INSERT OR REPLACE INTO known VALUES ({marks})",
                [(item.url, *_state_of(item.state), *_image_of(item.image)) for item in some],
            )

    def known(self, urls: Sequence[str]) -> dict[str, Seen]:
        """What of the links an earlier run saw."""
        marks = ", ".join("?" * len(urls))
        found = self._tables.execute(f"SELECT {_SEEN} FROM known WHERE url IN ({marks})", urls)
        return {seen.url: seen for seen in map(_seen, found)}

    def seen(self) -> Iterator[Seen]:
        """What this run saw of local files that can be known again."""
        return map(_seen, self._tables.execute(f"SELECT {_SEEN} FROM urls WHERE inode IS NOT NULL ORDER BY number"))

    def saw_the_same(self) -> bool:
        """Whether this run saw just what an earlier one had."""
        seen = f"SELECT {_SEEN} FROM urls WHERE inode IS NOT NULL"
        known = f"SELECT {_SEEN} FROM known"
        differ = f"(SELECT * FROM ({seen} EXCEPT {known}) LIMIT 1)", f"(SELECT * FROM ({known} EXCEPT {seen}) LIMIT 1)"
        return not any(self._one(f"SELECT count(*) FROM {rows}") for rows in differ)

    # --- shards

    def assign_shards(self, size: int) -> int:
        """Says which contents go into which shard: each once, in the shard of the first link that gave it.

        Shards are cut by links, failed ones counted in, so that rows appended to the raw file leave full shards alone.

        Args:
            size: Links a shard.

        Returns:
            How many shards there are.
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
        """The contents of one shard, in the order of the links."""
        return list(
            self._tables.execute(
                "SELECT contents.sha256, url FROM contents JOIN urls USING (number) WHERE shard = ? ORDER BY number",
                (shard,),
            )
        )

    def manifest_rows(self) -> Iterator[ManifestRow]:
        """One row a link, in the links' order."""
        columns = ", ".join(f"urls.{name}" for name in _FAILURE + _IMAGE)
        found = self._tables.execute(
            f"SELECT source, image_link, {columns}, shard FROM links JOIN urls ON urls.number = links.url"
            " LEFT JOIN contents ON contents.sha256 = urls.sha256 ORDER BY links.number"
        )
        return (_manifest_row(*row) for row in found)

    # --- SQL

    def _one(self, query: str, *values: Any) -> Any:
        return self._tables.execute(query, values).fetchone()[0]

    def _many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self._tables.executemany(statement, rows)

    def _paged(self, query: str, *values: Any) -> Iterator[str]:
        last = 0
        while page := self._tables.execute(f"{query} ORDER BY number LIMIT {_PAGE}", (last, *values)).fetchall():
            for last, url in page:  # noqa: B007  (the next page starts after the last)
                yield url


def _names(outcome: Outcome) -> Sequence[str]:
    return _FAILURE if isinstance(outcome, Failed) else _IMAGE


def _seen(row: Sequence[Any]) -> Seen:
    url, *values = row
    return Seen(url, FileState(*values[: len(_STATE)]), Fetched(*values[len(_STATE) :]))


def _manifest_row(source: str, image_link: str, reason: str | None, detail: str | None, *image: Any) -> ManifestRow:
    if reason is not None:
        return ManifestRow(source, image_link, FAILED, reason, detail or "", "", 0, 0, "", 0, shard=-1)
    return ManifestRow(source, image_link, OK, "", "", *image)
