"""Middleware: authentication, limits, headers and logs. Nothing is buffered."""

import asyncio
import base64
import secrets
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imagequant.server.schemas import problem, problem_response
from imagequant.server.settings import FORM_BYTES, LOCAL_HOSTS, Settings
from imagequant.server.telemetry import Telemetry, log

# Maximum number of concurrent uploads; Starlette keeps 1 MB of each in memory and the rest on disk.
_UPLOADS = 64
BATCH_PATH = "/v1/predict/batch"
_OPEN_PATHS = frozenset({"/healthz"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REVIEWER_KEY = "imagequant.reviewer"
POLICY = "Content-Security-Policy"
# Only scripts, styles and connections of this server; chosen photos are shown from the browser's memory.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="imagequant: any name, the token as password", charset="UTF-8"'}
_CROSS_SITE = (
    "pages of other sites are not allowed; programs should not send an Origin header, and a proxy must pass on the "
    "Host header (nginx: proxy_set_header Host $http_host)"
)
# Status, message and headers.
_Rejection = tuple[int, str, Mapping[str, str]]


class Observed:
    """Adds headers to responses, counts and logs them, and turns uncaught exceptions into status 500."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
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
                headers.setdefault(POLICY, _POLICY)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Request-Id"] = request
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            log("failed", failed=error, request=request)
            if status:  # part of the response was sent: close the connection
                raise
            await problem_response(500, f"internal error; see request {request} in the server's log")(
                scope, receive, sending
            )
        finally:
            self._count(scope, request, status, time.monotonic() - started)

    def _count(self, scope: Scope, request: str, status: int, seconds: float) -> None:
        # The route's pattern, not the path: paths may be private, and there is no limit on their number.
        route = getattr(scope.get("route"), "path", "") or "other"
        # Methods are arbitrary strings as well.
        method = scope["method"] if scope["method"] in (*_SAFE_METHODS, "POST") else "other"
        self._telemetry.requests.labels(method, route, str(status)).inc()
        self._telemetry.seconds.labels(route).observe(seconds)
        log("request", request=request, method=method, route=route, status=status, ms=round(1000 * seconds, 1))


class Guarded:
    """Rejects requests and limits uploads.

    Rejects other host names on a local server, requests from other sites' pages, requests without the token, and
    uploads that are too large or too many. The others are limited in size and time.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle or reject a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif rejection := self._rejection(scope):
            await problem_response(*rejection)(scope, receive, send)
        elif scope["method"] in _SAFE_METHODS:
            await self._app(scope, receive, send)
        else:
            self._uploads += 1
            try:
                limited = _limited(receive, self._limit(scope["path"]), self._settings.timeout)
                await self._app(scope, limited, send)
            finally:
                self._uploads -= 1

    def _rejection(self, scope: Scope) -> _Rejection | None:
        headers = Headers(scope=scope)
        # Prevents DNS rebinding, where another site's name resolves to this machine.
        names = LOCAL_HOSTS | set(self._settings.names)
        if self._settings.local and _hostname(headers.get("host", "")) not in names:
            return 421, f"allowed host names: {', '.join(sorted(names))}; add others with --name", {}
        if scope["method"] not in _SAFE_METHODS and _is_cross_site(headers):
            return 403, _CROSS_SITE, {}
        if self._settings.token and scope["path"] not in _OPEN_PATHS:
            name, token = credentials(headers.get("authorization", ""))
            if not secrets.compare_digest(token.encode(), self._settings.token.encode()):
                wanted = "send the token as Authorization: Bearer TOKEN, or as the password of Basic authentication"
                return 401, wanted, _CHALLENGE
            scope[REVIEWER_KEY] = name
        if scope["method"] in _SAFE_METHODS:
            return None
        limit, length = self._limit(scope["path"]), headers.get("content-length", "0")
        if length.isdigit() and int(length) > limit:
            return 413, _too_large(limit), {"Connection": "close"}
        return (503, f"{_UPLOADS} uploads are in progress", {"Retry-After": "1"}) if self._uploads >= _UPLOADS else None

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
    """Return the user name (empty for Bearer) and token of an ``Authorization`` header; both empty if invalid."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return "", value.strip()
    try:
        text = base64.b64decode(value.strip(), validate=True).decode("utf-8") if scheme.lower() == "basic" else ""
    except ValueError:  # no Base64, or no UTF-8
        return "", ""
    name, _, token = text.partition(":")
    return name, token


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_cross_site(headers: Headers) -> bool:
    """Return whether the headers of a browser name another site."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
