"""Fetches links from web servers."""

import asyncio
import gc
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from imagequant.fetch.offline import CACHE_AREA, KnownFailures, cache_key, read_payload
from imagequant.fetch.outcome import FetchedImage, FetchError, FetchFailure, Outcome, Retry, check_image
from imagequant.fetch.pace import Connections, HostPatience, LocalPace, Pace, seconds_to_wait
from imagequant.fetch.web import Sessions, get, host_of, open_sessions, web_url
from imagequant.params import FetchParams
from imagequant.storage.work_cache import WorkCache

MAX_REDIRECTS = 5
# Up to this size, hashing and writing takes less time than switching to a thread.
_SMALL_BYTES = 1 << 18
_PARAMS = FetchParams(
    connections=8,
    connections_per_host=4,
    rate=0.0,
    timeout=15.0,
    attempts=3,
    backoff=0.5,
    backoff_max=5.0,
    max_bytes=50_000_000,
    schemes=("https", "http"),
    hosts=(),
    folders=(),
)


class Fetcher:
    """Fetches links. Bodies go to the work cache, so that a later run requests only missing ones."""

    def __init__(self, params: FetchParams, cache: WorkCache, pace: Pace, sessions: Sessions) -> None:
        self._params = params
        self._cache = cache
        self._pace = pace
        self._sessions = sessions
        self._failures = KnownFailures(cache, params)
        self._connections = Connections(params.connections, params.connections_per_host)

    async def fetch(self, url: str, patience: HostPatience) -> Outcome:
        """Fetches one link; failures are outcomes, not exceptions."""
        if patience.outcome is not None:
            await asyncio.sleep(0)  # lets other hosts run: there may be a million more such links
            return patience.outcome
        try:
            payload = await self._get(url)
            # In a thread unless it is quick: hashing a large image and sending it to an object store are slow.
            if len(payload) <= _SMALL_BYTES and self._cache.is_local:
                outcome = self._store(url, payload)
            else:
                outcome = await asyncio.to_thread(self._store, url, payload)
        except FetchError as error:
            patience.note(error)
            if error.retry is Retry.NEVER and self._cache.is_local:
                self._failures.note(url, error.failure)
            elif error.retry is Retry.NEVER:
                await asyncio.to_thread(self._failures.note, url, error.failure)
            return error.failure
        patience.note(None)
        return outcome

    async def _get(self, url: str) -> bytes:
        """Asks again after temporary failures."""
        attempt = 1
        while True:
            try:
                return await self._attempt(url)
            except FetchError as error:
                if error.retry is not Retry.NOW or attempt == self._params.attempts:
                    raise
                await asyncio.sleep(seconds_to_wait(error, attempt, self._params))
                attempt += 1

    async def _attempt(self, url: str) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            target = web_url(url)
            host = host_of(target)
            async with self._connections.turn(host, self._pace):
                try:
                    answer = await get(self._sessions, target, self._params.max_bytes)
                except FetchError as failure:
                    if failure.retry is Retry.NOW and failure.retry_after is not None:
                        await self._pace.pause(host, min(failure.retry_after, self._params.backoff_max))
                    raise
            if isinstance(answer, bytes):
                return answer
            url = answer
        raise FetchError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects")

    def _store(self, url: str, payload: bytes) -> FetchedImage:
        fetched = check_image(payload, self._params.max_bytes)
        self._cache.put(CACHE_AREA, cache_key(url), payload)
        return fetched


def fetch_links(
    hosts: Mapping[str, int],
    urls_of: Callable[[str], Iterator[str]],
    params: FetchParams,
    cache: WorkCache,
    pace: Pace,
    note: Callable[[str, Outcome], object],
) -> None:
    """Fetches links; bodies are in memory only until they are stored in the cache.

    ``hosts`` has the number of links of each server, ``urls_of`` gives them. ``note`` gets the outcome of each link.
    """

    async def work(fetcher: Fetcher, queue: Iterator[str], patience: HostPatience) -> None:
        for url in queue:
            note(url, await fetcher.fetch(url, patience))

    async def fetch_all() -> None:
        async with open_sessions(params) as sessions:
            fetcher = Fetcher(params, cache, pace, sessions)
            # Workers per host: a host that is slow or asks for pauses delays only its own links.
            async with asyncio.TaskGroup() as group:
                for host, count in hosts.items():
                    queue, patience = urls_of(host), HostPatience(params)
                    for _ in range(min(params.connections_per_host, count)):
                        group.create_task(work(fetcher, queue, patience))

    # Loaded modules stay: garbage collection need not look through them again and again.
    gc.freeze()
    asyncio.run(fetch_all())


def fetch_listed(
    hosts: Mapping[str, Sequence[str]], params: FetchParams, cache: WorkCache, pace: Pace
) -> dict[str, Outcome]:
    """Fetches links that fit into memory, given by server, and returns their outcomes; see ``fetch_links``."""
    outcomes: dict[str, Outcome] = {}
    counts = {host: len(urls) for host, urls in hosts.items()}
    fetch_links(counts, lambda host: iter(hosts[host]), params, cache, pace, outcomes.__setitem__)
    return outcomes


def fetch(links: Mapping[str, bool], params: FetchParams | None = None) -> dict[str, bytes | str]:
    """Fetches photos from web servers.

    Args:
        links: Resolved links; for each whether it is trusted. A trusted link may lead to a host that is not public.
        params: What untrusted links may reach, and how patiently; by default http(s) at public addresses.

    Returns:
        For each link the file's bytes, or one line that says why there are none.
    """
    results: dict[str, bytes | str] = {}
    hosts: dict[str, list[str]] = {}
    named: set[str] = set()
    for url, is_trusted in links.items():
        try:
            target = web_url(url)
        except FetchError as error:
            results[url] = f"{error.failure.detail} ({error.failure.reason})"
        else:
            hosts.setdefault(host_of(target), []).append(url)
            named |= {target.host} if is_trusted and target.host else set()
    if not hosts:
        return results
    params = params or _PARAMS
    params = replace(params, hosts=tuple(sorted({*params.hosts, *named})))
    with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
        cache = WorkCache(Path(folder))
        for url, outcome in fetch_listed(hosts, params, cache, LocalPace(params.rate)).items():
            if isinstance(outcome, FetchFailure):
                results[url] = f"{outcome.detail} ({outcome.reason})"
            else:
                results[url] = read_payload(url, cache) or "gone while it was read"
    return results
