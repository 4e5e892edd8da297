"""Servers that answer from a photo's own pixels, so that a wrong answer shows; a small project to review."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from tests.contest import CONTEST

from imagequant.core.errors import InputError
from imagequant.core.files import write_csv, write_json
from imagequant.core.records import Box, Candidate, Mention, PhotoReading
from imagequant.evaluation.scored_row import COLUMNS
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.prediction import Alternative, Prediction, Products
from imagequant.predictor.results import Predictions, Product
from imagequant.server.factory import create_app
from imagequant.server.settings import Settings
from imagequant.storage.candidates import write_readings
from imagequant.storage.checks import OK
from imagequant.storage.labels import LABELS, LABELS_FILE, LabelRow
from imagequant.storage.layout import Layout, shard_path
from imagequant.storage.manifest import MANIFEST, MANIFEST_NAME, ManifestRow
from imagequant.storage.tars import write_tar


class PixelReader:
    """Answers the photo's first pixel as grams; ``hold`` keeps it from answering, ``broken`` makes it fail."""

    def __init__(self) -> None:
        self.hold = threading.Event()
        self.hold.set()
        self.broken: Exception | None = None
        self.asked: list[tuple[str, ...]] = []
        self.least: list[float | None] = []
        self.delay = 0.0
        self.words = "as printed"

    def predict(
        self,
        image: bytes,
        entities: Sequence[str],
        group_id: str,
        *,
        min_confidence: float | None,
        products: Products,
    ) -> Predictions:
        self.asked.append(tuple(entities))
        self.least.append(min_confidence)
        assert self.hold.wait(30)
        time.sleep(self.delay)
        if self.broken:
            raise self.broken
        opened = Image.open(io.BytesIO(image))
        value = float(np.asarray(opened.convert("L"))[0, 0])
        answers = tuple(self._answer(entity, value) for entity in entities)
        model = ModelInfo("test", "0.1.0", "0" * 64)
        shown = (Product("Small", Box(0, 0, 4, 4), answers), Product("Large", Box(4, 0, 8, 4), answers))
        return Predictions(
            "", opened.width, opened.height, answers, (), image, model, products=shown if products == "all" else ()
        )

    def _answer(self, entity: str, value: float) -> Prediction:
        other = Alternative("2 kilogram", 2.0, "kilogram", 0.05, "2 kg", Box(4, 1, 7, 2), 1.0, 2.0)
        if entity == "item_weight":
            box = Box(1, 2, 3, 4)
            return Prediction(entity, f"{value:g} gram", value, "gram", 0.9, "", self.words, box, (other,))
        if entity == "maximum_weight_recommendation":
            return Prediction(entity, "", None, None, 0.05, "too unsure", "", None, (other,))
        return Prediction(entity, "", None, None, 0.0, "no text", "", None, ())


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
        app = create_app(Settings(**limits), [reader], CONTEST)
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
        yield lambda desk=None, **limits: stack.enter_context(
            serving(create_app(Settings(**limits), [reader], CONTEST, desk))
        )
        reader.hold.set()


TRAIN, TEST = "raw/train.csv", "raw/test.csv"


def picture(shade: int, size: tuple[int, int] = (80, 60)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


PICTURES = {f"{name}.png": picture(shade) for shade, name in enumerate("abcde")}


def sha(name: str) -> str:
    return hashlib.sha256(PICTURES[name]).hexdigest()


def candidate(value: float, unit: str, box: Box) -> Candidate:
    text = f"{value:g} {unit}"
    return Candidate(
        Mention(value, unit, value, value), text, box, 0, 0.9, (), 0, (0,), ("rapidocr",)
    )  # fmt: skip


def write_split(layout: Layout, split: str, source: str, names: list[str]) -> None:
    folder = layout.data("download") / split
    members = sorted((sha(name), PICTURES[name]) for name in names)
    write_tar(shard_path(folder, 0, "tar"), members)
    MANIFEST.write(
        folder / MANIFEST_NAME,
        [ManifestRow(source, name, OK, "", "", sha(name), 80, 60, "png", 1, 0) for name in names],
    )
    readings = [
        PhotoReading(
            sha(name), 80, 60, (),
            (candidate(5, "gram", Box(10, 10, 30, 20)), candidate(7, "gram", Box(10, 30, 30, 40)),
             candidate(7, "gram", Box(50, 30, 70, 40)), candidate(9, "volt", Box(1, 1, 2, 2))),
        )
        for name in names
    ]  # fmt: skip
    write_readings(layout.data("candidates") / split, 0, readings)


@pytest.fixture
def project(tmp_path: Path) -> Layout:
    """Validation rows 1 to 3 with confidence 0.9, 0.45 and 0.7, test rows 1 and 2 with 0.6 and none."""
    layout = Layout(tmp_path / "project")
    write_split(layout, "train", TRAIN, ["a.png", "b.png", "c.png"])
    write_split(layout, "test", TEST, ["d.png", "e.png"])
    asked = [("a.png", "5 gram", "5 gram", 0.9), ("b.png", "8 gram", "7 gram", 0.45), ("c.png", "", "5 gram", 0.7)]
    amounts = [float(label.split()[0]) if label else None for _, label, _, _ in asked]
    labels = [
        LabelRow(
            number, TRAIN, number + 1, name, sha(name), "77", "item_weight", label, "ok" if label else "empty", "",
            amount, "gram" if label else "", amount, amount, "validation", "{}",
        )
        for number, ((name, label, _, _), amount) in enumerate(zip(asked, amounts, strict=True))
    ]  # fmt: skip
    LABELS.write(layout.data("labels") / LABELS_FILE, labels)
    write_csv(
        layout.metrics("evaluate") / "rows.csv",
        COLUMNS,
        [
            (row - 1, TRAIN, row, name, sha(name), "item_weight", label, answer, confidence, "TP", "right", True)
            for row, (name, label, answer, confidence) in enumerate(asked, start=1)
        ],
    )
    write_csv(
        layout.root / TEST,
        ("index", "image_link", "group_id", "entity_name"),
        [(10, "d.png", "77", "item_weight"), (11, "e.png", "78", "item_weight")],
    )
    write_json(layout.data("sources") / "sources.json", {"train": {}, "test": {"00-test.csv": TEST}})
    folder = layout.data("sources") / "test"
    folder.mkdir()
    (folder / "00-test.csv").symlink_to(layout.root / TEST)
    write_csv(
        layout.data("predict") / "details.csv",
        ("index", "image_link", "entity_name", "prediction", "confidence"),
        [(10, "d.png", "item_weight", "5 gram", 0.6), (11, "e.png", "item_weight", "", "")],
    )
    return layout


@dataclass
class Clock:
    now: float = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files() -> dict[str, bytes]:
    return PICTURES


@pytest.fixture
def sha_of() -> Callable[[str], str]:
    return sha
