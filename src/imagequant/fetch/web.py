"""One HTTP request: valid addresses, the response, and the names of failures."""

import re
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from imagequant.fetch.links import AccessRules, RefusedAddressError, refused_host
from imagequant.fetch.outcome import FetchError, Retry, status_error, too_large
from imagequant.fetch.pace import parse_retry_after
from imagequant.params import FetchParams

# `timeout` limits silence; a server that sends a byte now and then is given up after this many timeouts.
_TIMEOUTS_PER_ATTEMPT = 10
_WEB_SCHEMES = ("http", "https")
_HEADERS = {"User-Agent": "imagequant", "Accept-Encoding": "identity"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Characters that browsers do not encode (WHATWG percent-encode sets), and "%": links are encoded already.
_PATH_SAFE = "!$%&'()*+,/:;=@[\\]^|~"
_QUERY_SAFE = _PATH_SAFE + "?`{}"
# Content codings that servers use unasked, and zlib's numbers for them.
_COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15

_CertificateError = aiohttp.ClientConnectorCertificateError
_DISCONNECTED = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)
# Of the first matching kind, the reason, the detail and when to try again.
_Kind = type[Exception] | tuple[type[Exception], ...]
_TRANSPORT: tuple[tuple[_Kind, str, str, Retry], ...] = (
    (TimeoutError, "timeout", "no answer in time", Retry.NOW),
    # UnicodeError: no host name has labels this long.
    ((aiohttp.InvalidURL, UnicodeError), "invalid_link", "the URL names no valid host", Retry.NEVER),
    (aiohttp.ClientConnectorDNSError, "dns", "no address is known for the host's name", Retry.NOW),
    # Certificates are not renewed between two attempts.
    (_CertificateError, "tls_certificate", "the server's certificate is not to be trusted", Retry.NEXT_RUN),
    (aiohttp.ClientSSLError, "tls", "no secure connection could be agreed upon", Retry.NOW),
    (aiohttp.ClientConnectorError, "unreachable", "no connection could be made", Retry.NOW),
    (aiohttp.ClientPayloadError, "truncated_body", "the body ended early", Retry.NOW),
    ((aiohttp.ClientResponseError, HttpProcessingError), "bad_answer", "the answer is not HTTP", Retry.NOW),
    # Closed or reset: which of the two is seen is a matter of chance.
    (_DISCONNECTED, "disconnected", "the connection broke before there was an answer", Retry.NOW),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_HOST = re.compile(r"[\s%<>^|\\`{}\"]")


@dataclass(frozen=True)
class Sessions:
    """Reusable connections; ``Fetcher`` takes care of redirects, retries and limits.

    ``free`` connects to hosts that are allowed by name, and to proxies. A proxy, not this machine, resolves names and
    connects to them.
    """

    access: AccessRules
    checked: aiohttp.ClientSession  # connects to allowed addresses only
    free: aiohttp.ClientSession
    proxied: frozenset[str]  # the schemes that have a proxy

    def for_target(self, target: URL) -> aiohttp.ClientSession:
        """Returns the connections to use."""
        self.access.check(target)
        if self.access.has_name(target):
            return self.free
        if target.scheme in self.proxied and not proxy_bypass(target.host or ""):
            return self.free
        return self.checked


@asynccontextmanager
async def open_sessions(params: FetchParams, resolver: AbstractResolver | None = None) -> AsyncIterator[Sessions]:
    """Opens connections within the parameters' limits; ``resolver`` resolves names, by default the system."""
    access = AccessRules(params)
    proxied = frozenset(getproxies())
    async with AsyncExitStack() as stack:

        async def opened(*, trust_env: bool, **connector: Any) -> aiohttp.ClientSession:
            total, silence = _TIMEOUTS_PER_ATTEMPT * params.timeout, params.timeout
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, resolver=resolver, **connector),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                middlewares=(_send_once,),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=total, sock_connect=silence, sock_read=silence),
                trust_env=trust_env,
            )
            return await stack.enter_async_context(session)

        checked = await opened(trust_env=False, socket_factory=access.socket_to)
        # Only if there is a proxy: looking for one takes as long as the rest of a small request.
        yield Sessions(access, checked, await opened(trust_env=bool(proxied)), proxied)


@cache
def _certificates() -> ssl.SSLContext:
    """Loads the system's certificates, and certifi's for systems without (slim containers, macOS from python.org)."""
    # When first needed: loading takes as long as a hundred small requests.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


async def _send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keeps aiohttp from repeating a request by itself: our pace and retries decide about that."""
    try:
        return await handler(request)
    except _DISCONNECTED as error:
        raise transport_error(error) from None


async def get(sessions: Sessions, target: URL, max_bytes: int) -> bytes | str:
    """Sends one request; returns the body, or the address that the server redirects to."""
    session = sessions.for_target(target)
    try:
        certificates = _certificates() if target.scheme == "https" else True
        async with session.get(target, allow_redirects=False, ssl=certificates) as response:
            location = response.headers.get("Location")
            if location is not None and response.status in _REDIRECTS:
                try:
                    return urljoin(str(target), location)
                except ValueError:
                    raise FetchError("invalid_link", "redirected to no valid URL") from None
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
        raise FetchError("slow_body", "the body did not come in time", Retry.NOW) from None
    return bytes(body)


def _decoded(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Unpacks a body that the server compressed unasked; other encodings are ignored, as browsers do."""
    if encoding.strip().lower() not in _COMPRESSIONS:
        return body
    # Not left to aiohttp, which accepts a stream that was cut short.
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
    raise FetchError("damaged_body", f"not whole {encoding.strip().lower()}", Retry.NOW)


def transport_error(error: Exception) -> FetchError:
    """Returns the failure for a connection error, by kind: the system's words differ between machines."""
    if isinstance(error, aiohttp.ClientConnectorError):
        if isinstance(error.os_error, RefusedAddressError):
            return refused_host(Retry.NEXT_RUN)  # the name may resolve differently by then
        if isinstance(error.os_error, ConnectionResetError):  # right after connecting
            error = aiohttp.ServerDisconnectedError()
    for kinds, reason, detail, retry in _TRANSPORT:
        if isinstance(error, kinds):
            return FetchError(reason, detail, retry)
    return FetchError("connection", type(error).__name__, Retry.NOW)


def web_url(url: str) -> URL:
    """Checks that a URL can be requested, and encodes characters that cannot be sent.

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
        raise FetchError("refused_scheme", "not an http or https URL")
    try:
        place = URL(f"{parts.scheme}://{parts.netloc}")
        port = place.port
        if not place.raw_host or _NO_HOST.search(place.raw_host):
            raise ValueError(place)
    except ValueError:
        raise FetchError("invalid_link", "the URL names no valid host") from None
    if not port:
        raise FetchError("invalid_link", "not a valid port")
    return URL.build(
        scheme=place.scheme,
        authority=place.raw_authority,
        path=quote(_without_dots(parts.path), _PATH_SAFE, errors="surrogateescape") or "/",
        query_string=quote(parts.query, _QUERY_SAFE, errors="surrogateescape"),
        encoded=True,
    )


def host_of(target: URL) -> str:
    """Returns name and port of the host, which share a pace."""
    return f"{target.raw_host}:{target.port}"


def _without_dots(path: str) -> str:
    """Removes ``.`` and ``..`` as in RFC 3986; empty segments stay."""
    if "/." not in path:
        return path
    result: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del result[-1:]
        elif segment != ".":
            result.append(segment)
    if segments[-1] in (".", ".."):
        result.append("")
    return "/" + "/".join(result)
