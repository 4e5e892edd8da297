"""DVC's experiments on the real pipeline, presets through them, and the search; the project is left as it was."""

from __future__ import annotations

import csv
import json
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from click.testing import CliRunner
from torchvision.models import resnet50

from imagequant import load_predictor
from imagequant.cli import main
from imagequant.core.files import file_digest

pytestmark = pytest.mark.slow
# As fast as can be: what is on trial is how experiments are run.
QUICK = ("-S", "train.epochs=1", "-S", "train.members=1")


@pytest.fixture(autouse=True)
def unchanged(project: Any) -> Iterator[None]:
    """Nothing may change the workspace but what says so (``restored``)."""
    before = project.lock()
    yield
    assert project.run("git", "status", "--porcelain").stdout == ""
    assert project.run("git", "rev-parse", "--abbrev-ref", "HEAD").stdout.strip() in ("main", "master")
    assert project.lock() == before
    assert project.run("dvc", "status").stdout.split() == ["versions:", "always", "changed"]


@pytest.fixture(scope="module")
def grid(project: Any) -> Iterator[dict[str, str]]:
    """Two queued experiments, run by two workers at once: names by learning rate."""
    project.run("dvc", "exp", "run", "--queue", "-S", "train.lr=0.002,0.003", *QUICK, "evaluate")
    # Not with `run`, which would wait for the workers, as they inherit its pipes: on a busy machine, DVC sometimes does
    # not end them.
    start = ["dvc", "queue", "start", "-j", "2"]
    nowhere = subprocess.DEVNULL
    subprocess.run(start, cwd=project.root, env=project.environment(), stdout=nowhere, stderr=nowhere, check=True)
    try:
        wait_for_queue(project)
    finally:
        project.run("dvc", "queue", "stop", "--kill")
    found = shown(project)
    yield {row["train.lr"]: row["Experiment"] for row in found if row["train.lr"] in ("0.002", "0.003")}
    for row in found:
        if row["Experiment"]:
            project.run("dvc", "exp", "remove", row["Experiment"])


def wait_for_queue(project: Any) -> None:
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline:
        states = [line.split()[-1] for line in project.run("dvc", "queue", "status").stdout.splitlines()[1:3]]
        if not {"Queued", "Running"} & set(states):
            assert states == ["Success", "Success"]
            return
        time.sleep(5)  # each look starts DVC
    pytest.fail(f"the queue did not end: {states}")


def shown(project: Any) -> list[dict[str, str]]:
    done = project.run("dvc", "exp", "show", "--csv")
    return list(csv.DictReader(done.stdout.splitlines()))


def metrics_of(project: Any, experiment: str) -> Any:
    (row,) = (row for row in shown(project) if row["Experiment"] == experiment)
    return float(row["contest_f1"])


def test_a_grid_is_queued_run_by_two_workers_and_shown(project: Any, grid: dict[str, str]) -> None:
    assert set(grid) == {"0.002", "0.003"}
    for name in grid.values():
        assert 0 <= metrics_of(project, name) <= 1


def test_an_experiment_is_applied(project: Any, grid: dict[str, str]) -> None:
    try:
        project.run("dvc", "exp", "apply", grid["0.003"])
        assert yaml.safe_load((project.root / "params.yaml").read_text())["train"]["lr"] == 0.003
        summary = json.loads((project.root / "metrics/evaluate/summary.json").read_text())
        assert summary["contest_f1"] == pytest.approx(metrics_of(project, grid["0.003"]))
        config = json.loads((project.root / "models/train/config.json").read_text())
        assert config["members"] == 1
    finally:
        project.run("git", "checkout", "--", ".")
        project.run("dvc", "checkout")


def test_an_experiment_becomes_a_branch(project: Any, grid: dict[str, str]) -> None:
    project.run("dvc", "exp", "branch", grid["0.002"], "slower")
    try:
        text = project.run("git", "show", "slower:params.yaml").stdout
        assert yaml.safe_load(text)["train"]["lr"] == 0.002
        assert project.run("git", "log", "-1", "--format=%H", "slower").stdout.strip()
    finally:
        project.run("git", "branch", "--delete", "--force", "slower")


def test_presets_run_with_one_command_and_are_compared(project: Any) -> None:
    done = project.run("imagequant", "ablate", "one_network")
    # Again: experiments of the same names are replaced, and what was trained comes from the run cache.
    again = project.run("imagequant", "ablate", "one_network")
    try:
        assert "Stage 'train' is cached - skipping run" in again.stderr
        lines = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
        assert again.stdout == done.stdout
        summary = json.loads((project.root / "metrics/evaluate/summary.json").read_text())
        assert lines["full"][1:] == [f"{summary['contest_f1']:.3f}", str(summary["rows"])]
        assert lines["one_network"][-2:] == ["full", str(summary["rows"])]
        rows = {row["Experiment"]: row for row in shown(project)}
        assert {"full", "one_network"} <= set(rows)
        assert rows["one_network"]["train.members"] == "1"
        difference = float(rows["one_network"]["contest_f1"]) - float(rows["full"]["contest_f1"])
        assert float(lines["one_network"][2].rstrip("*")) == pytest.approx(difference, abs=6e-4)
    finally:
        project.run("dvc", "exp", "remove", "full", "one_network")


def test_resnet50_with_weights_in_torchvisions_cache_trains_exports_and_answers(
    project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(3)
    weights = tmp_path / "hub" / "checkpoints" / "resnet50-11ad3fa6.pth"
    weights.parent.mkdir(parents=True)
    torch.save(resnet50(weights=None).state_dict(), weights)
    digest = file_digest(weights)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    settings = ("-S", "cnn.backbone=resnet50", "-S", f"cnn.sha256={digest}")
    try:
        ran = project.stages_run("dvc", "exp", "run", "--name", "resnet", *settings, *QUICK, "export")
        assert {"cnn", "train", "export"} <= set(ran)
        config = json.loads((project.root / "models/export/config.json").read_text())
        assert (config["network"]["pooled_width"], config["cnn"]["cnn_weights_sha256"]) == (2048, digest)
        assert json.loads((project.root / "data/versions/cnn.json").read_text())["cnn_weights_sha256"] == digest
        photo = sorted((project.root / "data/synthetic/images").iterdir())[0]
        assert len(load_predictor(project.root / "models/export").predict(photo)) == 8
        # Other weights than those it was trained with are not shipped.
        torch.save(resnet50(weights=None).state_dict(), weights)
        lines = (project.root / "params.yaml").read_text().replace(digest, file_digest(weights))
        (project.root / "params.yaml").write_text(lines)
        refused = project.run("imagequant", "export", check=False)
        assert "the ranker was trained with" in refused.stderr
    finally:
        project.run("git", "checkout", "--", ".")
        project.run("dvc", "checkout", "--force")
        project.run("dvc", "exp", "remove", "resnet")


def test_a_model_without_cnn_features_is_exported_and_answers_without_a_cnn(project: Any) -> None:
    try:
        project.run(
            "dvc",
            "exp",
            "run",
            "--name",
            "blind",
            "-S",
            "train.use_cnn_pooled=false",
            "-S",
            "train.use_cnn_grid=false",
            *QUICK,
            "export",
        )
        exported = project.root / "models/export"
        assert (exported / "ranker.onnx").exists()
        assert not (exported / "backbone.onnx").exists()
        photo = sorted((project.root / "data/synthetic/images").iterdir())[0]
        assert len(load_predictor(exported).predict(photo)) == 8
    finally:
        project.run("git", "checkout", "--", ".")
        project.run("dvc", "checkout", "--force")
        project.run("dvc", "exp", "remove", "blind")


def test_a_search_writes_what_dvc_takes_and_goes_on(project: Any) -> None:
    folder = project.root / "models/tune"
    try:
        project.run("imagequant", "tune", "--trials", "1")
        done = project.run("imagequant", "tune", "--trials", "2")
        # The first is there already.
        ran = [line for line in done.stderr.splitlines() if line.startswith("tune: trial ")]
        assert [line.split()[2] for line in ran] == ["1:"]
        summary = json.loads((folder / "summary.json").read_text())
        assert summary["trials"] == {"complete": 2, "given_up": 0}
        kept = [row["split"] for row in labels(project) if row["split"] != "validation" and row["status"] != "rejected"]
        assert summary["rows"] == len(kept)
        patch = yaml.safe_load((folder / "best.yaml").read_text())
        assert bool(patch) == bool(summary["patch"]) == (summary["score"]["best_trial"] != 0)
        if patch:
            (line,) = (line for line in done.stdout.splitlines() if "dvc exp run" in line)
            command = shlex.split(line.partition("search never saw: ")[2])
            assert command[:3] == ["dvc", "exp", "run"]
            project.run(*command[:3], "--queue", *command[3:])
            project.run("dvc", "queue", "remove", "--queued")
        for name in ("history.png", "importances.png"):
            assert (folder / name).stat().st_size > 1000
        logs = sorted(path.parent.name for path in (folder / "trials" / summary["study"]).glob("*/metrics.json"))
        assert logs == ["0000", "0001"]
    finally:
        project.run("rm", "-r", "models/tune")


def labels(project: Any) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(project.root / "data/labels/labels.parquet").to_pylist()
    return found


def test_a_wrong_space_stops_with_one_line_that_names_it(project: Any) -> None:
    path = project.root / "params.yaml"
    text = path.read_text()
    path.write_text(text.replace("    lr:\n", "    learning_rate:\n"))
    try:
        # Nothing runs, so this needs no process of its own.
        done = CliRunner().invoke(main, ["tune", "--root", str(project.root), "--params", str(path)])
    finally:
        path.write_text(text)
    assert done.exit_code == 1
    assert done.output.startswith("imagequant: tune.space.learning_rate: no parameter of train")
    assert done.output.count("\n") == 1
