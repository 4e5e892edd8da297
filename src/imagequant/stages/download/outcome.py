"""What a fetch can come to: an image, or a failure with a reason that reads the same on every machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

from imagequant.imaging.decode import ImageError, TooManyPixelsError, probe

# Statuses that say "not now" rather than "no".
_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Fetched:
    """An image that was fetched; its bytes lie in the work cache or in the local file."""

    sha256: str
    width: int
    height: int
    format: str
    bytes: int


@dataclass(frozen=True)
class Failed:
    """A link that gave no image.

    Attributes:
        reason: A short code, counted in summaries.
        detail: One line for people, free of anything that differs between machines and runs.
    """

    reason: str
    detail: str


Outcome = Fetched | Failed


class FetchError(Exception):
    """A fetch went wrong.

    Attributes:
        failure: What the link comes to if it is given up now.
        passing: Whether trying again can help.
        retry_after: Seconds the server asked to wait, if it did.
    """

    def __init__(self, reason: str, detail: str, *, passing: bool = False, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.failure = Failed(reason, detail)
        self.passing = passing
        self.retry_after = retry_after


def status_error(code: int, retry_after: float | None) -> FetchError:
    """The failure that an HTTP status other than 200 is."""
    # The standard's phrase, not the server's: servers word it as they like.
    phrase = HTTPStatus(code).phrase if code in HTTPStatus.__members__.values() else "non-standard status"
    return FetchError(f"http_{code}", phrase, passing=code in _PASSING_STATUSES, retry_after=retry_after)


def too_large(max_bytes: int) -> FetchError:
    """The failure of a file above the limit."""
    return FetchError("too_large", f"more than {max_bytes} bytes")


def judge(payload: bytes, max_bytes: int) -> Fetched:
    """Checks by its header that the payload is an image; the payload itself is left as it is.

    Raises:
        FetchError: If it is too large or no image.
    """
    if len(payload) > max_bytes:
        raise too_large(max_bytes)
    try:
        info = probe(payload)
    except TooManyPixelsError as error:
        raise FetchError("too_large", str(error)) from None
    except ImageError as error:
        raise FetchError("not_an_image", str(error)) from None
    return Fetched(hashlib.sha256(payload).hexdigest(), info.width, info.height, info.format, len(payload))
