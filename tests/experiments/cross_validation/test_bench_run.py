"""The command as a user runs it, on a generated set that stands for labelled photos of one's own."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from imagequant.cli import main
from imagequant.experiments.cross_validation.figures import MEASURES
from imagequant.params import Params
from imagequant.stages.catalogue.run import run as draw_catalogue
from imagequant.storage.layout import Layout

pytestmark = pytest.mark.slow
REAL_PHOTOS = 14


def write_params(path: Path) -> None:
    values = yaml.safe_load((Path(__file__).parents[3] / "params.yaml").read_text())
    for name, changed in {
        "catalogue": {"train_photos": 8, "test_photos": 1},
        "labels": {"development": 0.5},
        "train": {"epochs": 2, "members": 2},
        "evaluate": {"bootstrap": 20},
        # Tesseract alone, and weights that need no network: the bench is on trial here.
        "ocr": {"engines": ["tesseract"], "tesseract": {**values["ocr"]["tesseract"], "upscale_to": 0}},
        "cnn": {"weights": "random"},
        "preprocess": {"size": 64},
        "engine": {"name": "serial"},
    }.items():
        values[name].update(changed)
    path.write_text(yaml.safe_dump(values))


def bench(project: Path, folder: Path, *options: str) -> Result:
    arguments = ["bench-real", str(folder), "--root", str(project), "--params", str(project / "params.yaml"), *options]
    return CliRunner().invoke(main, arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, params: Params) -> Path:
    """Photos of another seed than the project's catalogue, in two files; and one without labels."""
    drawn = Layout(tmp_path_factory.mktemp("drawn"))
    other = replace(params.catalogue, seed=99, train_photos=REAL_PHOTOS, test_photos=1)
    draw_catalogue(replace(params, catalogue=other, engine=replace(params.engine, name="serial")), drawn)
    made = tmp_path_factory.mktemp("photos")
    shutil.copytree(drawn.data("catalogue") / "images", made / "images")
    shutil.copy(drawn.data("catalogue") / "test.csv", made / "test.csv")
    with (drawn.data("catalogue") / "train.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    half = len(rows) // 2
    write_csv(made / "plain.csv", rows[:half])
    write_csv(made / "checked.csv", [{**row, "label_source": "hand"} for row in rows[half - 2 :]])
    return made


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project")
    write_params(made / "params.yaml")
    (made / "best.yaml").write_text("train:\n  lr: 0.002\n")
    return made


@pytest.fixture(scope="module")
def first(project: Path, folder: Path) -> tuple[Result, dict[str, Any], str]:
    """The first run's output, figures and rows."""
    done = bench(project, folder, "--folds", "2", "--variant", "real_only", "--patch", str(project / "best.yaml"))
    assert done.exit_code == 0, done.output
    figures = (project / "metrics/bench/real.json").read_text()
    return done, json.loads(figures), (project / ".cache/bench-real/rows.csv").read_text()


def test_figures_rows_and_table(first: tuple[Result, dict[str, Any], str], folder: Path) -> None:
    done, figures, rows = first
    assert figures["data"]["folds"] == 2
    assert set(figures["data"]["files"]) == {"plain.csv", "checked.csv"}
    assert set(figures["by_group"]) == {"plain", "hand"}
    assert set(figures["baselines"]) == {"first_quantity", "largest_text", "cue_words", "seed_design"}
    assert set(figures["ablations"]) == {"one_network", "real_only", "patched"}
    for name in MEASURES:
        if "dimensions" in name or "consensus" in name:
            assert figures[name] is None
        else:
            assert set(figures[name]) == {"value", "ci95", "rows"}
    assert {"value", "ci95", "rows", "over_first_quantity"} <= set(figures["catalogue_only_contest_f1"])
    everything = figures["contest_f1_all"]["rows"]
    for values in (*figures["baselines"].values(), *figures["ablations"].values(), figures["catalogue_only"]):
        assert values["contest_f1_all"]["rows"] == everything
        assert {"difference", "difference_ci95"} <= set(values["contest_f1_all"])
    listed = list(csv.DictReader(rows.splitlines()))
    assert len(listed) == everything == figures["data"]["rows"]
    assert {row["fold"] for row in listed} == {"0", "1"}
    # Two rows stand in both files: their photo is held out once.
    folds: dict[str, set[str]] = {}
    for row in listed:
        folds.setdefault(row["sha256"], set()).add(row["fold"])
    assert all(len(each) == 1 for each in folds.values())
    lines = done.output.splitlines()
    assert "bench-real: test.csv has no column entity_value, so no labels: ignored" in lines
    assert any(line.strip().startswith("seed_design") for line in lines)
    assert all(
        len(line) <= 100 for line in lines if str(folder) not in line and "cache" not in line and "/" not in line
    )


def test_a_second_run_computes_nothing_and_says_the_same(
    first: tuple[Result, dict[str, Any], str], project: Path, folder: Path
) -> None:
    before = (project / "metrics/bench/real.json").read_bytes()
    done = bench(project, folder, "--folds", "2", "--variant", "real_only", "--patch", str(project / "best.yaml"))
    assert done.exit_code == 0, done.output
    assert "stage " not in done.output
    assert "runs:" not in done.output
    assert (project / "metrics/bench/real.json").read_bytes() == before


def test_a_changed_label_runs_again_what_it_concerns(
    first: tuple[Result, dict[str, Any], str], project: Path, folder: Path
) -> None:
    path = folder / "plain.csv"
    text = path.read_text()
    header, *lines = text.splitlines()
    try:
        path.write_text("\n".join([header, lines[0].rpartition(",")[0] + ",", *lines[1:]]) + "\n")
        done = bench(project, folder, "--folds", "2", "--no-baselines")
    finally:
        path.write_text(text)
    assert done.exit_code == 0, done.output
    ran = [line.rpartition(" ")[2] for line in done.output.splitlines() if line.startswith("bench-real: stage ")]
    assert ran == ["sources", "download", "labels", "candidates"]
    assert json.loads((project / "metrics/bench/real.json").read_text())["baselines"] == {}


def error(done: Result) -> str:
    assert done.exit_code == 1
    lines = [line for line in done.output.splitlines() if line.startswith("imagequant: ")]
    assert len(lines) == 1
    return lines[0]


def test_folders_without_labels_are_refused(project: Path, tmp_path: Path) -> None:
    assert "no such folder" in error(bench(project, tmp_path / "nowhere"))
    assert "no CSV file in it" in error(bench(project, tmp_path))
    (tmp_path / "test.csv").write_text("index,image_link,group_id,entity_name\n1,a.jpg,2,width\n")
    assert "no CSV file with a column entity_value (found: test.csv)" in error(bench(project, tmp_path))
    assert "overrides nothing" in error(bench(project, tmp_path, "--patch", os.devnull))
    assert "'no_luck' is no preset; allowed: " in error(bench(project, tmp_path, "--variant", "no_luck"))


def test_too_few_photos_are_refused_before_training(project: Path, folder: Path, tmp_path: Path) -> None:
    with (folder / "plain.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    shutil.copytree(folder / "images", tmp_path / "images")
    write_csv(tmp_path / "few.csv", [row])
    assert "too few labelled photos: fold " in error(bench(project, tmp_path))
