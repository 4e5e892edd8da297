"""How fast a host is asked, when a request is repeated, and when to give up a host."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from imagequant.fetch.outcome import FetchError, FetchFailure, Retry
from imagequant.params import FetchParams

# Longer than restarting a server or a network takes, and longer than an attempt may take.
_TIMEOUTS = 20
_ROUNDS = 2


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
        """Takes up to ``wanted`` start times, at most ``horizon`` seconds from now; returns the seconds until each.

        The others are too far ahead: the server may ask for a pause before them.
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


class HostPatience:
    """Gives up one host after a long time with nothing but temporary failures.

    Its other links are then not requested in this run, but in the next.
    """

    def __init__(self, params: FetchParams, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = _TIMEOUTS * params.timeout
        self._links = _ROUNDS * params.connections_per_host
        self._clock = clock
        self._last_success: float | None = None
        self._failures = 0
        # The outcome of the host's other links, once it is given up.
        self.outcome: FetchFailure | None = None

    def note(self, failure: FetchError | None) -> None:
        """Records the failure of a link after all attempts, or None if it gave an image."""
        if failure is None or failure.retry is not Retry.NOW:
            self._last_success, self._failures = self._clock(), 0
            return
        if self._last_success is None:  # its time starts with the first outcome: a host may have waited for its turn
            self._last_success = self._clock()
        self._failures += 1
        if self._failures >= self._links and self._clock() - self._last_success > self._seconds:
            detail = "not requested: other links of the host failed like this"
            self.outcome = FetchFailure(failure.failure.reason, detail)


def parse_retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Returns the seconds of a ``Retry-After`` header in either form; None if there is none or it is malformed."""
    if header is None:
        return None
    header = header.strip()
    if header.isascii() and header.isdigit():
        return float(header)
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    if when.tzinfo is None:  # "-0000" parses as naive; HTTP dates are always UTC.
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def seconds_to_wait(failure: FetchError, attempt: int, params: FetchParams) -> float:
    """Returns how long to wait after an attempt (from 1) that failed.

    Waits double from ``backoff`` with jitter; a ``Retry-After`` replaces them. Neither exceeds ``backoff_max``.
    """
    seconds = failure.retry_after
    if seconds is None:
        seconds = params.backoff * 2.0 ** min(attempt - 1, 64) + random.uniform(0, params.backoff)
    return min(seconds, params.backoff_max)
