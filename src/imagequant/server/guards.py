"""What every request passes before a route sees it: identity, limits, headers, logs. Nothing is buffered."""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagequant.server.problems import problem, problem_response
from imagequant.server.settings import FORM_BYTES, LOCAL_HOSTS, Settings
from imagequant.server.telemetry import Telemetry, log

# Bodies that may be on their way at once; what Starlette keeps of each in memory is 1 MB, the rest is on disk.
_UPLOADS = 64
BATCH_PATH = "/v1/predict/batch"
_OPEN_PATHS = frozenset({"/healthz"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REVIEWER_KEY = "imagequant.reviewer"
_HEADERS = {
    # Scripts, styles and connections of this server only; photos just chosen are shown from the browser's memory.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="imagequant: any name, the token as password", charset="UTF-8"'}


class Observed:
    """Gives every response its headers, counts it and logs it; what nobody caught becomes a plain 500."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, started, status = secrets.token_hex(8), time.monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Request-Id"] = request
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            log("failed", failed=error, request=request)
            if status:  # half an answer is out: the connection is closed on it
                raise
            await problem_response(500, f"an error of the server; its log has it under {request}")(
                scope, receive, sending
            )
        finally:
            self._count(scope, request, status, time.monotonic() - started)

    def _count(self, scope: Scope, request: str, status: int, seconds: float) -> None:
        # The route's pattern, not the path: names in paths are nobody's business, and without end.
        route = getattr(scope.get("route"), "path", "") or "other"
        # A method is what anybody writes there.
        method = scope["method"] if scope["method"] in (*_SAFE_METHODS, "POST") else "other"
        self._telemetry.requests.labels(method, route, str(status)).inc()
        self._telemetry.seconds.labels(route).observe(seconds)
        log("request", request=request, method=method, route=route, status=status, ms=round(1000 * seconds, 1))


class Guarded:
    """Refuses strangers: other host names on a local server, other sites' pages, those without the token."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it."""
        if scope["type"] == "http" and (refused := self._refused(scope)):
            status, message = refused
            await problem_response(status, message, _CHALLENGE if status == 401 else None)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        # A page of another site whose name was made to lead here (DNS rebinding) asks under that name.
        if self._settings.local and _hostname(headers.get("host", "")) not in LOCAL_HOSTS:
            return 421, f"this server answers to {', '.join(sorted(LOCAL_HOSTS))}; for other names start it with --host"
        if scope["method"] not in _SAFE_METHODS and _from_elsewhere(headers):
            return 403, "only pages of this server may ask; programs send no Origin header"
        if self._settings.token and scope["path"] not in _OPEN_PATHS:
            name, token = credentials(headers.get("authorization", ""))
            if not secrets.compare_digest(token.encode(), self._settings.token.encode()):
                return 401, "send the token: Authorization: Bearer TOKEN, or as the password of Basic"
            scope[REVIEWER_KEY] = name
        return None


class Limited:
    """Reads bodies with a limit on bytes and time, and so many at once; nothing beyond is taken in."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it."""
        if scope["type"] != "http" or scope["method"] in _SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > limit:
            await problem_response(413, _too_large(limit), {"Connection": "close"})(scope, receive, send)
            return
        if self._uploads >= _UPLOADS:
            await problem_response(503, f"{_UPLOADS} uploads are on their way", {"Retry-After": "1"})(
                scope, receive, send
            )
            return
        self._uploads += 1
        try:
            await self._app(scope, _limited(receive, limit, self._settings.timeout), send)
        finally:
            self._uploads -= 1

    def _limit(self, path: str) -> int:
        photos = self._settings.max_files if path == BATCH_PATH else 1
        return photos * self._settings.max_bytes + FORM_BYTES


def _limited(receive: Receive, limit: int, timeout: float) -> Receive:
    deadline = time.monotonic() + timeout
    taken, complete = 0, False

    async def receiving() -> Message:
        nonlocal taken, complete
        if complete:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), deadline - time.monotonic())
        except TimeoutError:
            raise problem(408, f"the body did not arrive within {timeout:g} s", {"Connection": "close"}) from None
        taken += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if taken > limit:
            raise problem(413, _too_large(limit), {"Connection": "close"})
        return message

    return receiving


def _too_large(limit: int) -> str:
    return f"the body has more than {limit} bytes"


def credentials(header: str) -> tuple[str, str]:
    """User name (empty with Bearer) and token of an ``Authorization`` header; both empty where it has none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return "", value.strip()
    if scheme.lower() == "basic":
        try:
            name, _, token = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return "", ""
        return name, token
    return "", ""


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that another site's page asks."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
