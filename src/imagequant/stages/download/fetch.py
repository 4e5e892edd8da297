"""Fetching one link: from the work cache, from a server, or from a local file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from imagequant.params import DownloadParams
from imagequant.stages.download.links import local_path
from imagequant.stages.download.outcome import Fetched, FetchError, Outcome, judge, status_error, too_large
from imagequant.stages.download.pace import Pace
from imagequant.stages.download.retry import parse_retry_after, retrying
from imagequant.storage.work_cache import WorkCache, fingerprint

CACHE_AREA = "download"
MAX_REDIRECTS = 5
# `timeout` bounds silence; a server that drips a byte now and then is given up after so many of it.
_TIMEOUTS_AN_ATTEMPT = 10
_WEB_SCHEMES = ("http", "https")
_HEADERS = {"User-Agent": "imagequant", "Accept-Encoding": "identity"}


def open_client(params: DownloadParams) -> httpx.AsyncClient:
    """A client that leaves redirects and the number of connections to ``Fetcher``."""
    return httpx.AsyncClient(
        headers=_HEADERS,
        follow_redirects=False,
        timeout=httpx.Timeout(params.timeout, pool=None),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=params.connections),
    )


def cache_key(url: str) -> str:
    """The work cache's key of a web URL's body."""
    return fingerprint("body", url)


def read_payload(url: str, cache: WorkCache) -> bytes | None:
    """The bytes of a link that was fetched, or None where they are gone."""
    path = local_path(url)
    if path is None:
        return cache.get(CACHE_AREA, cache_key(url))
    try:
        return path.read_bytes()
    except OSError:
        return None


class Fetcher:
    """Fetches links. Bodies of web links go to the work cache, so that a later run asks only for what is missing."""

    def __init__(self, params: DownloadParams, cache: WorkCache, client: httpx.AsyncClient) -> None:
        self._params = params
        self._cache = cache
        self._client = client
        self._pace = Pace(params)

    async def fetch(self, url: str) -> Outcome:
        """Fetches a resolved link; what goes wrong with it is an outcome, not an exception."""
        try:
            if not url:
                raise FetchError("empty_link", "the row has no link")
            path = local_path(url)
            if path is not None:
                return await asyncio.to_thread(judge_file, path, self._params.max_bytes)
            return await self._from_web(url)
        except FetchError as failure:
            return failure

    async def _from_web(self, url: str) -> Fetched:
        target = web_url(url)
        key = cache_key(url)
        stored = await asyncio.to_thread(self._cache.get, CACHE_AREA, key)
        if stored is not None:
            return await asyncio.to_thread(judge, stored, self._params.max_bytes)
        payload: bytes = await retrying(self._params)(self._attempt, target)
        fetched = await asyncio.to_thread(judge, payload, self._params.max_bytes)
        await asyncio.to_thread(self._cache.put, CACHE_AREA, key, payload)
        return fetched

    async def _attempt(self, target: httpx.URL) -> bytes:
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = await self._request(target)
            except httpx.TransportError as error:
                raise transport_error(error) from error
            if isinstance(answer, bytes):
                return answer
            target = web_url(answer)
        raise FetchError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects")

    async def _request(self, target: httpx.URL) -> bytes | str:
        """One request: the body, or the address the server redirects to."""
        name = target.netloc.decode("ascii")
        async with self._pace.turn(name):
            try:
                async with (
                    asyncio.timeout(_TIMEOUTS_AN_ATTEMPT * self._params.timeout),
                    self._client.stream("GET", target) as response,
                ):
                    if response.has_redirect_location:
                        return str(target.join(response.headers["location"]))
                    if response.status_code != httpx.codes.OK:
                        raise self._refused(response, name)
                    return await self._body(response)
            except TimeoutError:
                raise FetchError("timeout", "the body took too long", passing=True) from None
            except httpx.InvalidURL:
                raise FetchError("invalid_link", "redirected to no valid URL") from None

    def _refused(self, response: httpx.Response, host: str) -> FetchError:
        failure = status_error(response.status_code, parse_retry_after(response.headers.get("retry-after")))
        if failure.passing and failure.retry_after is not None:
            self._pace.host(host).pause(min(failure.retry_after, self._params.backoff_max))
        return failure

    async def _body(self, response: httpx.Response) -> bytes:
        limit = self._params.max_bytes
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > limit:
            raise too_large(limit)
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > limit:
                    raise too_large(limit)
        except httpx.RemoteProtocolError:
            raise FetchError("truncated_body", "the connection ended before the body did", passing=True) from None
        except httpx.DecodingError:
            raise FetchError("truncated_body", "the compressed body is damaged", passing=True) from None
        return bytes(body)


def web_url(url: str) -> httpx.URL:
    """Checks that a URL can be asked for.

    Raises:
        FetchError: If its scheme is not http or https, or it is malformed.
    """
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL:
        raise FetchError("invalid_link", "not a valid URL") from None
    if target.scheme not in _WEB_SCHEMES:
        raise FetchError("refused_scheme", "neither http, https nor a local file")
    if not target.host or "%" in target.host:  # httpx quotes what no host name can hold
        raise FetchError("invalid_link", "the URL names no valid host")
    if target.port is not None and not 0 < target.port < 65536:
        raise FetchError("invalid_link", "not a valid port")
    return target


def transport_error(error: httpx.TransportError) -> FetchError:
    """A failure of the connection; the system's own words differ between machines, so the kind must do."""
    kind = type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        return FetchError("timeout", kind, passing=True)
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return FetchError("invalid_link", kind)
    return FetchError("connection", kind, passing=True)


def judge_file(path: Path, max_bytes: int) -> Fetched:
    """Reads and checks a local image.

    Raises:
        FetchError: If it is missing, unreadable, too large or no image.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise too_large(max_bytes)
        payload = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte in the path
        raise FetchError("missing_file", "no such file") from None
    except OSError as error:
        raise FetchError("unreadable_file", type(error).__name__) from None
    return judge(payload, max_bytes)
