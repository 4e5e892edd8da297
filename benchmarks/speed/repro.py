"""``make repro`` in a fresh clone: how long set-up and each stage take."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.speed.harness import ROOT, Figure, Setting, Side, Skipped, a_thread_each, project_environment, spread_of
from imagequant.experiments.report.times import run_timed


def measure(setting: Setting) -> dict[str, Figure]:
    """Seconds of the whole run, of set-up, and of each stage. One run: it takes minutes."""
    if shutil.which("make") is None:
        raise Skipped("there is no make here")
    project = setting.scratch / "project"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(project)], check=True)
    status, times = run_timed(["make", "repro", f"PYTHON={_python()}"], project, _environment(project))
    if status:
        raise RuntimeError(f"make repro in a fresh clone ended with {status}; is there a package index?")
    changed = subprocess.run(["git", "status", "--short"], cwd=project, check=True, capture_output=True, text=True)
    if changed.stdout:
        raise RuntimeError(f"make repro in a fresh clone changed files in Git: {' '.join(changed.stdout.split())}")
    return {
        "repro_seconds": {
            **spread_of([times.total]),
            "data": "generated photos; packages from the index or from pip's cache",
            "ours": Side(
                "ours as shipped", a_thread_each(), precision="portable float32", size="as shipped"
            ).settings(),
            "set_up": times.total - sum(times.stages.values()),
            "stages": dict(times.stages),
        }
    }


def _python() -> str:
    """The interpreter that this virtual environment was made with."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


def _environment(project: Path) -> dict[str, str]:
    """As in a new terminal: the clone sets up its own environment and takes nothing from this one."""
    ours = {"PYTHONPATH", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    here = str(Path(sys.executable).parent)
    path = [folder for folder in os.environ["PATH"].split(os.pathsep) if folder != here]
    kept = {name: value for name, value in project_environment(project).items() if name not in ours}
    return {**kept, "PATH": os.pathsep.join(path)}
