"""How fast a host is asked: simultaneous connections, requests per second, pauses it asked for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol


class Pace(Protocol):
    """Decides when requests may start. One instance keeps the pace of all requests to a host, wherever they run."""

    async def start(self, host: str) -> None:
        """Waits until the next request to the host (``example.org:8080``) may start."""

    async def pause(self, host: str, seconds: float) -> None:
        """Starts no further request for ``seconds``: a server that says "not now" means all of its links."""


@dataclass
class StartTimes:
    """The start times of one host's requests, ``interval`` seconds apart, on the caller's clock."""

    interval: float
    next_start: float = 0.0

    def take(self, now: float, wanted: int, horizon: float) -> list[float]:
        """Takes up to ``wanted`` start times, none later than ``horizon`` seconds from now.

        Returns:
            The seconds until each. Fewer than wanted if the others are too far ahead, because the server may ask for a
            pause before them.
        """
        delays: list[float] = []
        while len(delays) < wanted and self.next_start <= now + horizon:
            start = max(self.next_start, now)
            delays.append(start - now)
            self.next_start = start + self.interval
        return delays

    def wait(self, now: float) -> float:
        """Returns the seconds until the next start time."""
        return max(0.0, self.next_start - now)

    def pause(self, now: float, seconds: float) -> None:
        """Removes all start times within the next ``seconds``."""
        self.next_start = max(self.next_start, now + seconds)


class LocalPace:
    """The pace of one event loop."""

    def __init__(self, rate: float) -> None:
        self._starts: dict[str, StartTimes] = defaultdict(lambda: StartTimes(interval(rate)))
        # The first task waits for the start time, the others for the lock: otherwise all would wake up at every start.
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def start(self, host: str) -> None:
        """Waits until the next request to the host may start."""
        loop = asyncio.get_running_loop()
        starts = self._starts[host]
        async with self._turns[host]:
            # Tried again after each sleep, because a pause may have been requested in between.
            while not starts.take(loop.time(), wanted=1, horizon=0.0):
                await asyncio.sleep(starts.wait(loop.time()))

    async def pause(self, host: str, seconds: float) -> None:
        """Starts no further request to the host for ``seconds``."""
        self._starts[host].pause(asyncio.get_running_loop().time(), seconds)


def interval(rate: float) -> float:
    """Returns the seconds between two requests to a host; a rate of 0 means no limit."""
    return 1.0 / rate if rate else 0.0


class Connections:
    """Limits the open connections of this process, per host and in total."""

    def __init__(self, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))

    @asynccontextmanager
    async def turn(self, host: str, pace: Pace) -> AsyncIterator[None]:
        """Holds one of the host's connections, opened when its pace allows."""
        async with self._hosts[host]:
            await pace.start(host)
            # The total comes last: a request that waits for its host must not block other hosts.
            async with self._total:
                yield
