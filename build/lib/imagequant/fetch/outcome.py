"""The outcome of a fetch: an image, or a failure with a reason that is the same on every machine."""

import hashlib
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from imagequant.imaging.decode import ImageError, TooManyPixelsError, probe

# Statuses that mean "not now" rather than "no".
_TEMPORARY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
# Servers also use these for suspected robots, and while an account or a lock is in the way.
_LATER_STATUSES = frozenset({401, 402, 403, 407, 421, 423})

# Bytes within which an SVG begins after its declarations.
_MARKUP_START = 1024


@dataclass(frozen=True, slots=True)
class FetchedImage:
    """An image; its bytes are in the work cache or in the local file."""

    sha256: str
    width: int
    height: int
    format: str
    bytes: int


@dataclass(frozen=True)
class FetchFailure:
    """A link that gave no image.

    ``reason`` is a short code, counted in summaries; ``detail`` is one line for people, free of anything that differs
    between machines and runs.
    """

    reason: str
    detail: str


Outcome = FetchedImage | FetchFailure


class Retry(Enum):
    """When another attempt can help."""

    NEVER = "never"  # only after the link's owner, the parameters or this code change
    NEXT_RUN = "next run"
    NOW = "now"


class FetchError(Exception):
    """A fetch that failed; ``retry_after`` has the seconds that the server asked to wait, if it did."""

    def __init__(
        self, reason: str, detail: str, retry: Retry = Retry.NEVER, *, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.failure = FetchFailure(reason, detail)
        self.retry = retry
        self.retry_after = retry_after


def status_error(code: int, retry_after: float | None) -> FetchError:
    """Returns the failure for an HTTP status other than 200."""
    # The standard's phrase: servers word their own as they like.
    phrase = HTTPStatus(code).phrase if code in HTTPStatus.__members__.values() else "non-standard status"
    retry = Retry.NEXT_RUN if code in _LATER_STATUSES or code >= 500 else Retry.NEVER
    return FetchError(
        f"http_{code}", phrase, Retry.NOW if code in _TEMPORARY_STATUSES else retry, retry_after=retry_after
    )


def too_large(max_bytes: int) -> FetchError:
    """Returns the failure for a file above the limit."""
    return FetchError("too_large", f"more than {max_bytes} bytes")


def refused_path() -> FetchError:
    """Returns the failure for a file that a link of its CSV may not name."""
    return FetchError("refused_path", "neither in the CSV's own folder nor in one of download.folders")


def check_image(payload: bytes, max_bytes: int) -> FetchedImage:
    """Checks by its header that the payload is an image; does not decode it."""
    if len(payload) > max_bytes:
        raise too_large(max_bytes)
    try:
        info = probe(payload)
    except TooManyPixelsError as error:
        raise FetchError("too_many_pixels", str(error)) from None
    except ImageError as error:
        raise _no_image(payload, str(error)) from None
    return FetchedImage(hashlib.sha256(payload).hexdigest(), info.width, info.height, info.format, len(payload))


def _no_image(payload: bytes, problem: str) -> FetchError:
    """Returns a specific failure for what servers commonly send instead of an image."""
    if not payload:
        return FetchError("empty_body", "no bytes")
    start = payload[:_MARKUP_START].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start.startswith(b"<"):
        return FetchError("not_an_image", problem)
    if b"<svg" in start:
        return FetchError("svg_body", "SVG, a drawing in text, which is not read")
    return FetchError("html_body", "HTML or other markup, no image")
