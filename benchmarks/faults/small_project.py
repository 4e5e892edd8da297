"""A clone of the project with a small synthetic set, whose stages are run, stopped and compared."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.speed.harness import ROOT, project_environment

# Those that take long enough to be hit, in the order of the pipeline, with what they write.
OUTPUTS = {
    "synthetic": ("data/synthetic",),
    "explore": ("metrics/explore",),
    "download": ("data/download",),
    "preprocess": ("data/preprocess",),
    "labels": ("data/labels",),
    "cnn": ("data/cnn",),
    "ocr": ("data/ocr",),
    "candidates": ("data/candidates", "metrics/candidates"),
    "train": ("models/train",),
    "evaluate": ("data/evaluate", "metrics/evaluate"),
    "predict": ("data/predict",),
    "export": ("models/export",),
    "check": ("metrics/check",),
}
_SMALL: dict[str, dict[str, Any]] = {
    "synthetic": {"train_photos": 28, "test_photos": 6},
    "download": {"shard_size": 8},
    "labels": {"folds": 3, "development": 0.25},
    "train": {"epochs": 2},
    "evaluate": {"bootstrap": 20},
    "export": {"latency_runs": 2, "parity_rows": 12},
    "executor": {"workers": 2},
}


@dataclass(frozen=True)
class SmallProject:
    """A clone in a folder of its own; ``cache`` is its work cache, ``temporary`` all that it may leave elsewhere."""

    root: Path
    cache: Path
    temporary: Path

    @classmethod
    def make(cls, folder: Path, cache: Path | None = None) -> SmallProject:
        """Clones the committed state."""
        project = cls(folder / "clone", cache or folder / "cache", folder / "temporary")
        project.temporary.mkdir(parents=True)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(project.root)], check=True)
        path = project.root / "params.yaml"
        params = yaml.safe_load(path.read_text())
        for section, values in _SMALL.items():
            params[section] |= values
        path.write_text(yaml.safe_dump(params))
        return project

    def environment(self) -> dict[str, str]:
        """Commands see the clone's code and caches, and nothing is written elsewhere."""
        own = {"IMAGEQUANT_CACHE": str(self.cache), "TMPDIR": str(self.temporary), "DVC_NO_ANALYTICS": "1"}
        return {**project_environment(self.root), **own}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        return subprocess.run(
            command, cwd=self.root, env=self.environment(), capture_output=True, text=True, check=False
        )

    def must_run(self, *command: str) -> float:
        """Runs a command that must succeed; returns the seconds it took."""
        started = time.perf_counter()
        done = self.run(*command)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
        return time.perf_counter() - started

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Starts a command as the first of a group of processes."""
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # Where this runs in a shell's background, it ignores Ctrl-C, and so would the command.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (no threads here)
        )

    def forget(self) -> None:
        """Empties the work cache: the next run does all of its work."""
        shutil.rmtree(self.cache, ignore_errors=True)

    def outputs(self, stage: str) -> dict[str, str]:
        """Hashes of a stage's files; times differ from run to run and are left out."""
        files = [
            file for folder in OUTPUTS[stage] for file in sorted((self.root / folder).rglob("*")) if file.is_file()
        ]
        return {str(file.relative_to(self.root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def in_group(group: int) -> list[int]:
    """Processes of a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def stop(group: int, how: signal.Signals) -> None:
    """Sends a signal to all processes of a group that are left."""
    for pid in in_group(group):
        subprocess.run(["kill", f"-{how.value}", str(pid)], check=False, capture_output=True)
