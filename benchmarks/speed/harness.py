"""What measurements are made with: alternating runs, and what they say."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from benchmarks.speed.photos import Photos
from imagequant.storage.layout import CACHE_VARIABLE

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
# What a measurement says of a row: value, spread, runs, and what they were measured with.
Figure = Mapping[str, Any]


class Skipped(Exception):  # noqa: N818 -- a reason, not an error: it also stands where a figure would
    """A row that cannot be measured on this machine, and why."""


@dataclass(frozen=True)
class Sizes:
    """How much the measurements that bring their own data are given.

    Attributes:
        links: Links for ``download``.
        append: Photos before 1% more are appended.
        memory: Photos for the stages that do not look at photos; their peak is compared with that at a tenth.
        memory_read: The same for the stages that read photos.
        noop: Photos of the project in which there is nothing to do.
    """

    links: int = 10_000
    append: int = 1_000
    memory: int = 3_000
    memory_read: int = 960
    noop: int = 100_000


@dataclass(frozen=True)
class Setting:
    """What all measurements are made under.

    Attributes:
        photos: What is read, and the labels.
        scratch: A folder for what a measurement leaves.
        runs: How often each side is run.
        sizes: Of data that is made up.
    """

    photos: Photos
    scratch: Path
    runs: int
    sizes: Sizes = Sizes()


@dataclass(frozen=True)
class Side:
    """One side of a comparison, and the settings it was run with; ``None`` where a setting means nothing.

    Attributes:
        name: What it is, with the version if it is not ours.
        threads: Processes and threads.
        start_up: Whether loading programs, libraries and networks counts.
        precision: Of its arithmetic.
        size: Of the pictures its networks see.
    """

    name: str
    threads: str
    start_up: Literal["included", "left out"] = "included"
    precision: str | None = None
    size: str | None = None

    def settings(self) -> dict[str, str]:
        """For the record."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternate(sides: Mapping[str, Callable[[int], T]], runs: int) -> dict[str, list[T]]:
    """Runs the sides one after the other, again and again: what slows the machine for a while slows them all.

    Args:
        sides: Each is given the number of the run.
        runs: How often.

    Returns:
        By side, what it gave in each run.
    """
    given: dict[str, list[T]] = {name: [] for name in sides}
    for number in range(runs):
        for name, side in sides.items():
            started = time.perf_counter()
            given[name].append(side(number))
            took = time.perf_counter() - started
            print(f"  run {number + 1}/{runs}: {name} {took:.2f} s", file=sys.stderr, flush=True)
    return given


def ratio(above: Sequence[float], below: Sequence[float]) -> dict[str, Any]:
    """How many times ``below``: the median over runs made beside each other, with the least and the most."""
    return spread_of([over / under for over, under in zip(above, below, strict=True)])


def spread_of(values: Sequence[float]) -> dict[str, Any]:
    """The median, with the least and the most."""
    return {"value": statistics.median(values), "spread": [min(values), max(values)], "runs": len(values)}


def in_new_process(module: str, *arguments: str) -> str:
    """Runs ``python -m module arguments`` from the project's root: nothing is loaded, nothing warm. Returns its output.

    Raises:
        RuntimeError: If it fails; says with what.
    """
    return run_program([sys.executable, "-m", module, *arguments])


def run_program(command: Sequence[str | Path]) -> str:
    """Runs a command from the project's root and returns its output. It does not see the user's work cache.

    Raises:
        RuntimeError: If it fails; says with what.
    """
    environment = {name: value for name, value in os.environ.items() if name != CACHE_VARIABLE}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        line = " ".join(str(part) for part in command[1:])
        raise RuntimeError(f"{line[:500]}: {done.stderr[-2000:]}")
    return done.stdout


def project_environment(project: Path) -> dict[str, str]:
    """The environment of commands in another checkout: its code, its work cache, this interpreter."""
    return {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        CACHE_VARIABLE: str(project / ".cache" / "imagequant"),
    }


def cores() -> int:
    """How many cores there are."""
    return os.cpu_count() or 1


def a_thread_each() -> str:
    """How our stages run: a process per core with one thread."""
    return f"{cores()} processes of 1 thread"
