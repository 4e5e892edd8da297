"""Photos that requests bring along or name: opened within the server's limits."""

import asyncio
from collections.abc import Awaitable
from typing import NamedTuple

from fastapi import HTTPException, UploadFile

from imagequant.fetch.fetch import MAX_REDIRECTS
from imagequant.fetch.outcome import FetchError
from imagequant.fetch.web import get, open_sessions, web_url
from imagequant.imaging.decode import ImageError, TooManyPixelsError, probe
from imagequant.params import FetchParams
from imagequant.server.schemas import problem
from imagequant.server.settings import Settings

# The asker's mistakes, by the fetcher's reasons; for others the server that was asked is to blame.
_ASKERS = frozenset({"refused_host", "refused_scheme", "invalid_link"})


class OpenedPhoto(NamedTuple):
    """A photo's name as sent, and its bytes, which are an image's as far as the header tells."""

    name: str
    payload: bytes


async def open_upload(photo: UploadFile, settings: Settings) -> OpenedPhoto:
    """Open a photo that was sent."""
    if photo.size is not None and photo.size > settings.max_bytes:
        raise problem(413, f"photo: {photo.size} bytes; at most {settings.max_bytes} are allowed")
    return await _checked("photo", photo.filename or "", await photo.read(), settings)


async def open_url(url: str, settings: Settings) -> OpenedPhoto:
    """Fetch a photo, as the ``download`` stage does: only from public hosts, unless others are allowed."""
    try:
        async with asyncio.timeout(settings.timeout):
            payload = await _fetched(url, settings)
    except TimeoutError:
        raise problem(504, f"url: no photo within {settings.timeout:g} s") from None
    except FetchError as error:
        reason, detail = error.failure.reason, error.failure.detail.replace("download.hosts", "--allow-host")
        status = 413 if reason == "too_large" else 422 if reason in _ASKERS else 502
        raise problem(status, f"url: {detail} ({reason})") from None
    return await _checked("url", url, payload, settings)


async def or_problem(opening: Awaitable[OpenedPhoto]) -> OpenedPhoto | HTTPException:
    """Return a photo, or why it cannot be opened."""
    try:
        return await opening
    except HTTPException as error:
        return error


async def _fetched(url: str, settings: Settings) -> bytes:
    async with open_sessions(_access(settings)) as sessions:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await get(sessions, web_url(url), settings.max_bytes)
            if isinstance(answer, bytes):
                return answer
            url = answer
    raise FetchError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects")


def _access(settings: Settings) -> FetchParams:
    return FetchParams(
        connections=1,
        connections_per_host=1,
        rate=0.0,
        timeout=settings.timeout,
        attempts=1,
        backoff=1.0,
        backoff_max=1.0,
        max_bytes=settings.max_bytes,
        schemes=("https", "http"),
        hosts=settings.allow_hosts,
        folders=(),
    )


async def _checked(field: str, name: str, payload: bytes, settings: Settings) -> OpenedPhoto:
    allowed = f"at most {settings.max_pixels} pixels in total are allowed"
    try:
        # In a thread, because headers are untrusted.
        info = await asyncio.to_thread(probe, payload)
    except TooManyPixelsError as error:
        raise problem(413, f"{field}: {error}; {allowed}") from None
    except ImageError as error:
        raise problem(422, f"{field}: {error}; allowed: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC and AVIF") from None
    if info.width * info.height > settings.max_pixels:
        raise problem(413, f"{field}: {info.width} x {info.height} pixels; {allowed}")
    return OpenedPhoto(name, payload)
