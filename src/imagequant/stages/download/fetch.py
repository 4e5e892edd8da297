"""Fetching links from their servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence

import aiohttp

from imagequant.params import DownloadParams
from imagequant.stages.download.local_files import LocalFiles
from imagequant.stages.download.outcome import FetchError, Outcome, judge
from imagequant.stages.download.pace import Connections, Pace
from imagequant.stages.download.retry import retrying
from imagequant.stages.download.stored import CACHE_AREA, cache_key, stored_outcomes
from imagequant.stages.download.web import get, host_of, open_session, web_url
from imagequant.storage.work_cache import WorkCache

MAX_REDIRECTS = 5


class Fetcher:
    """Fetches links. Bodies go to the work cache, so that a later run asks only for what is missing."""

    def __init__(self, params: DownloadParams, cache: WorkCache, pace: Pace, session: aiohttp.ClientSession) -> None:
        self._params = params
        self._cache = cache
        self._pace = pace
        self._session = session
        self._connections = Connections(params.connections, params.connections_per_host)

    async def fetch(self, url: str) -> Outcome:
        """Fetches one link; what goes wrong with it is an outcome, not an exception."""
        try:
            payload: bytes = await retrying(self._params)(self._attempt, url)
            # In a thread: a large image takes long to hash, a slow disk to write.
            return await asyncio.to_thread(self._keep, url, payload)
        except FetchError as error:
            return error.failure

    async def _attempt(self, url: str) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            target = web_url(url)
            host = host_of(target)
            async with self._connections.turn(host, self._pace):
                try:
                    answer = await get(self._session, target, self._params.max_bytes)
                except FetchError as failure:
                    if failure.passing and failure.retry_after is not None:
                        await self._pace.pause(host, min(failure.retry_after, self._params.backoff_max))
                    raise
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise FetchError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects")

    def _keep(self, url: str, payload: bytes) -> Outcome:
        fetched = judge(payload, self._params.max_bytes)
        self._cache.put(CACHE_AREA, cache_key(url), payload)
        return fetched


def fetch_links(
    urls: Sequence[str],
    params: DownloadParams,
    cache: WorkCache,
    local: LocalFiles,
    pace: Pace,
    on_done: Callable[[], object] = lambda: None,
) -> dict[str, Outcome]:
    """Fetches what the work cache and the disk do not have.

    Args:
        urls: Distinct resolved links.
        params: Limits and retries.
        cache: Where bodies are found and left.
        local: Reads local files.
        pace: When requests may start.
        on_done: Called after each link.

    Returns:
        The outcome of each link.
    """
    found: dict[str, Outcome] = {}
    for url, outcome in stored_outcomes(urls, cache, local, params.max_bytes):
        found[url] = outcome
        on_done()
    missing = [url for url in urls if url not in found]
    return found | asyncio.run(_fetch_all(missing, params, cache, pace, on_done)) if missing else found


async def _fetch_all(
    urls: Sequence[str], params: DownloadParams, cache: WorkCache, pace: Pace, on_done: Callable[[], object]
) -> dict[str, Outcome]:
    """Asks servers. Only outcomes are kept in memory, bodies no longer than it takes to store them."""
    outcomes: dict[str, Outcome] = {}
    async with open_session(params) as session:
        fetcher = Fetcher(params, cache, pace, session)

        async def work(queue: Iterator[str]) -> None:
            for url in queue:
                outcomes[url] = await fetcher.fetch(url)
                on_done()

        # Workers a host, not workers for all: a host that is slow or asks for pauses holds up its own links only.
        async with asyncio.TaskGroup() as group:
            for host_urls in _by_host(urls).values():
                queue = iter(host_urls)
                for _ in range(min(params.connections_per_host, len(host_urls))):
                    group.create_task(work(queue))
    return outcomes


def _by_host(urls: Iterable[str]) -> dict[str, list[str]]:
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(host_of(web_url(url)), []).append(url)
    return hosts
