"""One HTTP request: the addresses that can be asked for, the answer, and what a failure is called."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies

import aiohttp
import certifi
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from imagequant.params import DownloadParams
from imagequant.stages.download.outcome import FetchError, status_error, too_large
from imagequant.stages.download.retry import parse_retry_after

# `timeout` bounds silence; a server that drips a byte now and then is given up after so many of it.
_TIMEOUTS_AN_ATTEMPT = 10
_WEB_SCHEMES = ("http", "https")
_HEADERS = {"User-Agent": "imagequant", "Accept-Encoding": "identity"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# What browsers send as it stands (the WHATWG's percent-encode sets), "%" included: links come encoded already.
_PATH_SAFE = "!$%&'()*+,/:;=@[\\]^|~"
_QUERY_SAFE = _PATH_SAFE + "?`{}"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_HOST = re.compile(r"[\s%<>^|\\`{}\"]")


@asynccontextmanager
async def open_session(params: DownloadParams) -> AsyncIterator[aiohttp.ClientSession]:
    """A session that leaves redirects, retries and the number of connections to ``Fetcher``."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=_HEADERS,
        middlewares=(_once,),
        timeout=aiohttp.ClientTimeout(
            total=_TIMEOUTS_AN_ATTEMPT * params.timeout, sock_connect=params.timeout, sock_read=params.timeout
        ),
        # Looking for a proxy takes as long as the rest of a small request.
        trust_env=bool(getproxies()),
    ) as session:
        yield session


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates of the system, and certifi's where it has none (slim containers, python.org's macOS build)."""
    # Read when first needed: they take as long as a hundred small requests.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keeps aiohttp from asking again by itself where a connection breaks: that is our pace's and retries' business."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise transport_error(error) from None


async def get(session: aiohttp.ClientSession, target: URL, max_bytes: int) -> bytes | str:
    """One request: the body, or the address the server redirects to.

    Raises:
        FetchError: If there is no answer, or one that is neither.
    """
    try:
        trusted = _trusted() if target.scheme == "https" else True
        async with session.get(target, allow_redirects=False, ssl=trusted) as response:
            location = response.headers.get("Location")
            if location is not None and response.status in _REDIRECTS:
                return _joined(target, location)
            if response.status != 200:
                raise status_error(response.status, parse_retry_after(response.headers.get("Retry-After")))
            return await _body(response, max_bytes)
    except (aiohttp.ClientError, HttpProcessingError, OSError, UnicodeError) as error:
        raise transport_error(error) from None


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    if response.content_length is not None and response.content_length > max_bytes:
        raise too_large(max_bytes)
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise too_large(max_bytes)
    return bytes(body)


def _joined(target: URL, location: str) -> str:
    try:
        return urljoin(str(target), location)
    except ValueError:
        raise FetchError("invalid_link", "redirected to no valid URL") from None


def transport_error(error: Exception) -> FetchError:
    """A failure of the connection; the system's own words differ between machines, so the kind must do."""
    kind = type(error).__name__
    if isinstance(error, asyncio.TimeoutError):
        return FetchError("timeout", "no answer in time", passing=True)
    if isinstance(error, aiohttp.InvalidURL | UnicodeError):  # UnicodeError: no host name has labels this long
        return FetchError("invalid_link", "the URL names no valid host")
    if isinstance(error, aiohttp.ClientPayloadError | HttpProcessingError):
        return FetchError("truncated_body", "the body ended early or is damaged", passing=True)
    return FetchError("connection", kind, passing=True)


def web_url(url: str) -> URL:
    """Checks that a URL can be asked for, and encodes what cannot be sent as it stands.

    Raises:
        FetchError: If its scheme is not http or https, or it is malformed.
    """
    if _CONTROL.search(url):
        raise FetchError("invalid_link", "not a valid URL")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise FetchError("invalid_link", "not a valid URL") from None
    if parts.scheme not in _WEB_SCHEMES:
        raise FetchError("refused_scheme", "neither http, https nor a file, nor of a store that project or CSV lie in")
    try:
        place = URL(f"{parts.scheme}://{parts.netloc}")
        port = place.port
    except ValueError:
        raise FetchError("invalid_link", "the URL names no valid host") from None
    if not place.raw_host or _NO_HOST.search(place.raw_host):
        raise FetchError("invalid_link", "the URL names no valid host")
    if not port:
        raise FetchError("invalid_link", "not a valid port")
    return URL.build(
        scheme=place.scheme,
        authority=place.raw_authority,
        path=_encoded(_without_dots(parts.path), _PATH_SAFE) or "/",
        query_string=_encoded(parts.query, _QUERY_SAFE),
        encoded=True,
    )


def host_of(target: URL) -> str:
    """The host whose pace a request keeps: name and port."""
    return f"{target.raw_host}:{target.port}"


def _encoded(text: str, safe: str) -> str:
    return quote(text, safe, errors="surrogateescape")


def _without_dots(path: str) -> str:
    """Takes ``.`` and ``..`` out, as RFC 3986 has it and servers expect; empty segments stay."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
