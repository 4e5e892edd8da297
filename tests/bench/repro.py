"""``dvc repro`` on the built-in catalogue from nothing: how long each stage takes."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.harness import ROOT, Setting, duration, project_environment

_STARTED = re.compile(r"Running stage '(\w+)'")


def measure(setting: Setting) -> dict[str, Any]:
    """Seconds of the whole run, with those of each stage."""
    project = setting.scratch / "project"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(project)], check=True)
    marks = list(_marks(project))
    stages = {name: end - start for (name, start), (_, end) in pairwise(marks)}
    total = marks[-1][1] - marks[0][1]
    return {"repro_seconds": {**duration([total]), "stages": stages}}


def _marks(project: Path) -> Iterator[tuple[str, float]]:
    """When the command began, when each stage did, and when it ended."""
    yield "dvc", time.perf_counter()
    command = ["dvc", "repro"]
    with subprocess.Popen(
        command,
        cwd=project,
        env=project_environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        for line in run.stdout or ():
            started = _STARTED.search(line)
            if started:
                yield started[1], time.perf_counter()
    if run.returncode:
        raise RuntimeError(f"dvc repro in {project} ended with {run.returncode}")
    yield "end", time.perf_counter()
