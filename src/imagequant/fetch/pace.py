"""How fast a host is asked: connections at once, requests a second, pauses it asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol


class Pace(Protocol):
    """When requests may start. One keeps the pace of all who ask a host, wherever they run."""

    async def start(self, host: str) -> None:
        """Returns when the next request to the host (``example.org:8080``) may start."""

    async def pause(self, host: str, seconds: float) -> None:
        """Starts no further request for so long: a server that says "not now" means all of its links."""


@dataclass
class Starts:
    """The start times of one host's requests, ``interval`` seconds apart. Times are of the caller's clock."""

    interval: float
    next_start: float = 0.0

    def take(self, now: float, wanted: int, horizon: float) -> list[float]:
        """Takes up to ``wanted`` start times, none later than ``horizon`` seconds from now.

        Returns:
            For each, in how many seconds it is; fewer than wanted where the others are too far ahead to be promised,
            since a pause may be asked for meanwhile.
        """
        delays: list[float] = []
        while len(delays) < wanted and self.next_start <= now + horizon:
            start = max(self.next_start, now)
            delays.append(start - now)
            self.next_start = start + self.interval
        return delays

    def wait(self, now: float) -> float:
        """Seconds until the next start time."""
        return max(0.0, self.next_start - now)

    def pause(self, now: float, seconds: float) -> None:
        """Takes away all start times of the next ``seconds``."""
        self.next_start = max(self.next_start, now + seconds)


@dataclass
class _LocalHost:
    starts: Starts
    # Who comes first waits for the start time, the others for him: else each would wake up for every start.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class LocalPace:
    """The pace kept by one event loop."""

    def __init__(self, rate: float) -> None:
        self._interval = interval(rate)
        self._hosts: dict[str, _LocalHost] = {}

    async def start(self, host: str) -> None:
        """Returns when the next request to the host may start."""
        loop = asyncio.get_running_loop()
        kept = self._host(host)
        async with kept.turn:
            # Again after each sleep, since a pause may have been asked for meanwhile.
            while not kept.starts.take(loop.time(), wanted=1, horizon=0.0):
                await asyncio.sleep(kept.starts.wait(loop.time()))

    async def pause(self, host: str, seconds: float) -> None:
        """Starts no further request to the host for so long."""
        self._host(host).starts.pause(asyncio.get_running_loop().time(), seconds)

    def _host(self, name: str) -> _LocalHost:
        if name not in self._hosts:
            self._hosts[name] = _LocalHost(Starts(self._interval))
        return self._hosts[name]


def interval(rate: float) -> float:
    """Seconds between two requests to a host; a rate of 0 sets no limit."""
    return 1.0 / rate if rate else 0.0


class Connections:
    """How many connections are open, to a host and in all, in this process."""

    def __init__(self, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def turn(self, host: str, pace: Pace) -> AsyncIterator[None]:
        """Holds a connection of this host, begun no sooner than its pace allows."""
        if host not in self._hosts:
            self._hosts[host] = asyncio.Semaphore(self._per_host)
        async with self._hosts[host]:
            await pace.start(host)
            # The total last: a request that waits for its host must not keep other hosts waiting.
            async with self._total:
                yield
