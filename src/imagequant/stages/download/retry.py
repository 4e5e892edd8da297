"""When to ask again, and how long to wait before."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from imagequant.params import DownloadParams
from imagequant.stages.download.outcome import FetchError

T = TypeVar("T")


def parse_retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds to wait from a ``Retry-After`` header in either form; None where there is none or it is malformed."""
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


async def retrying(attempt: Callable[[], Awaitable[T]], params: DownloadParams) -> T:
    """Repeats an attempt while its failure can pass, ``params.attempts`` times in all.

    Raises:
        FetchError: The last attempt's.
    """
    for number in range(1, params.attempts):
        try:
            return await attempt()
        except FetchError as failure:
            if not failure.passing:
                raise
            wait = seconds_to_wait(failure, number, params)
        await asyncio.sleep(wait)
    return await attempt()


def seconds_to_wait(failure: FetchError, number: int, params: DownloadParams) -> float:
    """How long to wait after the attempt of that number, from 1.

    Waits double from ``backoff`` with jitter; a ``Retry-After`` replaces them. Neither is longer than ``backoff_max``.
    """
    if failure.retry_after is not None:
        return min(failure.retry_after, params.backoff_max)
    # Beyond the 64th doubling no limit is left to reach, and soon no float would hold it.
    doubled = params.backoff * 2.0 ** min(number - 1, 64)
    return min(doubled + random.uniform(0.0, params.backoff), params.backoff_max)
