"""``dvc repro`` on the generated photos from nothing: how long each stage takes."""

from __future__ import annotations

import subprocess
from typing import Any

from benchmarks.speed.harness import ROOT, Setting, duration, project_environment
from imagequant.experiments.report.times import run_timed


def measure(setting: Setting) -> dict[str, Any]:
    """Seconds of the whole run, with those of each stage."""
    project = setting.scratch / "project"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(project)], check=True)
    status, times = run_timed(["dvc", "repro"], project, project_environment(project))
    if status:
        raise RuntimeError(f"dvc repro in {project} ended with {status}")
    return {"repro_seconds": {**duration([times.total]), "stages": dict(times.stages)}}
