"""One HTTP request: the addresses that can be asked for, the answer, and what a failure is called."""

from __future__ import annotations

import re
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from imagequant.fetch.allowed import Allowed, RefusedAddressError, refused_host
from imagequant.fetch.outcome import Again, FetchError, status_error, too_large
from imagequant.fetch.retry import parse_retry_after
from imagequant.params import DownloadParams

# `timeout` bounds silence; a server that drips a byte now and then is given up after so many of it.
_TIMEOUTS_AN_ATTEMPT = 10
_WEB_SCHEMES = ("http", "https")
_HEADERS = {"User-Agent": "imagequant", "Accept-Encoding": "identity"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# What browsers send as it stands (the WHATWG's percent-encode sets), "%" included: links come encoded already.
_PATH_SAFE = "!$%&'()*+,/:;=@[\\]^|~"
_QUERY_SAFE = _PATH_SAFE + "?`{}"
# Content codings that servers use unasked, and zlib's numbers for what they may be.
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15

# The first kind that an error is of says what to call it.
_TRANSPORT: tuple[tuple[tuple[type[Exception], ...], str, str, Again], ...] = (
    ((TimeoutError,), "timeout", "no answer in time", Again.NOW),
    # UnicodeError: no host name has labels this long.
    ((aiohttp.InvalidURL, UnicodeError), "invalid_link", "the URL names no valid host", Again.NEVER),
    ((aiohttp.ClientConnectorDNSError,), "dns", "no address is known for the host's name", Again.NOW),
    # No certificate is renewed between two attempts.
    (
        (aiohttp.ClientConnectorCertificateError,),
        "tls_certificate",
        "the server's certificate is not to be trusted",
        Again.NEXT_RUN,
    ),
    ((aiohttp.ClientSSLError,), "tls", "no secure connection could be agreed upon", Again.NOW),
    ((aiohttp.ClientConnectorError,), "unreachable", "no connection could be made", Again.NOW),
    ((aiohttp.ClientPayloadError,), "truncated_body", "the body ended early", Again.NOW),
    ((aiohttp.ClientResponseError, HttpProcessingError), "bad_answer", "the answer is not HTTP", Again.NOW),
    # Closed or reset: which of the two one gets to see is a matter of chance.
    (
        (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError),
        "disconnected",
        "the connection broke before there was an answer",
        Again.NOW,
    ),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_HOST = re.compile(r"[\s%<>^|\\`{}\"]")


@dataclass(frozen=True)
class Sessions:
    """Connections that are kept: redirects, retries and their number are ``Fetcher``'s business.

    Attributes:
        allowed: Who may be asked.
        checked: Connects to allowed addresses only.
        free: Connects to hosts that are allowed by name, and to proxies. Who asks by way of a proxy leaves to it where
            names lead: it, not this machine, connects to them.
        proxied: The schemes that have a proxy.
    """

    allowed: Allowed
    checked: aiohttp.ClientSession
    free: aiohttp.ClientSession
    proxied: frozenset[str]

    def for_target(self, target: URL) -> aiohttp.ClientSession:
        """The connections to ask by.

        Raises:
            FetchError: If the target may not be asked.
        """
        self.allowed.check(target)
        if self.allowed.has_name(target):
            return self.free
        if target.scheme in self.proxied and not proxy_bypass(target.host or ""):
            return self.free
        return self.checked


@asynccontextmanager
async def open_sessions(params: DownloadParams, resolver: AbstractResolver | None = None) -> AsyncIterator[Sessions]:
    """Opens connections under the parameters' limits; ``resolver`` finds names' addresses, by default the system."""
    allowed = Allowed.by(params)
    proxied = frozenset(getproxies())
    async with AsyncExitStack() as stack:

        async def opened(connector: aiohttp.TCPConnector, *, trust_env: bool) -> aiohttp.ClientSession:
            session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                middlewares=(_once,),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(
                    total=_TIMEOUTS_AN_ATTEMPT * params.timeout, sock_connect=params.timeout, sock_read=params.timeout
                ),
                trust_env=trust_env,
            )
            return await stack.enter_async_context(session)

        yield Sessions(
            allowed,
            await opened(
                aiohttp.TCPConnector(limit=0, resolver=resolver, socket_factory=allowed.socket_to), trust_env=False
            ),
            # Looking for a proxy takes as long as the rest of a small request.
            await opened(aiohttp.TCPConnector(limit=0, resolver=resolver), trust_env=bool(proxied)),
            proxied,
        )


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


async def get(sessions: Sessions, target: URL, max_bytes: int) -> bytes | str:
    """One request: the body, or the address the server redirects to.

    Raises:
        FetchError: If the target may not be asked, or there is no answer, or one that is neither.
    """
    session = sessions.for_target(target)
    try:
        trusted = _trusted() if target.scheme == "https" else True
        async with session.get(target, allow_redirects=False, ssl=trusted) as response:
            location = response.headers.get("Location")
            if location is not None and response.status in _REDIRECTS:
                return _joined(target, location)
            if response.status != 200:
                raise status_error(response.status, parse_retry_after(response.headers.get("Retry-After")))
            body = await _body(response, max_bytes)
            encoding = response.headers.get("Content-Encoding")
            return body if encoding is None else _decoded(body, encoding, max_bytes)
    except (aiohttp.ClientError, HttpProcessingError, OSError, UnicodeError) as error:
        raise transport_error(error) from None


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    if response.content_length is not None and response.content_length > max_bytes:
        raise too_large(max_bytes)
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > max_bytes:
                raise too_large(max_bytes)
    except TimeoutError:
        raise FetchError("slow_body", "the body did not come in time", Again.NOW) from None
    return bytes(body)


def _decoded(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Unpacks what a server packed unasked; what it calls otherwise is taken as it is, as browsers do."""
    if encoding.strip().lower() not in _PACKED:
        return body
    # Not aiohttp's way: it takes a stream that was cut short for a whole one.
    for form in (_GZIP_OR_ZLIB, _RAW_DEFLATE):
        unpacking = zlib.decompressobj(form)
        try:
            unpacked = unpacking.decompress(body, max_bytes + 1)
        except zlib.error:
            continue
        if len(unpacked) > max_bytes:
            raise too_large(max_bytes)
        if unpacking.eof:
            return unpacked
    raise FetchError("damaged_body", f"not whole {encoding.strip().lower()}", Again.NOW)


def _joined(target: URL, location: str) -> str:
    try:
        return urljoin(str(target), location)
    except ValueError:
        raise FetchError("invalid_link", "redirected to no valid URL") from None


def transport_error(error: Exception) -> FetchError:
    """A failure of the connection; the system's own words differ between machines, so the kind must do."""
    if isinstance(error, aiohttp.ClientConnectorError):
        if isinstance(error.os_error, RefusedAddressError):
            return refused_host(Again.NEXT_RUN)  # the name may lead elsewhere by then
        if isinstance(error.os_error, ConnectionResetError):  # as soon as it was made
            error = aiohttp.ServerDisconnectedError()
    for kinds, reason, detail, again in _TRANSPORT:
        if isinstance(error, kinds):
            return FetchError(reason, detail, again)
    return FetchError("connection", type(error).__name__, Again.NOW)


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
        raise FetchError("refused_scheme", "neither http, https nor a file")
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
