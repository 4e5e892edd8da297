"""Fetching many links at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from imagequant.params import DownloadParams
from imagequant.stages.download.fetch import Fetcher, open_client
from imagequant.stages.download.outcome import Outcome
from imagequant.storage.work_cache import WorkCache


async def fetch_all(
    urls: Iterable[str], params: DownloadParams, cache: WorkCache, on_done: Callable[[], object]
) -> dict[str, Outcome]:
    """Fetches every link. Only outcomes are kept in memory, bodies no longer than it takes to store them.

    Args:
        urls: Distinct resolved links.
        params: Limits, pace and retries.
        cache: Where bodies of web links are found and left.
        on_done: Called after each link.

    Returns:
        The outcome of each link.
    """
    outcomes: dict[str, Outcome] = {}
    async with open_client(params) as client:
        fetcher = Fetcher(params, cache, client)

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
        hosts.setdefault(_host(url), []).append(url)
    return hosts


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:  # malformed; fetching it will say so
        return ""
