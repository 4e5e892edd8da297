"""A web server with images: ``python -m benchmarks.speed.image_server IMAGES DELAY RATE``.

IMAGES is how many distinct small JPEGs it makes up, or a text file that names photos, one in a line. It answers each
request after DELAY seconds, and with 429 those beyond RATE in one second (0: no limit). Says its port on standard
output and goes on until its standard input is closed. It speaks just enough HTTP/1.1, by hand: a server with a
framework costs as much as a client, and both would be measured.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

_END = b"\r\n\r\n"
_SIDE = 64


@dataclass
class Gate:
    """Lets ``rate`` requests through in each second of the clock; 0 lets all through."""

    rate: int
    second: int = field(default=0, init=False)
    count: int = field(default=0, init=False)

    def lets_through(self, now: float) -> bool:
        """Counts a request that comes at ``now``."""
        if int(now) != self.second:
            self.second, self.count = int(now), 0
        self.count += 1
        return not self.rate or self.count <= self.rate


class Exchanges(asyncio.Protocol):
    """One connection; requests on it are answered one after the other."""

    def __init__(self, images: Sequence[bytes], delay: float, gate: Gate) -> None:
        self._images = images
        self._delay = delay
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while _END in self._received:
            head, _, self._received = self._received.partition(_END)
            self._loop.call_later(self._delay, self._answer, head, self._gate.lets_through(self._loop.time()))

    def _answer(self, head: bytes, let_through: bool) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(answer(head, self._images) if let_through else REFUSAL)
        if b"\r\nconnection: close" in head.lower():
            self._transport.close()


REFUSAL = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0" + _END


def answer(head: bytes, images: Sequence[bytes]) -> bytes:
    """What ``GET /7.jpg`` gives: the image of that number."""
    path = head.split(b" ", 2)[1]
    body = images[int(path.strip(b"/").removesuffix(b".jpg"))]
    return b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d%s%s" % (len(body), _END, body)


def images_of(source: str) -> list[bytes]:
    """The images to serve: so many made-up ones, or the photos that a text file names."""
    if source.isdigit():
        return make_images(int(source))
    return [Path(line).read_bytes() for line in Path(source).read_text(encoding="utf-8").splitlines()]


def make_images(count: int) -> list[bytes]:
    """JPEGs of noise, a few kB each, no two the same."""
    random = np.random.default_rng(0)
    images = []
    for _ in range(count):
        buffer = io.BytesIO()
        pixels = random.integers(0, 256, (_SIDE, _SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(buffer, "JPEG", quality=85)
        images.append(buffer.getvalue())
    return images


async def serve(images: Sequence[bytes], delay: float, rate: int) -> None:
    """Serves on a free port of 127.0.0.1 until standard input ends."""
    loop = asyncio.get_running_loop()
    gate = Gate(rate)
    server = await loop.create_server(lambda: Exchanges(images, delay, gate), "127.0.0.1", 0, backlog=1024)
    async with server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(images_of(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
