"""What web servers do: well, badly, and on purpose. One function a kind, spoken by hand so that nothing corrects it."""

from __future__ import annotations

import asyncio
import gzip
import io
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

OK = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
HUGE = 3 << 30
MAX_BYTES = 1 << 20
_SIDE = 64
_BODILESS = (204, 304)
_STEP = 1.0  # seconds a byte, where something drips


@dataclass(frozen=True)
class Exchange:
    """One request: its answer goes to ``writer``; ``asked`` counts the earlier requests for the same path."""

    writer: asyncio.StreamWriter
    number: int
    asked: int
    port: int

    async def send(self, *parts: bytes) -> None:
        """Sends parts one after the other, each on its way before the next."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            if len(parts) > 1:
                await asyncio.sleep(0.01)

    async def body(self, payload: bytes, head: bytes = OK) -> None:
        """A whole answer."""
        await self.send(head + b"Content-Length: %d\r\n\r\n" % len(payload) + payload)

    def reset(self) -> None:
        """Breaks the connection off: closing with a linger of zero sends RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        """Ends the connection in order."""
        self.writer.close()


Answer = Callable[[Exchange], Awaitable[None]]


@cache
def _picture() -> bytes:
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (_SIDE, _SIDE, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def image(number: int) -> bytes:
    """The good image of a number; no two are the same: what follows the end of a JPEG is not looked at."""
    return _picture() + b"%d" % number


@cache
def _image_bomb() -> bytes:
    """A PNG of 60 000 x 60 000 pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(60_000 // 8 + 1) * 200)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@cache
def _gzip_bomb() -> bytes:
    """Half a gigabyte of nothing in half a megabyte."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packing.compress(bytes(1 << 20)) for _ in range(512)) + packing.flush()


def status(code: int, *headers: bytes) -> Answer:
    """An answer with a status and nothing of use."""
    head = b"HTTP/1.1 %d No\r\n" % code + b"".join(header + b"\r\n" for header in headers)
    if code in _BODILESS:
        return lambda exchange: exchange.send(head + b"\r\n")
    return lambda exchange: exchange.body(b"no", head)


def redirect(location: str) -> Answer:
    """Leads elsewhere; PORT and NUMBER are filled in."""

    async def answer(exchange: Exchange) -> None:
        place = location.replace("PORT", str(exchange.port)).replace("NUMBER", str(exchange.number))
        await exchange.body(b"", b"HTTP/1.1 302 Found\r\nLocation: %s\r\n" % place.encode())

    return answer


def page(payload: bytes, *headers: bytes) -> Answer:
    """A whole answer with such a body, called image/jpeg."""
    return lambda exchange: exchange.body(payload, OK + b"".join(header + b"\r\n" for header in headers))


def first(times: int, bad: Answer) -> Answer:
    """Bad at first, good then."""
    return lambda exchange: (bad if exchange.asked < times else good)(exchange)


async def good(exchange: Exchange) -> None:
    await exchange.body(image(exchange.number))


async def good_chunked(exchange: Exchange) -> None:
    payload = image(exchange.number)
    parts = [payload[:700], payload[700:]]
    coded = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts]
    await exchange.send(OK + b"Transfer-Encoding: chunked\r\n\r\n", *coded, b"0\r\n\r\n")


async def good_until_close(exchange: Exchange) -> None:
    await exchange.send(OK + b"Connection: close\r\n\r\n" + image(exchange.number))
    exchange.close()


async def good_in_pieces(exchange: Exchange) -> None:
    whole = OK + b"Content-Length: %d\r\n\r\n" % len(image(exchange.number)) + image(exchange.number)
    await exchange.send(*(whole[start : start + 97] for start in range(0, len(whole), 97)))


async def good_packed(exchange: Exchange) -> None:
    await exchange.body(gzip.compress(image(exchange.number)), OK + b"Content-Encoding: gzip\r\n")


async def good_after_continue(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    await exchange.body(image(exchange.number))


async def good_called_text(exchange: Exchange) -> None:
    await exchange.body(image(exchange.number), b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n")


async def reset_request(exchange: Exchange) -> None:
    exchange.reset()


async def reset_head(exchange: Exchange) -> None:
    await exchange.send(OK[:20], b"")
    exchange.reset()


async def reset_body(exchange: Exchange) -> None:
    payload = image(exchange.number)
    await exchange.send(OK + b"Content-Length: %d\r\n\r\n" % len(payload), payload[:900], b"")
    exchange.reset()


async def close_request(exchange: Exchange) -> None:
    exchange.close()


async def close_head(exchange: Exchange) -> None:
    await exchange.send(OK[:20])
    exchange.close()


async def truncated(exchange: Exchange) -> None:
    payload = image(exchange.number)
    await exchange.send(OK + b"Content-Length: %d\r\n\r\n" % len(payload) + payload[:-100])
    exchange.close()


async def truncated_chunk(exchange: Exchange) -> None:
    await exchange.send(OK + b"Transfer-Encoding: chunked\r\n\r\n400\r\n" + image(exchange.number)[:500])
    exchange.close()


async def no_last_chunk(exchange: Exchange) -> None:
    payload = image(exchange.number)
    await exchange.send(OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(payload), payload))
    exchange.close()


async def silent(exchange: Exchange) -> None:
    await asyncio.sleep(3600)


async def dripping_head(exchange: Exchange) -> None:
    await drip(exchange, OK + b"X: " + b"x" * 4000)


async def stalled_body(exchange: Exchange) -> None:
    await exchange.send(OK + b"Content-Length: 5000\r\n\r\n" + image(exchange.number)[:500])
    await asyncio.sleep(3600)


async def dripping_body(exchange: Exchange) -> None:
    payload = image(exchange.number)
    await exchange.send(OK + b"Content-Length: %d\r\n\r\n" % len(payload))
    await drip(exchange, payload)


async def drip(exchange: Exchange, payload: bytes) -> None:
    for at in range(len(payload)):
        await exchange.send(payload[at : at + 1])
        await asyncio.sleep(_STEP)


async def huge_announced(exchange: Exchange) -> None:
    await exchange.send(OK + b"Content-Length: %d\r\n\r\n" % HUGE)
    await pour(exchange, bytes(1 << 16))


async def huge_chunked(exchange: Exchange) -> None:
    await exchange.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    await pour(exchange, b"10000\r\n%s\r\n" % bytes(1 << 16))


async def huge_until_close(exchange: Exchange) -> None:
    await exchange.send(OK + b"Connection: close\r\n\r\n")
    await pour(exchange, bytes(1 << 16))


async def endless_head(exchange: Exchange) -> None:
    await exchange.send(OK)
    await pour(exchange, b"X-More: 0123456789\r\n" * 100)


async def endless_continue(exchange: Exchange) -> None:
    while True:
        await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(_STEP / 10)


async def pour(exchange: Exchange, part: bytes) -> None:
    """Sends until the other side hangs up, three gigabytes at the most."""
    for _ in range(HUGE // len(part)):
        await exchange.send(part)


async def long_head(exchange: Exchange) -> None:
    await exchange.send(OK + b"X: %s\r\nContent-Length: 2\r\n\r\nno" % (b"x" * 200_000))


async def cut_packed(exchange: Exchange) -> None:
    await exchange.body(gzip.compress(image(exchange.number))[:-200], OK + b"Content-Encoding: gzip\r\n")


async def gzip_bomb(exchange: Exchange) -> None:
    await exchange.body(_gzip_bomb(), OK + b"Content-Encoding: gzip\r\n")


async def image_bomb(exchange: Exchange) -> None:
    await exchange.body(_image_bomb())


async def no_http(exchange: Exchange) -> None:
    await exchange.send(b"\x00\x01\x02 220 smtp.example ESMTP\r\n\r\n")
    exchange.close()


def length(text: bytes) -> Answer:
    """A ``Content-Length`` that is not the body's."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(OK + b"Content-Length: %s\r\n\r\n" % text + image(exchange.number))
        exchange.close()

    return answer
