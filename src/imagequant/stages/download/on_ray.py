"""Links over a Ray cluster, at one pace for all of it."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, overload

import ray

from imagequant.executor import cluster, iterate_shards
from imagequant.fetch.fetch import fetch_listed
from imagequant.fetch.outcome import Outcome
from imagequant.fetch.pace import Starts, interval
from imagequant.fetch.stored import Stored
from imagequant.params import DownloadParams, EngineParams
from imagequant.stages.download.ledger import Ledger
from imagequant.storage.work_cache import WorkCache

# How far ahead start times are promised: so long may go by before a worker learns of a pause another was asked for.
_HORIZON = 0.2
# A worker's last block is what the others wait for.
_BLOCKS_A_WORKER = 4
_MOST_LINKS_A_BLOCK = 2048


class PaceKeeper:
    """Hands out start times; one for a cluster, in a process of its own."""

    def __init__(self, rate: float) -> None:
        self._hosts: dict[str, Starts] = defaultdict(lambda: Starts(interval(rate)))

    def take(self, host: str, wanted: int) -> tuple[list[float], float]:
        """Start times as seconds from now, since clocks differ between machines, and when to ask for more."""
        now = time.monotonic()
        starts = self._hosts[host]
        return starts.take(now, wanted, _HORIZON), max(0.0, starts.wait(now) - _HORIZON)

    def pause(self, host: str, seconds: float) -> None:
        """Hands out no start times of the next ``seconds``."""
        self._hosts[host].pause(time.monotonic(), seconds)


@dataclass
class _AskedHost:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    starts: deque[float] = field(default_factory=deque)


class RayPace:
    """The pace as one event loop of a cluster sees it."""

    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper
        self._hosts: dict[str, _AskedHost] = defaultdict(_AskedHost)

    async def start(self, host: str) -> None:
        """Returns when the next request to the host may start."""
        loop = asyncio.get_running_loop()
        asked = self._hosts[host]
        asked.waiting += 1
        try:
            async with asked.turn:
                while not asked.starts:
                    # For all who wait: the busier it is, the more one round trip brings.
                    delays, more = await self._keeper.take.remote(host, asked.waiting)
                    asked.starts.extend(loop.time() + delay for delay in delays)
                    if not delays:
                        await asyncio.sleep(more)
                await asyncio.sleep(max(0.0, asked.starts.popleft() - loop.time()))
        finally:
            asked.waiting -= 1

    async def pause(self, host: str, seconds: float) -> None:
        """Starts no further request to the host for so long, on the whole cluster."""
        self._hosts[host].starts.clear()
        await self._keeper.pause.remote(host, seconds)


def fetch_over_ray(waiting: Ledger, params: DownloadParams, cache: WorkCache, engine: EngineParams, label: str) -> None:
    """Fetches the links that wait on the cluster's workers, which keep the limits of ``params`` together.

    Each worker opens its share of the connections, so there are no more workers than a host may see connections.

    Args:
        waiting: Has the links; takes what they came to.
        params: Limits and retries.
        cache: Where bodies are left; workers must reach it.
        engine: The cluster.
        label: Shown with the progress.
    """
    with cluster(engine) as cores:
        workers = min(cores, params.connections, params.connections_per_host)
        keeper = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(PaceKeeper).remote(params.rate)
        build = partial(partial, _fetch_block, share_of(params, workers), cache, keeper)
        blocks = Blocks(waiting, workers * _BLOCKS_A_WORKER)
        for outcomes in iterate_shards(build, blocks, replace(engine, workers=workers), label):
            for url, outcome in outcomes.items():
                waiting.note(url, outcome)


def share_of(params: DownloadParams, workers: int) -> DownloadParams:
    """What one of so many workers may do; never more than its part, so that the limits hold together."""
    return replace(
        params,
        connections=params.connections // workers,
        connections_per_host=params.connections_per_host // workers,
    )


class Blocks(Sequence[list[str]]):
    """Parts of the links that wait, each with some of every host's, so that every worker can use its connections."""

    def __init__(self, waiting: Ledger, least: int) -> None:
        """Makes at least so many, where there are as many links."""
        self._waiting = waiting
        links = sum(waiting.waiting_hosts().values())
        self._count = max(min(least, links), -(-links // _MOST_LINKS_A_BLOCK))
        waiting.deal_waiting(self._count)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> list[str]: ...
    @overload
    def __getitem__(self, number: slice) -> list[list[str]]: ...
    def __getitem__(self, number: int | slice) -> list[str] | list[list[str]]:
        if isinstance(number, slice):
            return [self[at] for at in range(self._count)[number]]
        return self._waiting.dealt(range(self._count)[number])


def _fetch_block(params: DownloadParams, cache: WorkCache, keeper: Any, urls: Sequence[str]) -> Mapping[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    hosts: dict[str, list[str]] = {}
    # With what the cache has by now: a block whose worker died is done again.
    for found in Stored.by(params, cache).look_for(urls):
        if found.outcome is not None:
            outcomes[found.url] = found.outcome
        else:
            hosts.setdefault(found.host, []).append(found.url)
    return outcomes | fetch_listed(hosts, params, cache, RayPace(keeper))
