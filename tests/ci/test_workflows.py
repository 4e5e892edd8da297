"""The workflows are what GitHub accepts, are safe, and test the Python versions that the package names."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def checked(tool: str, *arguments: str) -> None:
    command = [str(Path(sys.executable).parent / tool), *arguments, *map(str, WORKFLOWS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def steps(name: str) -> list[dict[str, Any]]:
    jobs = yaml.safe_load((ROOT / ".github/workflows" / name).read_text())["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def test_workflows_fit_githubs_schema() -> None:
    checked("check-jsonschema", "--builtin-schema", "vendor.github-workflows")


def test_workflows_have_none_of_the_holes_that_zizmor_knows() -> None:
    checked("zizmor", "--offline", "--quiet", "--persona", "pedantic")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_scripts_that_steps_run_are_there(workflow: Path) -> None:
    lines = [line for step in steps(workflow.name) for line in step.get("run", "").splitlines()]
    scripts = [ROOT / line.split()[0] for line in lines if line.startswith(".ci/")]
    assert scripts
    for script in scripts:
        assert script.stat().st_mode & 0o100, f"{script}: not executable"


def test_ci_tests_the_versions_that_the_package_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [name.rpartition(" ")[2] for name in project["classifiers"] if "Python :: 3." in name]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == named
    assert project["requires-python"] == f">={named[0]}"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_that_may_write_run_nothing_of_the_pull_request(workflow: Path) -> None:
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    for job in jobs.values():
        if "write" not in job.get("permissions", {}).values():
            continue
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert checkouts
        assert all(step["with"]["ref"] == "${{ github.event.pull_request.base.sha }}" for step in checkouts)


def test_a_job_that_writes_the_comment_exists() -> None:
    comment = yaml.safe_load((ROOT / ".github/workflows/experiment.yml").read_text())["jobs"]["comment"]
    assert comment["permissions"]["pull-requests"] == "write"
