"""How long the report of ten thousand rows takes to open and to filter, in a real browser."""

from __future__ import annotations

import json
import shutil
from itertools import cycle
from typing import Any

from benchmarks.speed.harness import ROOT, Figure, Setting, Side, Skipped, spread_of
from imagequant.core.records import Box, Candidate, Mention, PhotoReading, Word
from imagequant.evaluation import metrics
from imagequant.evaluation.scored_row import Evidence, score_row
from imagequant.model.answers import Answer
from imagequant.params import EvaluateParams, load_params
from imagequant.quantity.scoring import Quantity
from imagequant.stages.evaluate import run
from imagequant.stages.evaluate.report import render_report
from imagequant.storage.labels import LabelRow
from imagequant.storage.layout import shard_path
from imagequant.storage.tars import write_tar

_ROWS, _PHOTOS, _WORDS, _CANDIDATES = 10_000, 5_000, 40, 8
_DOMAIN = load_params(ROOT / "params.yaml").domain
_PARAMS = EvaluateParams(bootstrap=10, seed=1, worst_errors=24, report_rows=_ROWS, report_photos=2_000)
# The time from a change of the form until its rows are painted.
_FILTER = """() => new Promise((done) => {
  const form = document.getElementById("filters");
  form.elements.bucket.value = form.elements.bucket.value === "*" ? "" : "*";
  const started = performance.now();
  form.dispatchEvent(new Event("input"));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
})"""


def measure(setting: Setting) -> dict[str, Figure]:
    """Seconds from opening the file until rows are shown, and from a change of a filter until its rows are."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise Skipped("there is no Chromium here; on Debian: apt-get install chromium")
    path = setting.scratch / "report.html"
    _write(setting, path)
    opened, filtered = [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(setting.runs):
            page = browser.new_page()
            page.goto(path.as_uri())
            opened.append(page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart") / 1000)
            filtered += [page.evaluate(_FILTER) / 1000 for _ in range(4)]
            page.close()
        browser.close()
    about = {
        "data": f"made-up report of {_ROWS} rows on {_PHOTOS} photos, {path.stat().st_size / 1e6:.1f} MB",
        "ours": Side("the report in Chromium", "its default", "left out").settings(),
    }
    return {
        "report_open_seconds": {**spread_of(opened), **about},
        "report_filter_seconds": {**spread_of(filtered), **about},
    }


def _write(setting: Setting, path: Any) -> None:
    photos = cycle(photo.read_bytes() for photo in setting.photos.reported)
    names = [f"{number:05d}" for number in range(_PHOTOS)]
    tars = setting.scratch / "tars"
    write_tar(shard_path(tars, 0, "tar"), ((name, next(photos)) for name in names))
    words = tuple(
        Word(f"word{number}", Box(20, 20 * number, 120, 20 * number + 15), 0.9, 0, "rapidocr")
        for number in range(_WORDS)
    )
    readings = {name: PhotoReading(name, 800, 800, words, ()) for name in names}
    rows, _, browser_rows = run.collect((_evidence(number, names) for number in range(_ROWS)), _PARAMS)
    summary = metrics.summarise(rows, _PARAMS, "random") | {"calibration_rows": 0, "calibration_wrong": 0}
    run.write_report(path, render_report(summary, rows, _PARAMS, browser_rows, readings, tars, (), 0.5, _DOMAIN.names))


def _evidence(number: int, names: list[str]) -> Evidence:
    entity = _DOMAIN.names[number % len(_DOMAIN.names)]
    units = sorted(_DOMAIN.entities[entity].allowed_units)
    unit = units[number % len(units)]
    truth = float(number % 240 + number % 2)  # every other answer is wrong
    label = LabelRow(
        number, "raw/train.csv", number + 1, f"https://photos.example/{number}.jpg", names[number % len(names)], "g",
        entity, f"{truth} {unit}", "ok", "", truth, unit, truth, truth, "validation", json.dumps({}),
    )  # fmt: skip
    candidates = tuple(_candidate(number % 240 + place, unit, place) for place in range(_CANDIDATES))
    answers = tuple(
        Answer(
            Quantity(one.value, one.unit), (number % 97) / 97 / (place + 1), (number % 97) / 97 / (place + 1), (place,)
        )
        for place, one in enumerate(candidates)
    )
    quantities = [answer.quantity for answer in answers]
    return Evidence(score_row(label, quantities, (), answers, threshold=0.0), answers, candidates)


def _candidate(value: float, unit: str, place: int) -> Candidate:
    box = Box(20, 20.0 * place, 120, 20.0 * place + 15)
    return Candidate(Mention(value, unit, value, value), "", box, 0, 0.9, (), place, (place,), ("rapidocr",))
