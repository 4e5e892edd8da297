"""Fetches links on a Ray cluster, at one pace for the whole cluster."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import ray

from imagequant.core.iteration import LazySequence
from imagequant.executor import cluster, iterate_shards
from imagequant.fetch.fetch import fetch_listed
from imagequant.fetch.offline import OfflineLookup
from imagequant.fetch.outcome import Outcome
from imagequant.fetch.pace import StartTimes, interval
from imagequant.params import ExecutorParams, FetchParams
from imagequant.stages.download.link_table import LinkTable
from imagequant.storage.work_cache import WorkCache

# How far ahead start times are assigned: a worker may learn that much later of a pause that a server asked for.
_HORIZON = 0.2
# Small blocks: at the end, idle workers wait for the last one.
_BLOCKS_PER_WORKER = 4
_MAX_LINKS_PER_BLOCK = 2048


class PaceKeeper:
    """Assigns start times; one per cluster, in its own process."""

    def __init__(self, rate: float) -> None:
        self._hosts: dict[str, StartTimes] = defaultdict(lambda: StartTimes(interval(rate)))

    def take(self, host: str, wanted: int) -> tuple[list[float], float]:
        """Returns start times in seconds from now, since clocks differ, and the seconds until the next can be taken."""
        now = time.monotonic()
        starts = self._hosts[host]
        return starts.take(now, wanted, _HORIZON), max(0.0, starts.wait(now) - _HORIZON)

    def pause(self, host: str, seconds: float) -> None:
        """Assigns no start times within the next ``seconds``."""
        self._hosts[host].pause(time.monotonic(), seconds)


@dataclass
class _ClusterHost:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    starts: deque[float] = field(default_factory=deque)


class RayPace:
    """The pace of a cluster, for one event loop."""

    def __init__(self, keeper: Any) -> None:
        self._keeper = keeper
        self._hosts: dict[str, _ClusterHost] = defaultdict(_ClusterHost)

    async def start(self, host: str) -> None:
        """Waits until the next request to the host may start."""
        loop = asyncio.get_running_loop()
        state = self._hosts[host]
        state.waiting += 1
        try:
            async with state.turn:
                while not state.starts:
                    # For all that wait: the busier the host, the more start times one round trip brings.
                    delays, more = await self._keeper.take.remote(host, state.waiting)
                    state.starts.extend(loop.time() + delay for delay in delays)
                    if not delays:
                        await asyncio.sleep(more)
                await asyncio.sleep(max(0.0, state.starts.popleft() - loop.time()))
        finally:
            state.waiting -= 1

    async def pause(self, host: str, seconds: float) -> None:
        """Starts no further request to the host for ``seconds``, on the whole cluster."""
        self._hosts[host].starts.clear()
        await self._keeper.pause.remote(host, seconds)


def fetch_over_ray(
    table: LinkTable, params: FetchParams, cache: WorkCache, executor: ExecutorParams, label: str
) -> None:
    """Fetches the waiting links on the cluster's workers, which together keep the limits of ``params``.

    Each worker opens its share of the connections, so there are at most as many workers as connections per host. They
    must all reach the cache.
    """
    with cluster(executor) as cores:
        workers = min(cores, params.connections, params.connections_per_host)
        keeper = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(PaceKeeper).remote(params.rate)
        build = partial(partial, _fetch_block, share_of(params, workers), cache, keeper)
        tasks = blocks(table, workers * _BLOCKS_PER_WORKER)
        for outcomes in iterate_shards(build, tasks, replace(executor, workers=workers), label):
            for url, outcome in outcomes.items():
                table.note(url, outcome)


def share_of(params: FetchParams, workers: int) -> FetchParams:
    """Returns the limits of one worker, rounded down, so that all together keep the limits."""
    total, per_host = params.connections // workers, params.connections_per_host // workers
    return replace(params, connections=total, connections_per_host=per_host)


def blocks(table: LinkTable, least: int) -> LazySequence[list[str]]:
    """Returns the waiting links in blocks, each with some of every host's, so that workers can use all connections.

    There are at least ``least`` blocks if there are as many links.
    """
    links = sum(table.waiting_hosts().values())
    count = max(min(least, links), -(-links // _MAX_LINKS_PER_BLOCK))
    table.assign_blocks(count)
    return LazySequence(count, table.block)


def _fetch_block(params: FetchParams, cache: WorkCache, keeper: Any, urls: Sequence[str]) -> Mapping[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    hosts: dict[str, list[str]] = defaultdict(list)
    # Looked up again: a block whose worker died is repeated, and the cache has some of it.
    for result in OfflineLookup(params, cache).find_all(urls):
        if result.outcome is not None:
            outcomes[result.url] = result.outcome
        else:
            hosts[result.host].append(result.url)
    return outcomes | fetch_listed(hosts, params, cache, RayPace(keeper))
