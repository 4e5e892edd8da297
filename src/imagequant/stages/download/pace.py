"""How fast a host is asked: connections at once, requests a second, pauses it asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from imagequant.params import DownloadParams


class Host:
    """The pace of one host."""

    def __init__(self, connections: int, rate: float) -> None:
        self._slots = asyncio.Semaphore(connections)
        self._interval = 1.0 / rate if rate else 0.0
        self._next_start = 0.0

    def pause(self, seconds: float) -> None:
        """Starts no further request for so long: a server that says "not now" means all of its links."""
        self._next_start = max(self._next_start, asyncio.get_running_loop().time() + seconds)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Holds a connection of this host, begun no sooner than its rate and pauses allow."""
        async with self._slots:
            loop = asyncio.get_running_loop()
            # Again after each sleep, since a pause may have been asked for meanwhile.
            while (wait := self._next_start - loop.time()) > 0:
                await asyncio.sleep(wait)
            self._next_start = loop.time() + self._interval
            yield


class Pace:
    """The pace of all hosts together."""

    def __init__(self, params: DownloadParams) -> None:
        self._params = params
        self._connections = asyncio.Semaphore(params.connections)
        self._hosts: dict[str, Host] = {}

    def host(self, name: str) -> Host:
        """The pace of the host ``name`` (``example.org:8080``)."""
        if name not in self._hosts:
            self._hosts[name] = Host(self._params.connections_per_host, self._params.rate)
        return self._hosts[name]

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Holds one connection, within the host's pace and the total."""
        # The total last: a request that waits for its host must not keep other hosts waiting.
        async with self.host(name).turn(), self._connections:
            yield
