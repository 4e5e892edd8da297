"""How many cores a process may use, by what Linux says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imagequant.core.cores import quota, usable_cores


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "groups", "cores"),
    [
        ({}, "", float("inf")),
        ({"cpu.max": "max 100000\n"}, "0::/\n", float("inf")),
        ({"cpu.max": "200000 100000\n"}, "0::/\n", 2.0),  # in a container its own group is the root
        ({"pod/cpu.max": "150000 100000\n", "pod/app/cpu.max": "max 100000\n"}, "0::/pod/app\n", 1.5),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, "4:cpu:/\n", float("inf")),
        (
            {"cpu,cpuacct/job/cpu.cfs_quota_us": "50000\n", "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n"},
            "4:cpu,cpuacct:/job\n3:memory:/job\n",
            0.5,
        ),
    ],
    ids=["none", "unlimited", "version 2", "of the group around", "version 1, unlimited", "version 1"],
)
def test_quotas(tmp_path: Path, files: dict[str, str], groups: str, cores: float) -> None:
    root = write(tmp_path / "cgroup", files)
    (tmp_path / "own").write_text(groups)
    assert quota(root, tmp_path / "own") == cores


def test_a_process_bound_to_one_core_uses_one() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert 1 <= usable_cores() <= len(allowed)
