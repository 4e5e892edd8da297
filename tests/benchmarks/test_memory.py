"""What the measurement of memory is made with; no amount of memory is asserted."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.speed.harness import ROOT
from benchmarks.speed.memory import grown, take
from benchmarks.speed.peaks import Peak, peak_of
from benchmarks.speed.synthetic import QUANTITIES, RAW, WORDS, write_raw, write_readings_and_features
from PIL import Image

from imagequant.core.files import read_json
from imagequant.model.examples import Limits
from imagequant.params import load_params
from imagequant.stages.candidates.run import run as candidates
from imagequant.stages.download.run import run as download
from imagequant.stages.labels.run import run as labels
from imagequant.stages.sources.run import run as sources
from imagequant.storage.layout import Layout, list_shards, shard_path
from imagequant.storage.tars import list_tar, write_tar
from imagequant.training.questions import Questions

PARAMS = load_params(ROOT / "params.yaml")


def test_the_largest_process_counts():
    assert grown(Peak(100.0, 50.0), Peak(110.0, 150.0)) == 1.5
    assert grown(Peak(100.0, 0.2), Peak(100.0, 90.0)) == 1.0, "workers are only needed for more photos"
    assert grown(Peak(100.0, 0.0), Peak(110.0, 0.0)) == 1.1


def test_a_failing_command_says_with_what():
    with pytest.raises(RuntimeError, match=r"(?s)broken.*ZeroDivisionError"):
        peak_of([sys.executable, "-c", "1 / 0  # broken"])


def test_children_are_seen():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(1)'])"
    peak = peak_of([sys.executable, "-c", code])
    assert peak.main > 0
    assert peak.worker > 0


def test_the_made_up_project_is_one_the_stages_take(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEQUANT_CACHE", str(tmp_path / "cache"))
    layout = Layout(tmp_path)
    params = replace(
        PARAMS,
        sources=replace(PARAMS.sources, train=RAW["train"], test=RAW["test"]),
        candidates=replace(PARAMS.candidates, line_segments=False),
        executor=replace(PARAMS.executor, name="serial"),
    )
    write_raw(tmp_path, 6)
    for stage in (sources, download, labels):
        stage(params, layout)
    write_readings_and_features(tmp_path)
    candidates(params, layout)
    recall = read_json(layout.metrics("candidates") / "oracle_recall.json")
    assert (recall["rows"], recall["oracle_recall"]) == (8, 1.0)
    asked = list(Questions.from_layout(layout, Limits(160, 64), PARAMS.domain).select())
    assert len(asked) == 8
    assert all(len(question.reading.candidates) == QUANTITIES for question in asked)
    assert all(len(question.reading.tokens) >= WORDS for question in asked)
    assert all(question.example.photo.pooled.any() for question in asked)


def test_made_up_photos_are_all_different(tmp_path: Path):
    write_raw(tmp_path, 40)
    photos = [Image.open(path) for path in sorted((tmp_path / "raw" / "images").iterdir())]
    assert len({photo.tobytes() for photo in photos}) == 40
    assert len({photo.size for photo in photos}) > 20


def test_some_of_the_photos_of_tars(tmp_path: Path):
    for number in range(2):
        write_tar(shard_path(tmp_path / "tars", number, "tar"), [(f"{number}{name}.jpg", b"") for name in "abc"])
    take(tmp_path / "tars", 4, tmp_path / "part")
    folder = Layout(tmp_path / "part").data("download")
    assert [list_tar(path) for path in list_shards(folder / "train", "tar")] == [["0a", "0b", "0c"], ["1a"]]
    assert list((folder / "test").iterdir()) == []
