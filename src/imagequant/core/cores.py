"""How many cores this process may use."""

import os
from math import ceil
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


def usable_cores() -> int:
    """Returns how many cores this process may use: fewer than the machine has if it is bound to some, or has a quota.

    A container's quota of one and a half cores counts as two, since the second would be idle for half the time.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, ceil(min(allowed, quota(_GROUPS, _OWN_GROUP))))


def quota(groups: Path, own_group: Path) -> float:
    """Returns the smallest quota of the control groups that a process is in, in cores; infinite if there is none."""
    limits = [float("inf")]
    for folder in _folders(groups, own_group):
        limit = _read(folder / "cpu.max")  # version 2: both numbers in one file
        if not limit:
            limit = [*_read(folder / "cpu.cfs_quota_us"), *_read(folder / "cpu.cfs_period_us")]
        # Without a limit it is "max" or -1.
        if len(limit) == 2 and limit[0].isdecimal() and int(limit[1]):
            limits.append(int(limit[0]) / int(limit[1]))
    return min(limits)


def _folders(groups: Path, own_group: Path) -> list[Path]:
    """Returns the folders of the process's groups and of those around them; in a container they may all be the root."""
    folders = [groups, groups / "cpu"]
    for line in _lines(own_group):
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "cpu", "cpu,cpuacct"):
            folder = groups / controllers / path.lstrip("/")
            folders += [each for each in (folder, *folder.parents) if each.is_relative_to(groups)]
    return folders


def _read(path: Path) -> list[str]:
    return [word for line in _lines(path) for word in line.split()]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
