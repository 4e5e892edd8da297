"""A report of made-up rows, in a file, as the stage writes it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from tests.contest import CONTEST, VOCABULARY

from imagequant.core.records import Box, Candidate, Mention, PhotoReading, Word
from imagequant.evaluation import metrics
from imagequant.evaluation.scored_row import Evidence, score_row
from imagequant.model.answers import Answer, Calibration
from imagequant.model.config import ModelConfig, NetworkConfig
from imagequant.model.examples import Limits
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Quantity
from imagequant.stages.evaluate import run
from imagequant.stages.evaluate.model_card import card
from imagequant.stages.evaluate.report import render_report
from imagequant.storage.labels import LabelRow
from imagequant.storage.layout import shard_path
from imagequant.storage.tars import write_tar

WIDTH, HEIGHT = 400, 300


@dataclass(frozen=True)
class Line:
    """A made-up row: its label and its answers with confidence, the words and the photo."""

    photo: str
    entity: str
    truth: str
    answers: tuple[tuple[str, float], ...] = ()
    words: tuple[str, ...] = ()
    link: str = "images/photo.jpg"
    source: str = "train.csv"


@dataclass(frozen=True)
class Report:
    """Where the page lies, and what it was made with."""

    path: Path
    text: str

    @property
    def url(self) -> str:
        """What a browser opens."""
        return self.path.as_uri()


MakeReport = Callable[..., Report]


@pytest.fixture(scope="module")
def make_report(tmp_path_factory: pytest.TempPathFactory) -> MakeReport:
    """Writes a report of lines, through what the stage calls."""

    def make(lines: Sequence[Line], rows: int = 100, photos: int = 100, large: int = 1) -> Report:
        folder = tmp_path_factory.mktemp("report")
        names = sorted({line.photo for line in lines})
        write_tar(shard_path(folder / "tars", 0, "tar"), ((name, photo(name)) for name in names))
        readings = {line.photo: reading(line) for line in lines}
        params = EvaluateParams(bootstrap=5, seed=1, worst_errors=large, report_rows=rows, report_photos=photos)
        answered = [evidence(number, line) for number, line in enumerate(lines)]
        scored, _, browser_rows = run.collect(iter(answered), params)
        summary = metrics.summarise(scored, params, "random") | {"calibration_rows": 5, "calibration_wrong": 2}
        path = folder / "report.html"
        config = ModelConfig(
            CONTEST,
            NetworkConfig(VOCABULARY, 8, 8, 8, 0.1, True, True, True, True, 1280, 4),
            3,
            None,
            Limits(9, 9),
            Calibration(threshold=0.3),
            {},
        )
        about = card(config, [label(number, line) for number, line in enumerate(lines)], summary, params)
        report = render_report(
            summary, scored, params, browser_rows, readings, folder / "tars", about, 0.3, CONTEST.names
        )
        run.write_report(path, report)
        return Report(path, path.read_text(encoding="utf-8"))

    return make


def photo(name: str) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    ImageDraw.Draw(image).text((40, 100), name[:12], fill="black", font_size=40)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


def reading(line: Line) -> PhotoReading:
    words = tuple(
        Word(text, Box(20, 20 + 25 * number, 20 + 10 * len(text), 40 + 25 * number), 0.9, 0, "rapidocr")
        for number, text in enumerate(line.words)
    )
    return PhotoReading(line.photo, WIDTH, HEIGHT, words, ())


def label(number: int, line: Line) -> LabelRow:
    value, _, unit = line.truth.partition(" ")
    known = float(value) if line.truth else None
    return LabelRow(
        number, line.source, number + 1, line.link, line.photo, "g", line.entity, line.truth,
        "ok" if line.truth else "empty", "", known, unit, known, known, "validation", json.dumps({}),
    )  # fmt: skip


def evidence(number: int, line: Line) -> Evidence:
    candidates = tuple(candidate(text, place) for place, (text, _) in enumerate(line.answers))
    answers = tuple(
        Answer(Quantity(one.value, one.unit), confidence, confidence, (place,))
        for place, (one, (_, confidence)) in enumerate(zip(candidates, line.answers, strict=True))
    )
    quantities = [answer.quantity for answer in answers]
    return Evidence(score_row(label(number, line), quantities, (), answers, threshold=0.3), answers, candidates)


def candidate(text: str, place: int) -> Candidate:
    value, _, unit = text.partition(" ")
    box = Box(20, 20 + 25 * place, 120, 40 + 25 * place)
    amount = float(value)
    return Candidate(Mention(amount, unit, amount, amount), text, box, 0, 0.9, (), 0, (0,), ("rapidocr",))


@pytest.fixture(scope="session")
def line() -> type[Line]:
    """The rows ``make_report`` takes."""
    return Line
