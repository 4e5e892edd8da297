"""What a fetch can come to: an image, or a failure with a reason that reads the same on every machine."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from imagequant.imaging.decode import ImageError, TooManyPixelsError, probe

# Statuses that say "not now" rather than "no".
_PASSING_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
# What servers also answer to whom they take for a robot, or while an account or a lock is in the way.
_LATER_STATUSES = frozenset({401, 402, 403, 407, 421, 423})

# An SVG begins so soon, behind its declarations.
_MARKUP_LOOKED_AT = 1024


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


class Again(Enum):
    """When trying again can help."""

    NEVER = "never"  # not before the link's owner, the parameters or this code change
    NEXT_RUN = "next run"
    NOW = "now"


class FetchError(Exception):
    """A fetch went wrong.

    Attributes:
        failure: What the link comes to if it is given up now.
        again: When trying again can help.
        retry_after: Seconds the server asked to wait, if it did.
    """

    def __init__(
        self, reason: str, detail: str, again: Again = Again.NEVER, *, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.failure = Failed(reason, detail)
        self.again = again
        self.retry_after = retry_after


def status_error(code: int, retry_after: float | None) -> FetchError:
    """The failure that an HTTP status other than 200 is."""
    # The standard's phrase, not the server's: servers word it as they like.
    phrase = HTTPStatus(code).phrase if code in HTTPStatus.__members__.values() else "non-standard status"
    again = Again.NEXT_RUN if code in _LATER_STATUSES or code >= 500 else Again.NEVER
    return FetchError(
        f"http_{code}", phrase, Again.NOW if code in _PASSING_STATUSES else again, retry_after=retry_after
    )


def too_large(max_bytes: int) -> FetchError:
    """The failure of a file above the limit."""
    return FetchError("too_large", f"more than {max_bytes} bytes")


def refused_path() -> FetchError:
    """The failure of a file that the link's CSV may not lead to."""
    return FetchError("refused_path", "neither in the CSV's own folder nor in one of download.folders")


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
        raise FetchError("too_many_pixels", str(error)) from None
    except ImageError as error:
        raise _no_image(payload, str(error)) from None
    return Fetched(hashlib.sha256(payload).hexdigest(), info.width, info.height, info.format, len(payload))


def _no_image(payload: bytes, problem: str) -> FetchError:
    """What a body is instead, where servers commonly send that: a page of text says more than "no image"."""
    if not payload:
        return FetchError("empty_body", "no bytes")
    start = payload[:_MARKUP_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<"):
        if b"<svg" in start:
            return FetchError("svg_body", "SVG, a drawing in text, which is not read")
        return FetchError("html_body", "HTML or other markup, no image")
    return FetchError("not_an_image", problem)
