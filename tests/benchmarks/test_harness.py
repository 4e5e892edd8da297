"""What the measurements are made with; nothing here is timed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.speed import image_server
from benchmarks.speed.choosing import smallest_size
from benchmarks.speed.harness import (
    ROOT,
    Side,
    alternate,
    in_new_process,
    project_environment,
    ratio,
    run_program,
    spread_of,
)
from benchmarks.speed.scale import is_measured, lines, markdown
from benchmarks.speed.stage import Took, changed, dealt
from benchmarks.speed.stages import STAGES

from imagequant.params import load_params


def test_sides_take_turns():
    calls: list[tuple[str, int]] = []

    def side(name: str, seconds: float):
        def run(number: int) -> float:
            calls.append((name, number))
            return seconds

        return run

    given = alternate({"slow": side("slow", 6.0), "fast": side("fast", 2.0)}, 2)
    assert calls == [("slow", 0), ("fast", 0), ("slow", 1), ("fast", 1)]
    assert given == {"slow": [6.0, 6.0], "fast": [2.0, 2.0]}


def test_a_ratio_is_the_median_of_runs_made_beside_each_other():
    assert ratio([10.0, 40.0, 12.0], [1.0, 2.0, 4.0]) == {"value": 10.0, "spread": [3.0, 20.0], "runs": 3}


def test_a_median_with_the_least_and_the_most():
    assert spread_of([3.0, 1.0, 2.0]) == {"value": 2.0, "spread": [1.0, 3.0], "runs": 3}


def test_settings_that_mean_nothing_are_not_recorded():
    settings = Side("ours", "1 thread", precision="float32").settings()
    assert settings == {"name": "ours", "threads": "1 thread", "start_up": "included", "precision": "float32"}


def test_a_failing_process_says_with_what():
    with pytest.raises(RuntimeError, match=r"(?s)benchmarks\.speed\.stage nonsense .*No module named"):
        in_new_process("benchmarks.speed.stage", "nonsense", "folder")


def test_what_is_measured_does_not_see_the_users_work_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IMAGEQUANT_CACHE", str(tmp_path))
    asked = "import os; print(os.environ.get('IMAGEQUANT_CACHE'))"
    assert run_program([sys.executable, "-c", asked]) == "None\n"
    assert project_environment(tmp_path / "clone")["IMAGEQUANT_CACHE"].startswith(str(tmp_path / "clone"))


def test_parameters_are_changed_by_name():
    params = load_params(ROOT / "params.yaml")
    other = changed(params, ["ocr.engines=[tesseract]", "ocr.tesseract.upscale_to=900"])
    assert (other.ocr.engines, other.ocr.tesseract.upscale_to) == (("tesseract",), 900)
    assert other.cnn == params.cnn


def test_a_stage_says_what_it_took():
    assert Took.of('{"seconds": 2.5, "core_seconds": 4.0}\n') == Took(2.5, 4.0)


@pytest.mark.parametrize(
    ("recalls", "chosen", "tried"),
    [
        ({640: 0.9, 896: 0.9, 1280: 0.9}, 640, ["640"]),
        ({640: 0.7, 896: 0.8, 1280: 0.9}, 896, ["640", "896"]),
        ({640: 0.5, 896: 0.7, 1280: 0.6}, 896, ["640", "896", "1280"]),  # none is as good: the best
        ({640: 0.7, 896: 0.7, 1280: 0.6}, 640, ["640", "896", "1280"]),
    ],
)
def test_the_smallest_size_that_reads_no_less_is_chosen(recalls: dict[int, float], chosen: int, tried: list[str]):
    choice = smallest_size(list(recalls), recalls.__getitem__, bar=0.8, photos=60)
    assert (choice.size, list(choice.tried), choice.bar, choice.photos) == (chosen, tried, 0.8, 60)


def test_what_a_billion_photos_take():
    figures = {f"core_seconds_{stage}": {"value": 0.36, "bytes_a_photo": 1000.0} for stage in STAGES}
    figures["core_seconds_ocr"] = {"value": 3.6, "bytes_a_photo": 2000.0}
    figures["core_seconds_download"]["bytes_a_photo"] = 1e5
    by_stage = {line.stage: line for line in lines(figures, 1e9)}
    assert by_stage["ocr"].core_hours == pytest.approx(1e6)
    assert by_stage["ocr"].days == pytest.approx(1e6 / 1000 / 24)
    assert by_stage["cnn"].dollars == pytest.approx(1e5 * 0.04)
    assert by_stage["download"].core_hours == pytest.approx(1e5)
    assert by_stage["download"].days == pytest.approx(1e9 / 2000 / 86400)
    assert by_stage["download"].terabytes == pytest.approx(100)
    text = markdown(figures, 1e9)
    assert "| ocr | 1,000,000 | 41.7 | 40,000 | 2.00 |" in text
    assert text.endswith("`ocr` is the bottleneck.")
    assert is_measured(figures)
    assert not is_measured({**figures, "core_seconds_cnn": {"value": None}})


def test_the_image_server_answers_by_number_and_refuses_what_is_too_fast(tmp_path: Path):
    images = image_server.images_of("3")
    assert len(set(images)) == 3
    assert image_server.answer(b"GET /2.jpg HTTP/1.1\r\nHost: x", images).endswith(b"\r\n\r\n" + images[2])
    gate = image_server.Gate(rate=2)
    assert [gate.lets_through(now) for now in (5.0, 5.1, 5.9, 6.0)] == [True, True, False, True]
    assert all(image_server.Gate(rate=0).lets_through(5.0) for _ in range(9))
    for name in "ab":
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "photos.txt").write_text(f"{tmp_path / 'b'}\n{tmp_path / 'a'}\n")
    assert image_server.images_of(str(tmp_path / "photos.txt")) == [b"b", b"a"]


@pytest.mark.parametrize(
    ("photos", "cores", "most", "sizes"),
    [
        (150, 2, 32, {25}),
        (150, 2, 8, {7, 8}),
        (67, 2, 32, {16, 17}),
        (20, 2, 32, {10}),
        (3, 2, 32, {1, 2}),
        (1, 8, 32, {1}),
    ],
)
def test_each_core_gets_as_many_photos(photos: int, cores: int, most: int, sizes: set[int]) -> None:
    paths = [Path(f"{number}.jpg") for number in range(photos)]
    shards = dealt(paths, cores, most)
    assert len(shards) % cores == 0 or len(shards) == photos
    assert {len(shard) for shard in shards} == sizes
    assert sorted(photo for shard in shards for photo in shard) == sorted(paths)
