"""What the measurements are made with; nothing here is timed."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.speed import image_server, table
from benchmarks.speed.harness import ROOT, alternate, duration, in_new_process, ratio
from benchmarks.speed.recall import oracle_recall
from benchmarks.speed.scale import lines, markdown
from benchmarks.speed.stage import changed, dealt
from benchmarks.speed.stages import STAGES

from imagequant.core.files import file_digest
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.params import load_params
from imagequant.storage.words import write_words


def test_sides_take_turns():
    calls: list[str] = []

    def side(name: str, seconds: float) -> float:
        calls.append(name)
        return seconds

    taken = alternate({"slow": lambda: side("slow", 6.0), "fast": lambda: side("fast", 2.0)}, 2)
    assert calls == ["slow", "fast", "slow", "fast"]
    assert taken == {"slow": [6.0, 6.0], "fast": [2.0, 2.0]}


def test_a_ratio_is_the_median_of_runs_made_beside_each_other():
    assert ratio([10.0, 40.0, 12.0], [1.0, 2.0, 4.0]) == {"value": 10.0, "spread": [3.0, 20.0], "runs": 3}


def test_a_duration():
    assert duration([3.0, 1.0, 2.0]) == {"value": 2.0, "spread": [1.0, 3.0], "runs": 3}


def test_a_failing_process_says_with_what():
    with pytest.raises(RuntimeError, match=r"(?s)^benchmarks\.speed\.stage nonsense .*No module named"):
        in_new_process("benchmarks.speed.stage", "nonsense", "folder")


def test_parameters_are_changed_by_name():
    params = load_params(ROOT / "params.yaml")
    other = changed(params, ["ocr.engines=[tesseract]", "ocr.rapidocr.detection_side=640"])
    assert (other.ocr.engines, other.ocr.rapidocr.detection_side) == (("tesseract",), 640)
    assert other.cnn == params.cnn


def test_what_a_billion_photos_take():
    figures = {f"core_seconds_{stage}": {"value": 0.36, "bytes_a_photo": 1000.0} for stage in STAGES}
    figures["core_seconds_ocr"] = {"value": 3.6, "bytes_a_photo": 2000.0, "photo_bytes": 1e5}
    by_stage = {line.stage: line for line in lines(figures, 1e9)}
    assert by_stage["ocr"].core_hours == pytest.approx(1e6)
    assert by_stage["ocr"].days == pytest.approx(1e6 / 1000 / 24)
    assert by_stage["cnn"].dollars == pytest.approx(1e5 * 0.04)
    assert by_stage["download"].terabytes == pytest.approx(100)
    text = markdown(figures, 1e9)
    assert "| ocr | 1,000,000 | 41.7 | 40,000 | 2.00 |" in text
    assert text.endswith("`ocr` is the bottleneck.")


def test_the_table_shows_what_was_measured():
    recall = {"rows": 10, "oracle_recall": 0.9}
    figure = {
        "value": 9.871,
        "spread": [9.0, 11.25],
        "photos": 60,
        "oracle_recall": recall,
        "oracle_recall_loop": recall,
    }
    text = table.markdown({"ocr_vs_rapidocr_loop": figure, "unknown": figure})
    assert text.splitlines()[-1].endswith(
        "| 9.87 times | 9 times to 11.2 times | 60 photos, oracle recall 0.900 against 0.900 (10 rows) |"
    )
    assert len(text.splitlines()) == 3


def test_the_table_says_what_arrived():
    figure = {"value": 1.0, "spread": [1.0, 1.0], "images": 9, "arrived": 9, "arrived_img2dataset": {"0": 2, "5": 3}}
    text = table.markdown({"download_429_arrived": figure})
    assert text.endswith("| 1 | 1 to 1 | 9 images, with img2dataset 2 with 0 retries, 3 with 5 retries |")


def test_the_image_server_answers_by_number_and_refuses_what_is_too_fast():
    images = image_server.make_images(3)
    assert len(set(images)) == 3
    assert image_server.answer(b"GET /2.jpg HTTP/1.1\r\nHost: x", images).endswith(b"\r\n\r\n" + images[2])
    gate = image_server.Gate(rate=2)
    assert [gate.lets_through(now) for now in (5.0, 5.1, 5.9, 6.0)] == [True, True, False, True]
    assert all(image_server.Gate(rate=0).lets_through(5.0) for _ in range(9))


def test_oracle_recall_counts_answers_among_the_words(tmp_path: Path):
    from PIL import Image

    for name, width in (("a.png", 200), ("b.png", 100)):
        Image.new("RGB", (width, 100)).save(tmp_path / name)
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "image_link,group_id,entity_name,entity_value\n"
        "images/a.png,1,item_weight,500 gram\nimages/b.png,1,item_weight,2 gram\nimages/b.png,1,height,\n"
        "images/elsewhere.png,1,item_weight,7 gram\n"
    )
    word = Word("500 g", Box(10, 10, 60, 30), 0.9, 0, "rapidocr")
    write_words(tmp_path / "words", 0, [PhotoWords(file_digest(tmp_path / "a.png"), (word,), (True,))], {})
    photos = [tmp_path / "a.png", tmp_path / "b.png"]
    assert oracle_recall(tmp_path / "words", photos, [labels]) == {"rows": 2, "oracle_recall": 0.5}


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
