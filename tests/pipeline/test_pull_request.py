"""What the experiment workflow runs, in a clean shallow clone of a pull request, against a base that differs."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.slow
# Another model altogether, so that answers change; stages before train are as they were.
CHANGE = {"lr: 0.001": "lr: 0.0001", "weight: 0.85": "weight: 0.0"}
AFTER_TRAIN = {"train", "evaluate", "predict", "export", "readings", "check"}


@pytest.fixture(scope="module")
def origin(project: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A repository with a DVC remote: `main`, and `stale`, the merge into it of a change whose lock is not renewed."""
    folder = tmp_path_factory.mktemp("origin")
    subprocess.run(["git", "clone", "--quiet", "--no-local", project.root, folder / "origin"], check=True)
    made = replace(project, root=folder / "origin")
    made.run("git", "config", "user.email", "test@example.com")
    made.run("git", "config", "user.name", "test")
    made.run("git", "branch", "--move", "main")
    made.run("dvc", "remote", "add", "--default", "--quiet", "storage", str(folder / "storage"))
    made.run("git", "commit", "--quiet", "--all", "--message", "a remote")
    shutil.copytree(project.root / ".dvc/cache", made.root / ".dvc/cache", copy_function=shutil.os.link)
    made.run("dvc", "checkout", "--quiet")
    made.run("dvc", "push", "--quiet")
    made.run("git", "checkout", "--quiet", "-b", "change")
    edit_params(made)
    made.run("git", "commit", "--quiet", "--all", "--message", "another model")
    merge(made, "stale", "change")
    return made


@pytest.fixture(scope="module")
def reproduced(origin: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A clone of `stale` in which what the change calls for has run; `renewed` is the merge with these results."""
    folder = tmp_path_factory.mktemp("reproduced")
    clone = shallow_clone(origin, folder, "stale", 2)
    checked = clone.run(".ci/check-lock", check=False)
    assert checked.returncode == 1
    assert "these stages would run: train" in checked.stderr
    assert clone.run("git", "status", "--porcelain").stdout == ""
    assert set(clone.stages_run(".ci/reproduce", "times.json")) == AFTER_TRAIN
    # Nothing before train was computed or fetched for nothing.
    assert not list((clone.root / "data/preprocess").rglob("*.safetensors"))

    clone.run("dvc", "push", "--quiet", *sorted(AFTER_TRAIN))
    origin.run("git", "checkout", "--quiet", "change")
    for name in clone.run("git", "diff", "--name-only").stdout.splitlines():
        shutil.copy(clone.root / name, origin.root / name)
    origin.run("git", "commit", "--quiet", "--all", "--message", "its results")
    merge(origin, "renewed", "change")
    return clone


def edit_params(project: Any) -> None:
    path = project.root / "params.yaml"
    text = path.read_text()
    for old, new in CHANGE.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)


def merge(project: Any, name: str, branch: str) -> None:
    """The merge into `main` that GitHub makes of a pull request, as a branch."""
    project.run("git", "checkout", "--quiet", "-b", name, "main")
    project.run("git", "merge", "--quiet", "--no-ff", "--no-edit", branch)


def shallow_clone(origin: Any, folder: Path, branch: str, depth: int) -> Any:
    """A clone as `actions/checkout` makes it, without data."""
    target = folder / f"{branch}-{depth}"
    url = f"file://{origin.root}"
    subprocess.run(["git", "clone", "--quiet", "--depth", str(depth), "--branch", branch, url, target], check=True)
    assert sorted(path.name for path in (target / "data").iterdir()) == ["corrections.csv", "sources", "versions"]
    return replace(origin, root=target, cache=folder / "cache")


@pytest.fixture
def clone_of(origin: Any, reproduced: Any, tmp_path: Path) -> Callable[..., Any]:
    """Makes shallow clones of the branches that have the change's results."""

    def make(branch: str, depth: int = 2) -> Any:
        return shallow_clone(origin, tmp_path, branch, depth)

    return make


def rows(text: str) -> dict[tuple[str, str], dict[str, str]]:
    return {(row["source"], row["source_row"]): row for row in csv.DictReader(text.splitlines())}


def changed_sides(project: Any, base: str) -> tuple[set[str], set[str]]:
    """From right to wrong and back, as `source:row`: counted anew, from the files."""
    before = rows(project.run("git", "show", f"{base}:metrics/evaluate/rows.csv").stdout)
    after = rows((project.root / "metrics/evaluate/rows.csv").read_text())
    right = ("TP", "TN")
    sides = [(f"{key[0]}:{key[1]}", before[key]["outcome"] in right, after[key]["outcome"] in right) for key in after]
    return {name for name, was, now in sides if was and not now}, {name for name, was, now in sides if now and not was}


def test_a_stale_lock_is_told_and_the_change_is_reproduced_and_reported(reproduced: Any) -> None:
    clone = reproduced
    clone.run(".ci/report", "main", "--times", "times.json", "--flips", "50")
    report, comment = ((clone.root / "report" / name).read_text() for name in ("report.md", "comment.md"))
    base = clone.run("git", "rev-parse", "origin/main").stdout.strip()
    for text in (report, comment):
        assert f"Against `origin/main` ({base[:10]})" in text
        assert re.search(r"\| train\.lr +\| 0\.001 +\| 0\.0001 +\|", text)
        assert re.search(r"\| train\.trees\.weight +\| 0\.85 +\| 0\.0 +\|", text)
        assert "Differs from the commit" in text
        for stage in AFTER_TRAIN:
            assert re.search(rf"^\| {stage} \| \d+\.\d \|$", text, re.MULTILINE), stage
    # Contest F1 may stay the same if as many rows are gained as lost; confidences never do.
    name = "area_under_risk_coverage"
    old = json.loads(clone.run("git", "show", "origin/main:metrics/evaluate/summary.json").stdout)[name]
    new = json.loads((clone.root / "metrics/evaluate/summary.json").read_text())[name]
    figures = re.search(rf"\| {name} +\| (\S+) +\| (\S+) +\|", report)
    assert figures is not None
    assert [float(each) for each in figures.groups()] == pytest.approx([old, new], abs=1e-5)

    broken, mended = changed_sides(clone, "origin/main")
    assert broken | mended, "the change is meant to change answers"
    assert f"From right to wrong: {len(broken)}**" in report
    assert f"From wrong to right: {len(mended)}**" in report
    assert set(re.findall(r"`(\S+\.csv:\d+)`", report)) == broken | mended
    # Every picture that the report names is there, and a picture is there for every row.
    named = re.findall(r"!\[[^]]*\]\(([^)]+)\)", report)
    assert sum(name.startswith("photos/") for name in named) == len(broken | mended)
    assert sum(name.startswith("plots/") for name in named) >= 4
    for name in named:
        assert (clone.root / "report" / name).stat().st_size > 500
    assert "![" not in comment
    assert len(comment) < 65_536


def test_a_renewed_lock_passes_and_photos_come_from_the_remote(clone_of: Callable[..., Any]) -> None:
    clone = clone_of("renewed")
    assert "matches" in clone.run(".ci/check-lock").stdout
    assert clone.stages_run(".ci/reproduce", "times.json") == []
    assert clone.run("git", "status", "--porcelain", "--untracked-files=no").stdout == ""
    summary = clone.root / "summary.md"
    clone.run("env", f"GITHUB_STEP_SUMMARY={summary}", ".ci/report", "main", "--times", "times.json", "--pull")
    report = (clone.root / "report/report.md").read_text()
    assert "Every row has the committed answer." in report
    assert re.findall(r"^\| (\w+) \| \d+\.\d \|$", report, re.MULTILINE) == ["versions"], "which always runs"
    assert "](photos/" in report
    assert summary.read_text() == (clone.root / "report/comment.md").read_text()
    # Only what the shown photos need was fetched.
    assert {path.name for path in (clone.root / "data").iterdir()} == {
        "synthetic",
        "corrections.csv",
        "download",
        "sources",
        "versions",
    }


def test_the_base_is_fetched_where_what_is_checked_out_is_no_merge(clone_of: Callable[..., Any]) -> None:
    clone = clone_of("change", depth=1)
    clone.run(".ci/report", "main")
    report = (clone.root / "report/report.md").read_text()
    assert re.search(r"\| train\.lr +\| 0\.001 +\| 0\.0001 +\|", report)


@pytest.mark.parametrize(
    ("path", "line", "stage"),
    [
        ("src/imagequant/training/fit.py", "# another line\n", "train"),
        ("src/imagequant/stages/synthetic/run.py", "# another line\n", "synthetic"),
        ("src/imagequant/stages/sources/run.py", "# another line\n", "sources"),
    ],
)
def test_code_that_the_lock_does_not_know_is_told(
    clone_of: Callable[..., Any], path: str, line: str, stage: str
) -> None:
    clone = clone_of("renewed", depth=1)
    with (clone.root / path).open("a") as file:
        file.write(line)
    assert "matches" in clone.run(".ci/check-lock").stdout  # not committed: the commit is what is checked
    clone.run("git", "-c", "user.email=t@example.com", "-c", "user.name=t", "commit", "--quiet", "--all", "-m", "code")
    checked = clone.run(".ci/check-lock", check=False)
    assert checked.returncode == 1
    assert f"these stages would run: {stage}" in checked.stderr


def test_without_a_remote_the_whole_pipeline_runs_and_other_workers_and_limits_give_the_same_lock(
    clone_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As many threads as there are cores, too, and an older processor as far as libraries can be told;
    # `tests/conftest.py` allows one thread.
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ")
    monkeypatch.setenv("ARROW_USER_SIMD_LEVEL", "AVX2")
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    clone = clone_of("renewed")
    clone.run("dvc", "remote", "remove", "storage")
    path = clone.root / "params.yaml"
    params = yaml.safe_load(path.read_text())
    params["executor"] = {"name": "process", "workers": 2, "address": None}
    path.write_text(yaml.safe_dump(params, sort_keys=False))
    lock = clone.lock()
    # All but the links that git keeps; nothing is in its work cache either.
    assert set(clone.stages_run(".ci/reproduce", "times.json")) == {*lock["stages"]} - {"versions", "sources"}
    assert clone.lock() == lock
    changed = clone.run("git", "status", "--porcelain", "--untracked-files=no").stdout.split()
    assert changed == ["M", ".dvc/config", "M", "params.yaml"]
    assert (clone.root / "models/export/ranker.onnx").exists()
    assert "synthetic" in dict(json.loads((clone.root / "times.json").read_text())["stages"])
    clone.run(".ci/report", "main", "--times", "times.json")
    assert "](photos/" in (clone.root / "report/report.md").read_text()
