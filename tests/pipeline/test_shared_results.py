"""Results that travel: remotes, artifacts in other projects, and what makes a kept result no longer good."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from imagequant import load_predictor
from imagequant.storage.tables import read_metadata

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow


@pytest.fixture(params=["folder", "s3"])
def remote(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """DVC's settings of a remote: a folder, or a real S3 server on this machine."""
    if request.param == "folder":
        yield [f"url={tmp_path / 'remote'}"]
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anybody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anything")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    endpoint = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="results")
    yield ["url=s3://results/dvc", f"endpointurl={endpoint}"]
    server.stop()


def set_remote(project: Any, settings: list[str]) -> None:
    (project.root / ".dvc" / "config.local").write_text(
        "[core]\n    remote = shared\n['remote \"shared\"']\n" + "".join(f"    {line}\n" for line in settings)
    )


def test_what_was_pushed_is_pulled_by_a_clean_clone_which_then_runs_nothing(
    project: Any, clone_of: Callable[[Any, Path], Any], remote: list[str], tmp_path: Path
) -> None:
    set_remote(project, remote)
    try:
        project.run("dvc", "push")
    finally:
        (project.root / ".dvc" / "config.local").unlink()
    other = clone_of(project, tmp_path)
    set_remote(other, remote)
    other.run("dvc", "pull")
    assert other.stages_run("dvc", "repro") == []
    assert other.run("git", "status", "--porcelain").stdout == ""
    assert (other.root / "models/train/config.json").read_bytes() == (
        project.root / "models/train/config.json"
    ).read_bytes()


def test_another_project_gets_the_model_by_name_and_version(project: Any, tmp_path: Path) -> None:
    project.run("git", "tag", "--annotate", "quantity-reader@v0.1.0", "--message", "first")
    other = tmp_path / "shop"
    other.mkdir()
    for command in (["git", "init", "--quiet"], ["dvc", "init", "--quiet"]):
        subprocess.run(command, cwd=other, env=project.environment(), check=True)
    try:
        command = [
            "dvc",
            "artifacts",
            "get",
            str(project.root),
            "quantity-reader",
            "--rev",
            "v0.1.0",
            "--out",
            "reader",
        ]
        subprocess.run(command, cwd=other, env=project.environment(), check=True, capture_output=True)
    finally:
        project.run("git", "tag", "--delete", "quantity-reader@v0.1.0")
    photo = sorted((project.root / "data/synthetic/images").iterdir())[0]
    theirs = load_predictor(other / "reader").predict(photo)
    assert theirs == load_predictor(project.root / "models/export").predict(photo)
    assert len(theirs) == 8


def test_another_tesseract_reads_again(project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither DVC's cache nor the work cache gives what the other version read."""
    real = shutil.which("tesseract")
    assert real
    fake = tmp_path / "bin" / "tesseract"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "tesseract 5.9.9"; else exec {real} "$@"; fi\n')
    fake.chmod(0o755)
    words = project.root / "data/ocr/train/00000.parquet"
    before = read_metadata(words)["tesseract"]
    assert before != "5.9.9"
    entries = sum(path.is_file() for path in (project.cache / "ocr").rglob("*"))
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    try:
        assert project.stages_run("dvc", "repro", "ocr") == ["ocr"]
        assert json.loads((project.root / "data/versions/ocr.json").read_text())["tesseract"] == "5.9.9"
        assert read_metadata(words)["tesseract"] == "5.9.9"
        photos = len({path.name for path in (project.root / "data/synthetic/images").iterdir()})
        assert sum(path.is_file() for path in (project.cache / "ocr").rglob("*")) == entries + photos
    finally:
        project.run("git", "checkout", "--", ".")
        project.run("dvc", "checkout")


def test_another_torch_runs_what_computes_with_it(
    project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Python takes for the installed version: the first on its path.
    metadata = tmp_path / "torch-1.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: torch\nVersion: 1.9\n")
    environment = project.environment() | {"PYTHONPATH": f"{project.root / 'src'}:{tmp_path}"}
    monkeypatch.setattr(type(project), "environment", lambda _: environment)
    try:
        assert project.stages_run("dvc", "repro", "train") == ["cnn", "train"]
    finally:
        project.run("git", "checkout", "--", ".")
        project.run("dvc", "checkout")
        monkeypatch.undo()
    assert project.stages_run("dvc", "repro") == []
