"""A web site on 127.0.0.1 that answers well and badly, and remembers what it was asked."""

from __future__ import annotations

import io
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagequant.params import DownloadParams, ExecutorParams
from imagequant.stages.download.run import download_rows
from imagequant.storage.layout import Layout
from imagequant.storage.raw import RawRow


def make_image(seed: int, format: str = "PNG", size: tuple[int, int] = (12, 9)) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format)
    return buffer.getvalue()


class Exchange(BaseHTTPRequestHandler):
    """One request; pages get it together with the number of times their path was asked before."""

    protocol_version = "HTTP/1.1"
    site: Site
    is_open = False

    def do_GET(self) -> None:
        site = self.site
        host = self.headers["Host"]
        with site.lock:
            asked_before = site.asked[self.path]
            site.asked[self.path] += 1
            site.times.setdefault(self.path, []).append(time.monotonic())
            self.is_open = True
            site.open[host] += 1
            site.most_open = max(site.most_open, site.open.total())
            site.most_open_a_host[host] = max(site.most_open_a_host[host], site.open[host])
        try:
            site.pages.get(self.path, status(404))(self, asked_before)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            self.leave()

    def leave(self) -> None:
        """Stops counting as open: before the answer's end, after which the client may already ask for the next."""
        with self.site.lock:
            if self.is_open:
                self.site.open[self.headers["Host"]] -= 1
                self.is_open = False

    def answer(self, code: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": "image/jpeg", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.leave()
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


Page = Callable[[Exchange, int], None]


def status(code: int, **headers: str) -> Page:
    text = b"" if code == 204 else b"no"  # the standard forbids it one
    return lambda exchange, _: exchange.answer(code, text, **headers)


def body(payload: bytes, delay: float = 0.0, **headers: str) -> Page:
    def page(exchange: Exchange, _: int) -> None:
        time.sleep(delay)
        exchange.answer(200, payload, **headers)

    return page


def first(times: int, bad: Page, then: Page) -> Page:
    return lambda exchange, asked: (bad if asked < times else then)(exchange, asked)


def short_body(payload: bytes) -> Page:
    def page(exchange: Exchange, _: int) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Length", str(len(payload)))
        exchange.end_headers()
        exchange.wfile.write(payload[:-5])
        exchange.close_connection = True

    return page


def stalled_body(payload: bytes, seconds: float) -> Page:
    def page(exchange: Exchange, _: int) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Length", str(len(payload)))
        exchange.end_headers()
        exchange.wfile.write(payload[:10])
        exchange.wfile.flush()
        time.sleep(seconds)
        exchange.close_connection = True

    return page


def dripping_body(payload: bytes, seconds_a_byte: float) -> Page:
    def page(exchange: Exchange, _: int) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Length", str(len(payload)))
        exchange.end_headers()
        for byte in payload:
            exchange.wfile.write(bytes([byte]))
            exchange.wfile.flush()
            time.sleep(seconds_a_byte)

    return page


def unannounced_body(total: int, sent: list[int]) -> Page:
    """Sends without saying how much; notes what went out before the other side hung up."""

    def page(exchange: Exchange, _: int) -> None:
        exchange.close_connection = True
        exchange.send_response(200)
        exchange.send_header("Connection", "close")
        exchange.end_headers()
        for _chunk in range(total // 65_536):
            exchange.wfile.write(bytes(65_536))
            sent.append(65_536)

    return page


def reset(exchange: Exchange, _: int) -> None:
    # Closing with a linger of zero sends RST.
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.shutdown(socket.SHUT_RD)
    exchange.connection.close()
    raise ConnectionResetError


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the resets made on purpose


@dataclass
class Site:
    url: str
    pages: dict[str, Page]
    asked: Counter[str]
    times: dict[str, list[float]]
    lock: threading.Lock
    open: Counter[str] = field(default_factory=Counter)
    most_open: int = 0
    most_open_a_host: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site("", {}, Counter(), {}, threading.Lock())
    server = Server(("127.0.0.1", 0), type("BoundExchange", (Exchange,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


HERE = ExecutorParams("serial", 1)
QUICK = DownloadParams(
    shard_size=4,
    connections=8,
    connections_per_host=4,
    rate=0.0,
    timeout=5.0,
    attempts=3,
    backoff=0.01,
    backoff_max=0.05,
    max_bytes=100_000,
    schemes=("https", "http"),
    hosts=("127.0.0.1/32", "localhost"),
    folders=(),
)


def rows_of(*links: str, source: str = "shop.csv", origin: Path = Path()) -> list[RawRow]:
    return [
        RawRow(source, number, link, "g", "width", "", "", origin, {}) for number, link in enumerate(links, start=1)
    ]


@dataclass(frozen=True)
class Workshop:
    """What the tests need at hand, since test folders import nothing from one another."""

    root: Path

    quick = QUICK

    image = staticmethod(make_image)
    rows = staticmethod(rows_of)
    body = staticmethod(body)
    status = staticmethod(status)
    first = staticmethod(first)
    short_body = staticmethod(short_body)
    stalled_body = staticmethod(stalled_body)
    dripping_body = staticmethod(dripping_body)
    unannounced_body = staticmethod(unannounced_body)
    reset = staticmethod(reset)

    def download(
        self, rows: list[RawRow], checkout: str = "checkout", engine: ExecutorParams = HERE, **changes: object
    ) -> Path:
        """Runs the stage's work on rows in a checkout of that name; returns the split's output folder."""
        layout = Layout(self.root / checkout)
        download_rows(rows, "train", replace(QUICK, **changes), engine, layout)
        return layout.data("download") / "train"


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.delenv("IMAGEQUANT_CACHE", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    return Workshop(tmp_path)
