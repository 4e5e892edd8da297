"""Fetching links from their servers."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from imagequant.fetch.failures import KnownFailures
from imagequant.fetch.outcome import Again, Failed, Fetched, FetchError, Outcome, judge
from imagequant.fetch.pace import Connections, Pace
from imagequant.fetch.patience import Patience
from imagequant.fetch.retry import retrying
from imagequant.fetch.stored import CACHE_AREA, cache_key
from imagequant.fetch.web import Sessions, get, host_of, open_sessions, web_url
from imagequant.params import DownloadParams
from imagequant.storage.work_cache import WorkCache

MAX_REDIRECTS = 5
# Bytes that are hashed and written in less time than a thread takes to get its turn beside the event loop.
_SMALL = 1 << 18


class Fetcher:
    """Fetches links. Bodies go to the work cache, so that a later run asks only for what is missing."""

    def __init__(self, params: DownloadParams, cache: WorkCache, pace: Pace, sessions: Sessions) -> None:
        self._params = params
        self._cache = cache
        self._pace = pace
        self._sessions = sessions
        self._failures = KnownFailures.of(cache, params)
        self._connections = Connections(params.connections, params.connections_per_host)

    async def fetch(self, url: str, patience: Patience) -> Outcome:
        """Fetches one link; what goes wrong with it is an outcome, not an exception."""
        if patience.over is not None:
            await asyncio.sleep(0)  # other hosts' turn: there may be a million more of these
            return patience.over
        try:
            outcome = await self._fetch(url)
        except FetchError as error:
            patience.note(error)
            if error.again is Again.NEVER:
                await self._remember(url, error.failure)
            return error.failure
        patience.note(None)
        return outcome

    async def _fetch(self, url: str) -> Fetched:
        payload = await self._get(url)
        if len(payload) <= _SMALL and self._cache.is_local:
            return self._keep(url, payload)
        # In a thread: a large image takes long to hash, and a store to take it.
        return await asyncio.to_thread(self._keep, url, payload)

    async def _get(self, url: str) -> bytes:
        try:
            return await self._attempt(url)
        except FetchError as error:
            failed = [error]

        async def attempt() -> bytes:
            # The first is over: most links come at once, and by way of tenacity would cost half as much again.
            if failed:
                raise failed.pop()
            return await self._attempt(url)

        return cast("bytes", await retrying(self._params)(attempt))

    async def _attempt(self, url: str) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            target = web_url(url)
            host = host_of(target)
            async with self._connections.turn(host, self._pace):
                try:
                    answer = await get(self._sessions, target, self._params.max_bytes)
                except FetchError as failure:
                    if failure.again is Again.NOW and failure.retry_after is not None:
                        await self._pace.pause(host, min(failure.retry_after, self._params.backoff_max))
                    raise
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise FetchError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects")

    async def _remember(self, url: str, failure: Failed) -> None:
        if self._cache.is_local:
            self._failures.note(url, failure)
        else:
            await asyncio.to_thread(self._failures.note, url, failure)

    def _keep(self, url: str, payload: bytes) -> Fetched:
        fetched = judge(payload, self._params.max_bytes)
        self._cache.put(CACHE_AREA, cache_key(url), payload)
        return fetched


def fetch_links(
    hosts: Mapping[str, int],
    urls_of: Callable[[str], Iterator[str]],
    params: DownloadParams,
    cache: WorkCache,
    pace: Pace,
    note: Callable[[str, Outcome], object],
) -> None:
    """Asks servers for links. Bodies are in memory no longer than it takes to store them.

    Args:
        hosts: The servers, with how many links each has.
        urls_of: The links of one of them.
        params: Limits and retries.
        cache: Where bodies are left.
        pace: When requests may start.
        note: Called with the outcome of each link.
    """

    async def work(fetcher: Fetcher, queue: Iterator[str], patience: Patience) -> None:
        for url in queue:
            note(url, await fetcher.fetch(url, patience))

    async def fetch_all() -> None:
        async with open_sessions(params) as sessions:
            fetcher = Fetcher(params, cache, pace, sessions)
            # Workers a host, not workers for all: a host that is slow or asks for pauses holds up its own links only.
            async with asyncio.TaskGroup() as group:
                for host, count in hosts.items():
                    queue, patience = urls_of(host), Patience(params)
                    for _ in range(min(params.connections_per_host, count)):
                        group.create_task(work(fetcher, queue, patience))

    # What is loaded stays: looking through it again and again for what is not needed takes as long as some links.
    gc.freeze()
    asyncio.run(fetch_all())


def fetch_listed(
    hosts: Mapping[str, Sequence[str]], params: DownloadParams, cache: WorkCache, pace: Pace
) -> dict[str, Outcome]:
    """As ``fetch_links`` for links that fit into memory, listed by their servers; returns what each came to."""
    outcomes: dict[str, Outcome] = {}
    counts = {host: len(urls) for host, urls in hosts.items()}
    fetch_links(counts, lambda host: iter(hosts[host]), params, cache, pace, outcomes.__setitem__)
    return outcomes
