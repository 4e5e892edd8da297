"""When to repeat a request, and how long to wait before."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from imagequant.fetch.outcome import FetchError, Retry
from imagequant.params import FetchParams


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


def retrying(params: FetchParams) -> AsyncRetrying:
    """Repeats a fetch after temporary failures, up to ``params.attempts`` attempts in all.

    Waits double from ``backoff`` with jitter; a ``Retry-After`` replaces them. Neither exceeds ``backoff_max``.
    """
    backoff = wait_exponential_jitter(initial=params.backoff, max=params.backoff_max, jitter=params.backoff)

    def wait(state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        if isinstance(failure, FetchError) and failure.retry_after is not None:
            return min(failure.retry_after, params.backoff_max)
        return backoff(state)

    return AsyncRetrying(
        stop=stop_after_attempt(params.attempts), wait=wait, retry=retry_if_exception(_is_temporary), reraise=True
    )


def _is_temporary(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.retry is Retry.NOW
