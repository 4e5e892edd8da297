"""Clean clones of the project with a small synthetic set, and real `dvc` run in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

from imagequant.core import arithmetic

ROOT = Path(__file__).parents[2]
SMALL: Mapping[str, Mapping[str, Any]] = {
    "synthetic": {"train_photos": 28, "test_photos": 6},
    "download": {"shard_size": 12},
    "labels": {"folds": 3, "development": 0.25},
    "train": {"epochs": 20, "members": 2},
    "evaluate": {"bootstrap": 20, "worst_errors": 4},
    "export": {"latency_runs": 3, "parity_rows": 12},
    "readings": {"photos": 1},
    "tune": {"folds": 3},
}
# Reads large print as well, in half the time.
SMALL_OCR: Mapping[str, Mapping[str, Any]] = {
    "rapidocr": {"detection_side": 736},
    "tesseract": {"upscale_to": 900, "downscale_to": 900},
}


def _without_network() -> tuple[str, ...]:
    """What runs a command where there is no network, nothing where the system does not let us."""
    command = ("unshare", "--map-root-user", "--net")
    works = (
        shutil.which("unshare") and not subprocess.run([*command, "true"], capture_output=True, check=False).returncode
    )
    return command if works else ()


NO_NETWORK = _without_network()


@dataclass(frozen=True)
class Project:
    """A clone with a work cache of its own."""

    root: Path
    cache: Path

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs a command in the clone, on the clone's code."""
        done = subprocess.run(
            command, cwd=self.root, env=self.environment(), capture_output=True, text=True, check=False
        )
        if check:
            assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done

    def environment(self) -> dict[str, str]:
        """What commands see: the clone's code and work cache, this interpreter, no arithmetic but what they choose."""
        return {
            **{name: value for name, value in os.environ.items() if arithmetic.PORTABLE.get(name) != value},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.root / "src"),
            "IMAGEQUANT_CACHE": str(self.cache),
            "DVC_NO_ANALYTICS": "1",
        }

    def stages_run(self, *command: str) -> list[str]:
        """Runs a DVC command and returns the stages it ran, in order, without the one that always runs."""
        done = self.run(*command)
        lines = (done.stdout + done.stderr).splitlines()
        ran = [line.split("'")[1] for line in lines if line.startswith("Running stage '")]
        return [stage for stage in ran if stage != "versions"]

    def lock(self) -> Any:
        """``dvc.lock``."""
        return yaml.safe_load((self.root / "dvc.lock").read_text())


def make_clone(folder: Path, engine: Mapping[str, Any]) -> Project:
    """Clones the project as it stands (tracked files and new ones), makes the generated photos small, commits."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = ROOT / name, folder / "clone" / name
        if source.is_symlink() or source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    project = Project(folder / "clone", folder / "cache")
    path = project.root / "params.yaml"
    params = yaml.safe_load(path.read_text())
    for section, values in SMALL.items():
        params[section].update(values)
    for engine_name, values in SMALL_OCR.items():
        params["ocr"][engine_name].update(values)
    params["executor"].update(engine)
    path.write_text(yaml.safe_dump(params, sort_keys=False))
    project.run("git", "init", "--quiet")
    project.run("git", "config", "user.email", "test@example.com")
    project.run("git", "config", "user.name", "test")
    project.run("git", "add", "--all")
    project.run("git", "commit", "--quiet", "--message", "small")
    return project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A clone in which ``dvc repro`` has run once; processes that run tests in parallel have copies of one."""
    own = tmp_path_factory.getbasetemp()
    origin = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "origin"
    finished = origin / "finished"
    with FileLock(f"{origin}.lock"):
        if not finished.exists():
            _build(origin)
            finished.touch()
    copy = tmp_path_factory.mktemp("one") / "copy"
    shutil.copytree(origin, copy, symlinks=True)
    return Project(copy / "clone", copy / "cache")


def _build(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    # Processes start for seconds in each stage of each test; `test_pull_request.py` compares them with this one.
    made = make_clone(folder, {"name": "serial"})
    # Where a network can be taken away, it is: the generated photos need none.
    made.run(*NO_NETWORK, "dvc", "repro")
    made.run("git", "add", "--all")
    made.run("git", "commit", "--quiet", "--message", "results")


@pytest.fixture(scope="session")
def no_network() -> tuple[str, ...]:
    """Runs a command without a network."""
    if not NO_NETWORK:
        pytest.skip("this system does not let its users take a network away (unshare --net)")
    return NO_NETWORK


@pytest.fixture(scope="session")
def clone() -> Callable[[Path, Mapping[str, Any]], Project]:
    """Makes further clones."""
    return make_clone


@pytest.fixture(scope="session")
def clone_of() -> Callable[[Project, Path], Project]:
    """Clones a project by git alone: what git ignores stays behind."""

    def make(project: Project, folder: Path) -> Project:
        subprocess.run(["git", "clone", "--quiet", str(project.root), str(folder / "clone")], check=True)
        return Project(folder / "clone", folder / "cache")

    return make
