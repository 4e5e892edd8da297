"""The report on a project folder as git has it: no data, no pipeline, only what is committed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from imagequant.cli import main

ROOT = Path(__file__).parents[3]
ROWS = "metrics/evaluate/rows.csv"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository on branch `main` with the metrics of this one."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "metrics/evaluate", folder / "metrics/evaluate")
    shutil.copy(ROOT / "params.yaml", folder)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    subprocess.run([sys.executable, "-m", "dvc", "init", "--quiet"], cwd=folder, check=True)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "base")
    return folder


def report(folder: Path, *options: str) -> Result:
    output = str(folder / "report")
    places = ["--root", str(folder), "--params", str(folder / "params.yaml"), "--output", output]
    return CliRunner().invoke(main, ["report", *places, *(options or ("--against", "main"))])


def make_a_row_wrong(folder: Path) -> None:
    lines = (folder / ROWS).read_text().splitlines(keepends=True)
    number = next(number for number, line in enumerate(lines) if ",TP,right," in line)
    lines[number] = lines[number].replace(",TP,right,", ",FP,wrong candidate,")
    (folder / ROWS).write_text("".join(lines))


def test_a_row_made_wrong_is_reported(project: Path) -> None:
    make_a_row_wrong(project)
    for name, old, new in (
        ("params.yaml", "top: ", "top: 1"),
        ("metrics/evaluate/summary.json", '"rows": ', '"rows": 1'),
    ):
        (project / name).write_text((project / name).read_text().replace(old, new, 1))
    done = report(project)
    assert done.exit_code == 0, done.output
    for name in ("report.md", "comment.md"):
        text = (project / "report" / name).read_text()
        assert "From right to wrong: 1" in text
        assert "From wrong to right: 0" in text
        assert "| explore.top " in text
        assert "| rows " in text
        assert "differs from the committed one in 0 of" in text
    names = {path.stem for path in (project / "report/plots").iterdir()}
    assert names == {"risk_coverage", "reliability", "by_entity", "buckets", "axis_confusion", "unit_confusion"}
    for path in (project / "report/plots").iterdir():
        assert min(Image.open(path).size) > 200


def test_a_base_from_before_there_were_rows_is_compared_by_what_it_has(project: Path) -> None:
    git(project, "rm", "--quiet", ROWS)
    git(project, "commit", "--quiet", "--message", "no rows")
    git(project, "checkout", "--quiet", "HEAD~1", "--", ROWS)
    assert report(project).exit_code == 0
    text = (project / "report/report.md").read_text()
    assert "cannot be estimated" in text
    assert "### Metrics" in text


def test_a_branch_known_from_the_remote_alone_is_found(project: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "--quiet", project, tmp_path / "clone"], check=True)
    git(tmp_path / "clone", "checkout", "--quiet", "--detach")
    git(tmp_path / "clone", "branch", "--delete", "main")
    assert report(tmp_path / "clone").exit_code == 0


def test_what_is_wrong_is_one_line_that_names_it(project: Path, tmp_path: Path) -> None:
    (project / "report").mkdir()
    (project / "report/mine.txt").write_text("keep")
    kept = report(project)
    assert (kept.exit_code, (project / "report/mine.txt").exists()) == (1, True)
    assert "not empty, and no earlier report" in kept.output
    shutil.rmtree(project / "report")
    assert "nowhere: no such revision here; for a branch: git fetch" in report(project, "--against", "nowhere").output
    assert "--force: no such revision" in report(project, "--against=--force").output
    (project / ROWS).write_text("a,b\n1,2\n")
    assert f"working tree: {ROWS}: no column" in report(project).output
    shutil.rmtree(project / "metrics")
    assert "summary.json: no such file; `dvc repro` makes it" in report(project).output
    shutil.rmtree(project / ".git")
    assert "not in a git repository" in report(project).output
