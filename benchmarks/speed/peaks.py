"""How much memory a command takes, its children watched one by one."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.harness import ROOT

_SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class Peak:
    """Most memory held at once, in MB: by the command's own process, and by the largest of its children."""

    main: float
    worker: float


def peak_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Peak:
    """Runs a command from the project's root and watches it to its end.

    The kernel keeps each process's own peak (``VmHWM``), so little is missed between two looks. ``getrusage`` would
    count for a child what its parent held when it was started.

    Raises:
        RuntimeError: If it fails; says with what.
    """
    if not Path("/proc/self/status").exists():
        raise RuntimeError("peaks of memory are read from /proc, which only Linux has")
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        peaks: dict[int, float] = {process.pid: 0.0}
        while process.poll() is None:
            for pid in _tree(process.pid):
                # The last look, not the largest: a child is its parent's copy until it becomes a program of its own.
                peaks[pid] = _peak(pid) or peaks.get(pid, 0.0)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        if process.returncode:
            log.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {log.read()[-2000:]}")
    main = peaks.pop(process.pid)
    return Peak(main, max(peaks.values(), default=0.0))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # it has ended
            continue
        for child in found:
            yield from _tree(int(child))


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:")), 0.0)
