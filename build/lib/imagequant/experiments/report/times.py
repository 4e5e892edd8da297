"""Times the stages of ``dvc repro``: ``python -m imagequant.experiments.report.times FILE dvc repro ...``.

DVC reports when a stage begins, but not how long it took. Times do not belong in files that are compared.
"""

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
    """Seconds of the whole run, and of each stage that ran, in order."""

    total: float
    stages: Mapping[str, float]


def run_timed(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> tuple[int, Times]:
    """Runs a DVC command in a folder, copies its output to standard error, and returns its exit status and times."""
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


def read_times(path: Path) -> Times:
    """Reads what ``main`` wrote."""
    values = read_json(path)
    try:
        return Times(float(values["total"]), {name: float(seconds) for name, seconds in values["stages"]})
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not written by imagequant.experiments.report.times: {error!r}") from None


def main() -> None:
    """Runs the command in the arguments, writes its times, and exits with its status."""
    path, command = Path(sys.argv[1]), sys.argv[2:]
    status, times = run_timed(command, Path.cwd())
    write_json(path, {"total": times.total, "stages": list(times.stages.items())})
    sys.exit(status)


if __name__ == "__main__":
    main()
