"""Stages killed at random moments, the main process alone or with its workers; then run again and compared."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from benchmarks.faults.small_project import OUTPUTS, SmallProject, in_group, stop

# Of each stage; IMAGEQUANT_TORTURE_KILLS changes it.
KILLS = 17
_SECONDS_FOR_WORKERS = 10


def measure(scratch: Path) -> dict[str, int]:
    """How many kills hit, and what was wrong after how many of them."""
    kills = int(os.environ.get("IMAGEQUANT_TORTURE_KILLS", KILLS))
    project = SmallProject.make(scratch)
    project.must_run("dvc", "repro")
    counts: Counter[str] = Counter(stages=len(OUTPUTS))
    for stage in OUTPUTS:
        counts += _kill_again_and_again(project, stage, kills, random.Random(f"kills {stage}"))
    names = ("stages", "kills", "kills_with_an_empty_cache", "runs_that_differ", "runs_that_failed", "workers_left")
    return {name: counts[name] for name in names}


def _kill_again_and_again(project: SmallProject, stage: str, kills: int, chance: random.Random) -> Counter[str]:
    counts: Counter[str] = Counter()
    expected = project.outputs(stage)
    project.forget()
    seconds = project.must_run("imagequant", stage)
    while counts["kills"] < kills:
        empty = counts["kills"] % 2 == 0
        if empty:
            project.forget()
        run = project.start("imagequant", stage)
        time.sleep(chance.random() * seconds)
        if run.poll() is not None:
            continue  # it was faster this time
        counts["kills"] += 1
        counts["kills_with_an_empty_cache"] += empty
        if counts["kills"] % 3:
            os.killpg(run.pid, signal.SIGKILL)
        else:
            run.kill()  # its workers have to notice by themselves
        run.wait()
        counts["workers_left"] += len(_left(run.pid))
        done = project.run("imagequant", stage)
        counts["runs_that_failed"] += done.returncode != 0
        counts["runs_that_differ"] += project.outputs(stage) != expected
    print(f"  {stage}: {dict(counts)}", flush=True)
    return counts


def _left(group: int) -> list[int]:
    last = time.monotonic() + _SECONDS_FOR_WORKERS
    while (left := in_group(group)) and time.monotonic() < last:
        time.sleep(0.1)
    stop(group, signal.SIGKILL)
    return left
