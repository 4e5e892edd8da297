"""What is written down of a benchmark run, and what pages make of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks.speed import __main__ as command
from benchmarks.speed import documents, recording, table
from benchmarks.speed.harness import Skipped
from benchmarks.speed.photos import Photos
from benchmarks.speed.recording import Origin, collect, has_failed
from benchmarks.speed.rows import MEASUREMENTS, ROWS, rows_of
from click.testing import CliRunner

from imagequant.core.files import read_json

ROOT = Path(__file__).parents[2]
ORIGIN = Origin("a processor, 2 cores", "0123456789ab", "generated photos")
ASKED_FOR = {
    "ocr_portable_vs_faster_paddle",
    "ocr_float32_vs_faster_paddle",
    "ocr_bfloat16_vs_faster_paddle",
    "ocr_vs_rapidocr_loop",
    "default_vs_rapidocr_alone_seconds",
    "tesseract_vs_seed",
    "cnn_vs_seed",
    "download_vs_img2dataset",
    "download_steady_vs_img2dataset",
    "append_one_percent",
    "noop_repro_seconds",
    "memory_growth",
    "export_vs_eager",
    "predict_seconds",
    "repro_seconds",
}


def figure(**more: Any) -> dict[str, Any]:
    return {"value": 2.0, "spread": [1.5, 2.5], "runs": 5, **more}


def test_rows_have_names_of_their_own():
    keys = [row.key for row in ROWS]
    assert set(keys) >= ASKED_FOR
    assert len(set(keys)) == len(keys)
    assert set(table.QUOTED) <= set(keys)
    assert len(table.QUOTED) <= 8


def test_every_measurement_is_a_module():
    assert [name for name in MEASUREMENTS if not (ROOT / "benchmarks" / "speed" / f"{name}.py").exists()] == []


def test_a_row_says_where_it_was_measured():
    rows = collect("export", lambda: {"export_vs_eager": figure(data="200 questions")}, ORIGIN)
    assert rows == {
        "export_vs_eager": {
            "unit": "times",
            "better": "higher",
            "machine": "a processor, 2 cores",
            "commit": "0123456789ab",
            "data": "200 questions",
            "value": 2.0,
            "spread": [1.5, 2.5],
            "runs": 5,
        }
    }
    assert (
        collect("noop", lambda: {"noop_repro_seconds": figure()}, ORIGIN)["noop_repro_seconds"]["data"] == ORIGIN.data
    )


def test_a_row_that_cannot_be_measured_says_why():
    def nowhere():
        raise Skipped("there is no GPU")

    rows = collect("gpu", nowhere, ORIGIN)
    assert list(rows) == [row.key for row in rows_of("gpu")]
    assert {row["skipped"] for row in rows.values()} == {"there is no GPU"}
    assert all(row["value"] is None and row["machine"] == ORIGIN.machine for row in rows.values())
    assert not any(map(has_failed, rows.values()))


def test_a_measurement_that_fails_does_not_end_the_run():
    rows = collect("noop", lambda: {}["nothing"], ORIGIN)
    assert rows["noop_repro_seconds"]["skipped"] == "failed: 'nothing'"
    assert has_failed(rows["noop_repro_seconds"])


def test_a_row_that_was_forgotten_is_a_failure():
    assert has_failed(collect("noop", dict, ORIGIN)["noop_repro_seconds"])
    with pytest.raises(ValueError, match="noop measures speed, which the table does not have"):
        collect("noop", lambda: {"speed": figure()}, ORIGIN)


def test_the_machine_and_the_commit_are_named():
    assert "cores (" in recording.machine()
    assert recording.commit()
    assert {"python", "openvino", "tesseract"} <= set(recording.versions())


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two pages, in which everything takes no time to measure."""
    photos = Photos((Path("c.jpg"),), ((Path("a.jpg"),), (Path("b.jpg"),)), (), "generated photos")
    monkeypatch.setattr(command, "find_photos", lambda *_: photos)
    monkeypatch.setattr(command, "_measure", lambda name, _: {row.key: figure() for row in rows_of(name)})
    monkeypatch.setattr(command, "OUTPUT", tmp_path / "metrics" / "bench" / "speed.json")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(documents.table, "readers", lambda _: [])
    (tmp_path / "docs").mkdir()
    for page in documents.PAGES:
        (tmp_path / page).write_text("A\n<!-- speed: short -->\nold\n<!-- /speed -->\nB\n")
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(command.main, ["--data", str(ROOT / "tests"), *arguments])


def test_a_run_writes_the_whole_table_and_the_pages(project: Path):
    result = run()
    assert result.exit_code == 0, result.output
    rows = read_json(project / "metrics" / "bench" / "speed.json")
    assert list(rows) == sorted(row.key for row in ROWS)
    assert all({"value", "spread", "machine", "commit", "data"} <= set(row) for row in rows.values())
    shared = read_json(project / "metrics" / "bench" / "speed_run.json")
    assert (shared["runs"], shared["photos_reported_on"], shared["photos_chosen_on"]) == (5, 2, 1)
    assert shared["sizes"]["links"] == 10_000
    page = (project / "README.md").read_text()
    assert page.startswith("A\n<!-- speed: short -->\n| measured")
    assert page.endswith("<!-- /speed -->\nB\n")
    assert "| `make repro` in a fresh clone, set-up included | 2 s | 1.5 to 2.5 | lower |" in page


def test_some_measurements_are_printed_and_leave_the_table_alone(project: Path):
    result = run("noop", "--runs", "2")
    assert result.exit_code == 0, result.output
    assert "noop_repro_seconds: 2 s (1.5 to 2.5), lower is better" in result.output
    assert not (project / "metrics").exists()
    run("noop", "--output", str(project / "some.json"))
    assert list(read_json(project / "some.json")) == ["noop_repro_seconds"]
    refused = run("noop", "--output", str(project / "metrics" / "bench" / "speed.json"))
    assert (refused.exit_code, "another file than the table's" in refused.output) == (2, True)


@pytest.mark.parametrize("runs", ["3", "6"])
def test_the_table_needs_an_odd_number_of_runs(project: Path, runs: str):
    refused = run("--runs", runs)
    assert (refused.exit_code, "an odd number of runs, at least 5" in refused.output) == (2, True)


def test_a_failure_is_written_down_and_told(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        command, "_measure", lambda name, _: {row.key: figure() for row in rows_of(name)} if name != "noop" else 1 / 0
    )
    result = run()
    assert (result.exit_code, "failed: noop_repro_seconds" in result.output) == (1, True)
    rows = read_json(project / "metrics" / "bench" / "speed.json")
    assert rows["noop_repro_seconds"]["skipped"] == "failed: division by zero"
    assert rows["predict_seconds"]["value"] == 2.0


def side(name: str, seconds: float, recall: float, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "threads": "2 threads",
        "start_up": "included",
        "precision": "float32",
        "size": "long side 960",
        "seconds_a_photo": figure(value=seconds, spread=[seconds, seconds]),
        "seconds_a_photo_without_start_up": figure(value=seconds / 2),
        "oracle_recall": {"rows": 100, "found": round(100 * recall), "oracle_recall": recall},
        **more,
    }


@pytest.fixture
def figures() -> dict[str, Any]:
    """A row of ``ocr`` and one that was skipped."""
    ours = side("ours", 0.1, 0.91, oracle_recall_with_alternatives={"oracle_recall": 0.93})
    compared = figure(without_start_up=figure(value=3.0), ours=ours, theirs=side("faster-paddle small", 0.2, 0.9))
    about = {"machine": "a processor", "commit": "0123", "data": "real"}
    return {
        "ocr_portable_vs_faster_paddle": {**compared, **about},
        "gpu_busy_cnn": {"value": None, "spread": None, "skipped": "there is no GPU", **about},
    }


def test_the_table_shows_both_sides_and_what_was_skipped(figures: dict[str, Any]):
    lines = table.full(figures, "real").splitlines()
    assert lines[2] == (
        "| `ocr`, RapidOCR, portable float32; faster-paddle small | 2 times | 1.5 to 2.5 | higher | "
        "*ours*: ours, float32, long side 960, 2 threads, start-up included, oracle recall 0.910; "
        "*theirs*: faster-paddle small, float32, long side 960, 2 threads, start-up included, oracle recall 0.900; "
        "3 times without start-up; 5 runs |"
    )
    assert "| skipped | there is no GPU | higher |" in lines[3]
    assert table.full(figures, "other photos").splitlines()[2].endswith("; real; 5 runs |")


def test_everyone_who_reads_is_a_point(figures: dict[str, Any]):
    assert [point["name"] for point in table.readers(figures)] == ["faster-paddle small", "ours"]
    assert table.points(figures).splitlines()[-1].endswith("| 0.1 | 0.1 to 0.1 | 0.05 | 0.910 (91 of 100) | 0.930 |")
    first, again = documents.plot(figures), documents.plot(figures)
    assert first.startswith(b"\x89PNG")
    assert first == again


def test_pages_say_that_nothing_was_measured_yet():
    text = "<!-- speed: origin -->\n<!-- /speed -->"
    assert documents.filled(text, {}, {}) == f"<!-- speed: origin -->\n{table.NOT_YET}\n<!-- /speed -->"


@pytest.mark.parametrize("name", documents.PAGES)
def test_pages_quote_what_was_recorded(name: str):
    """``python -m benchmarks.speed.documents`` brings them up to date."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "<!-- speed: " in text
    assert documents.filled(text, *documents.recorded(ROOT)) == text
