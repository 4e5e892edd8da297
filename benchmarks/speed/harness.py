"""Alternating runs, and what they say: a median and its spread."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Setting:
    """What all measurements are made under.

    Attributes:
        photos: Photos to read, at least one.
        labels: CSV files with the photos' labels in the contest's columns; may be empty.
        scratch: A folder for what a measurement leaves.
        runs: How often each side is run.
    """

    photos: tuple[Path, ...]
    labels: tuple[Path, ...]
    scratch: Path
    runs: int


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternate(sides: Mapping[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """Runs the sides one after the other, again and again: what slows the machine for a while slows them all.

    Args:
        sides: Each gives how long it took, in seconds.
        runs: How often.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(runs):
        for name, side in sides.items():
            taken[name].append(side())
            print(f"  run {number + 1}/{runs}: {name} {taken[name][-1]:.2f} s", file=sys.stderr, flush=True)
    return taken


def ratio(theirs: list[float], ours: list[float]) -> dict[str, Any]:
    """How many times as fast: the median over runs made beside each other, with the least and the most."""
    ratios = [slow / fast for slow, fast in zip(theirs, ours, strict=True)]
    return {"value": statistics.median(ratios), "spread": [min(ratios), max(ratios)], "runs": len(ratios)}


def duration(taken: list[float]) -> dict[str, Any]:
    """Seconds: the median, with the least and the most."""
    return {"value": statistics.median(taken), "spread": [min(taken), max(taken)], "runs": len(taken)}


def in_new_process(module: str, *arguments: str) -> str:
    """Runs ``python -m module arguments`` from the project's root: nothing is loaded, nothing warm. Returns its output.

    Raises:
        RuntimeError: If it fails; says with what.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def project_environment(project: Path) -> dict[str, str]:
    """The environment of commands in another checkout: its code, its work cache, this interpreter."""
    return {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "IMAGEQUANT_CACHE": str(project / ".cache" / "imagequant"),
    }
