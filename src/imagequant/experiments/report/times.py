"""How long each stage of a ``dvc repro`` takes: ``python -m imagequant.experiments.report.times FILE dvc repro ...``.

DVC tells when a stage begins, not how long it took, and times have no place in files that are compared.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import read_json, write_json

_STARTED = re.compile(r"Running stage '([^']+)'")


@dataclass(frozen=True)
class Times:
    """Seconds of a whole run, and of each stage that ran, in order."""

    total: float
    stages: Mapping[str, float]


def timed(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> tuple[int, Times]:
    """Runs a DVC command, passes its output on to standard error, and returns its exit status and times.

    Args:
        command: A command that prints what ``dvc repro`` does.
        folder: Where it is run.
        environment: Its environment; None for this process's own.
    """
    started = time.perf_counter()
    marks: list[tuple[str, float]] = []
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        for line in run.stdout or ():
            sys.stderr.write(line)
            sys.stderr.flush()
            if stage := _STARTED.search(line):
                marks.append((stage[1], time.perf_counter()))
    ended = time.perf_counter()
    stages = {name: end - start for (name, start), (_, end) in pairwise([*marks, ("", ended)])}
    return run.returncode, Times(ended - started, stages)


def write_times(path: Path, times: Times) -> None:
    """Writes times as JSON."""
    write_json(path, {"total": times.total, "stages": [list(each) for each in times.stages.items()]})


def read_times(path: Path) -> Times:
    """The inverse of ``write_times``.

    Raises:
        InputError: If the file is missing or holds something else.
    """
    values = read_json(path)
    try:
        return Times(float(values["total"]), {name: float(seconds) for name, seconds in values["stages"]})
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not what imagequant.experiments.report.times writes: {error!r}") from None


def main() -> None:
    """Runs the command named by the arguments, writes its times, and ends with its exit status."""
    path, command = Path(sys.argv[1]), sys.argv[2:]
    status, times = timed(command, Path.cwd())
    write_times(path, times)
    sys.exit(status)


if __name__ == "__main__":
    main()
