"""Servers that answer from a photo's own pixels, so that a wrong answer shows, and one with a real model."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from imagequant.errors import InputError
from imagequant.records import Box
from imagequant.serving.app.factory import create_app
from imagequant.serving.app.settings import Settings
from imagequant.serving.prediction import Prediction


class PixelReader:
    """Answers the photo's first pixel as grams; ``hold`` keeps it from answering, ``broken`` makes it fail."""

    def __init__(self) -> None:
        self.hold = threading.Event()
        self.hold.set()
        self.broken: Exception | None = None
        self.asked: list[tuple[str, ...]] = []
        self.delay = 0.0
        self.words = "as printed"

    def predict(self, image: bytes, entities: Sequence[str], group_id: str) -> list[Prediction]:
        self.asked.append(tuple(entities))
        assert self.hold.wait(30)
        time.sleep(self.delay)
        if self.broken:
            raise self.broken
        value = float(np.asarray(Image.open(io.BytesIO(image)).convert("L"))[0, 0])
        return [
            Prediction(entity, value, "gram", 0.9, "", self.words, Box(1, 2, 3, 4), ())
            if entity == "item_weight"
            else Prediction(entity, None, None, 0.0, "no text", "", None, ())
            for entity in entities
        ]


def make_photo(value: int, size: tuple[int, int] = (8, 6), kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, value).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def photo() -> Callable[..., bytes]:
    return make_photo


@pytest.fixture
def reader() -> PixelReader:
    return PixelReader()


@pytest.fixture
def served(reader: PixelReader) -> Iterator[Callable[..., TestClient]]:
    """Makes clients of servers with other limits; as browsers on this machine, they ask for localhost."""
    clients: list[TestClient] = []

    def make(**limits: Any) -> TestClient:
        app = create_app(Settings(**limits), [reader])
        client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return client

    yield make
    reader.hold.set()
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def input_error() -> InputError:
    return InputError("image: damaged PNG: broken data stream")


@pytest.fixture
def in_background() -> Callable[..., Any]:
    """Runs a call in a thread until the block ends, then waits for it."""

    @contextmanager
    def running(*calls: Callable[[], object]) -> Iterator[list[threading.Thread]]:
        threads = [threading.Thread(target=call) for call in calls]
        for thread in threads:
            thread.start()
        try:
            yield threads
        finally:
            for thread in threads:
                thread.join(30)

    return running


@contextmanager
def serving(app: Any) -> Iterator[tuple[str, int]]:
    """A real server on a free port."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield "127.0.0.1", server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def live(reader: PixelReader) -> Iterator[Callable[..., tuple[str, int]]]:
    """Starts real servers; gives host and port."""
    with ExitStack() as stack:
        yield lambda **limits: stack.enter_context(serving(create_app(Settings(**limits), [reader])))
        reader.hold.set()
