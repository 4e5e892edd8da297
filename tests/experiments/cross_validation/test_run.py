"""The command as a user runs it, on generated photos in place of labelled photos of one's own."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from tests.scored_rows import PARAMS, ROOT

from imagequant.cli import main
from imagequant.experiments.cross_validation.report import MEASURES
from imagequant.stages.synthetic.run import run as draw_synthetic
from imagequant.storage.layout import Layout

Done = subprocess.CompletedProcess[str]
pytestmark = pytest.mark.slow
REAL_PHOTOS = 20


def write_params(path: Path) -> None:
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
    for name, changed in {
        "synthetic": {"train_photos": 8, "test_photos": 1},
        "labels": {"development": 0.5},
        "train": {"epochs": 2, "members": 2, "trees": {**values["train"]["trees"], "num_trees": 20}},
        "evaluate": {"bootstrap": 20},
        # Tesseract alone, and weights that need no network.
        "ocr": {"engines": ["tesseract"], "tesseract": {**values["ocr"]["tesseract"], "upscale_to": 0}},
        "cnn": {"weights": "random"},
        "preprocess": {"size": 64},
        "executor": {"name": "serial"},
    }.items():
        values[name].update(changed)
    path.write_text(yaml.safe_dump(values))


def cross_validate(project: Path, folder: Path, *options: str) -> Done:
    """Runs the command; what it prints is in ``stdout``, messages of stages and of DVC too."""
    arguments = [str(folder), "--root", str(project), "--params", str(project / "params.yaml"), *options]
    command = [sys.executable, "-c", "from imagequant.cli import main; main()", "cross-validate", *arguments]
    environment = {**os.environ, "IMAGEQUANT_CACHE": str(project / "work"), "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def stages_run(done: Done) -> list[str]:
    """The stages that DVC ran, in order, without the one that always runs."""
    assert done.returncode == 0, done.stdout
    ran = [line.split("'")[1] for line in done.stdout.splitlines() if line.startswith("Running stage '")]
    return [stage for stage in ran if stage != "versions"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of another seed than the project's synthetic, in two files; and one without labels."""
    drawn = Layout(tmp_path_factory.mktemp("drawn"))
    other = replace(PARAMS.synthetic, seed=99, train_photos=REAL_PHOTOS, test_photos=1)
    draw_synthetic(replace(PARAMS, synthetic=other, executor=replace(PARAMS.executor, name="serial")), drawn)
    made = tmp_path_factory.mktemp("photos")
    shutil.copytree(drawn.data("synthetic") / "images", made / "images")
    shutil.copy(drawn.data("synthetic") / "test.csv", made / "test.csv")
    with (drawn.data("synthetic") / "train.csv").open(newline="") as file:
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
    shutil.copy(ROOT / "dvc.yaml", made)
    (made / "best.yaml").write_text("train:\n  lr: 0.002\n")
    return made


@pytest.fixture(scope="module")
def first(project: Path, folder: Path) -> tuple[Done, dict[str, Any], str]:
    """The first run's output, figures and rows."""
    done = cross_validate(
        project, folder, "--folds", "2", "--variant", "real_only", "--patch", str(project / "best.yaml")
    )
    assert done.returncode == 0, done.stdout
    figures = (project / "metrics/cross_validation/real.json").read_text()
    return done, json.loads(figures), (project / ".cache/cross-validation/rows.csv").read_text()


def test_figures_rows_and_table(first: tuple[Done, dict[str, Any], str], folder: Path) -> None:
    done, figures, rows = first
    assert figures["data"]["folds"] == 2
    assert set(figures["data"]["files"]) == {"plain.csv", "checked.csv"}
    assert set(figures["by_group"]) == {"plain", "hand"}
    assert set(figures["baselines"]) == {"first_quantity", "largest_text", "cue_words", "value_classifier"}
    assert set(figures["ablations"]) == {"one_network", "real_only", "patched"}
    for name in MEASURES:
        if "dimensions" in name or "consensus" in name:
            assert figures[name] is None
        else:
            assert set(figures[name]) == {"value", "ci95", "rows"}
    assert {"value", "ci95", "rows", "over_first_quantity"} <= set(figures["synthetic_only_contest_f1"])
    everything = figures["contest_f1_all"]["rows"]
    for values in (*figures["baselines"].values(), *figures["ablations"].values(), figures["synthetic_only"]):
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
    lines = done.stdout.splitlines()
    assert "cross-validate: test.csv has no column entity_value, so no labels: ignored" in lines
    assert any(line.strip().startswith("value_classifier") for line in lines)
    table = lines[next(number for number, line in enumerate(lines) if line.startswith("Held-out photos: ")) :]
    assert all(len(line) <= 100 for line in table if "/" not in line)


def test_a_second_run_computes_nothing_and_has_the_same_figures(
    first: tuple[Done, dict[str, Any], str], project: Path, folder: Path
) -> None:
    before = (project / "metrics/cross_validation/real.json").read_bytes()
    options = ("--folds", "2", "--variant", "real_only", "--patch", str(project / "best.yaml"))
    done = cross_validate(project, folder, *options)
    assert stages_run(done) == []
    assert "runs:" not in done.stdout
    assert (project / "metrics/cross_validation/real.json").read_bytes() == before


@pytest.fixture
def restored(folder: Path) -> Iterator[Path]:
    """The folder, restored afterwards."""
    saved = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    yield folder
    for path, payload in saved.items():
        if path.read_bytes() != payload:
            path.write_bytes(payload)


def test_a_changed_label_runs_the_stages_that_depend_on_it(
    first: tuple[Done, dict[str, Any], str], project: Path, restored: Path
) -> None:
    path = restored / "plain.csv"
    lines = path.read_text().splitlines()
    labelled = next(number for number, line in enumerate(lines) if number and not line.endswith(","))
    lines[labelled] = lines[labelled].rpartition(",")[0] + ","
    path.write_text("\n".join(lines) + "\n")
    done = cross_validate(project, restored, "--folds", "2", "--no-baselines")
    assert sorted(stages_run(done)) == ["candidates", "download", "labels", "sources"]
    assert json.loads((project / "metrics/cross_validation/real.json").read_text())["baselines"] == {}


def test_a_changed_photo_is_read_again(first: tuple[Done, dict[str, Any], str], project: Path, restored: Path) -> None:
    with (restored / "plain.csv").open(newline="") as file:
        links = list(dict.fromkeys(row["image_link"] for row in csv.DictReader(file)))
    shutil.copy(restored / links[0], restored / links[1])
    ran = stages_run(cross_validate(project, restored, "--folds", "2", "--no-baselines"))
    assert {"download", "preprocess", "labels", "cnn", "ocr", "candidates"} <= set(ran)
    assert "synthetic" not in ran


def test_a_variant_shares_the_stages_that_it_does_not_change(
    first: tuple[Done, dict[str, Any], str], project: Path, folder: Path
) -> None:
    done = cross_validate(project, folder, "--folds", "2", "--no-baselines", "--variant", "no_line_segments")
    # All others come from DVC's run cache; the links of `sources` are not cached.
    assert set(stages_run(done)) <= {"sources", "candidates"}
    figures = json.loads((project / "metrics/cross_validation/real.json").read_text())
    assert set(figures["ablations"]) == {"one_network", "no_line_segments"}
    params = yaml.safe_load((project / ".cache/cross-validation/no_line_segments/params.yaml").read_text())
    assert params["candidates"]["line_segments"] is False


def test_folders_without_labels_are_refused(project: Path, tmp_path: Path) -> None:
    def error(folder: Path, *options: str) -> str:
        # Nothing runs, so this needs no process of its own.
        arguments = [folder, "--root", project, "--params", project / "params.yaml", *options]
        done = CliRunner().invoke(main, ["cross-validate", *map(str, arguments)])
        assert done.exit_code == 1
        (said,) = [line for line in done.output.splitlines() if line.startswith("imagequant: ")]
        return said

    assert "no such folder" in error(tmp_path / "nowhere")
    assert "no CSV file in it" in error(tmp_path)
    (tmp_path / "test.csv").write_text("index,image_link,group_id,entity_name\n1,a.jpg,2,width\n")
    assert "no CSV file with a column entity_value (found: test.csv)" in error(tmp_path)
    assert "overrides nothing" in error(tmp_path, "--patch", os.devnull)
    assert "'no_luck' is no preset; allowed: " in error(tmp_path, "--variant", "no_luck")


def test_too_few_photos_are_refused_before_training(
    first: tuple[Done, dict[str, Any], str], project: Path, restored: Path
) -> None:
    for name in ("plain.csv", "checked.csv"):
        with (restored / name).open(newline="") as file:
            rows = list(csv.DictReader(file))
        write_csv(restored / name, [rows[0], *({**row, "entity_value": "unreadable"} for row in rows[1:])])
    done = cross_validate(project, restored)
    assert done.returncode == 1
    (said,) = [line for line in done.stdout.splitlines() if line.startswith("imagequant: ")]
    assert "too few labelled photos: fold " in said
