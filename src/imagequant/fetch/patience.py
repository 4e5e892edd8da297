"""When a host is given up: one that is gone, or turns everybody away, must not hold a run up for each of its links."""

from __future__ import annotations

import time
from collections.abc import Callable

from imagequant.fetch.outcome import Again, Failed, FetchError
from imagequant.params import DownloadParams

# Longer than people restart a server or a network, and than an attempt may take.
_TIMEOUTS = 20
_ROUNDS = 2


class Patience:
    """With one host: it ends when nothing but failures that might pass has come of it for long.

    Its other links are then not asked for in this run; the next one asks for them.
    """

    def __init__(self, params: DownloadParams, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = _TIMEOUTS * params.timeout
        self._links = _ROUNDS * params.connections_per_host
        self._clock = clock
        self._last_use: float | None = None
        self._in_vain = 0
        self._over: Failed | None = None

    @property
    def over(self) -> Failed | None:
        """What the host's other links come to, once it is given up."""
        return self._over

    def note(self, failure: FetchError | None) -> None:
        """Notes what came of a link after all attempts; nothing where that is an image."""
        if failure is None or failure.again is not Again.NOW:
            self._last_use, self._in_vain = self._clock(), 0
            return
        if self._last_use is None:  # a host may wait for its turn: its time starts with what first comes of it
            self._last_use = self._clock()
        self._in_vain += 1
        if self._in_vain >= self._links and self._clock() - self._last_use > self._seconds:
            self._over = Failed(failure.failure.reason, "not asked for: other links of the host came to this")
