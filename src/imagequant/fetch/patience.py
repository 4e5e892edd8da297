"""When to give up a host: one that is down or refuses everybody must not delay a run by each of its links."""

from __future__ import annotations

import time
from collections.abc import Callable

from imagequant.fetch.outcome import FetchError, FetchFailure, Retry
from imagequant.params import FetchParams

# Longer than restarting a server or a network takes, and longer than an attempt may take.
_TIMEOUTS = 20
_ROUNDS = 2


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
