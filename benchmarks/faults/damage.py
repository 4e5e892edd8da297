"""Files changed behind the project's back, a disk that is full, runs beside each other, and Ctrl-C."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults.small_project import OUTPUTS, SmallProject, in_group, stop

ENTRIES = 300
INTERRUPTS = 4
_CACHED = ("download", "preprocess", "cnn", "ocr", "candidates")
_SECONDS_TO_END = 5.0
# Bytes that a full disk has left, from a page to most of what the larger stages write; and one that is not full.
_SPARE = (4_096, 65_536, 524_288, 2_097_152)
_ROOM = 4 << 30


def measure(scratch: Path) -> dict[str, int]:
    """How often each was tried, and how often it came out otherwise than it should."""
    project = SmallProject.make(scratch / "one")
    project.must_run("dvc", "repro")
    expected = {stage: project.outputs(stage) for stage in OUTPUTS}
    chance = random.Random("damage")
    counts: Counter[str] = Counter()
    for part in (_cache_entries, _shards, _disks, _interrupts):
        counts += part(project, expected, chance)
        print(f"  {dict(counts)}", flush=True)
    counts += _side_by_side(project, expected, scratch)
    return dict(sorted({**dict.fromkeys(_NAMES, 0), **counts}.items()))


_NAMES = (
    "cache_entries_damaged",
    "cache_runs_that_differ",
    "shards_damaged",
    "shard_runs_that_differ",
    "read_only_folders",
    "read_only_folders_not_named",
    "read_only_runs_that_differ",
    "full_disks",
    "full_disks_not_named",
    "full_disk_runs_that_differ",
    "interrupts",
    "interrupts_too_slow",
    "interrupts_that_left_a_process",
    "interrupts_that_left_a_file",
    "side_by_side_runs",
    "side_by_side_runs_that_differ",
)
Expected = dict[str, dict[str, str]]


def _cache_entries(project: SmallProject, expected: Expected, chance: random.Random) -> Counter[str]:
    """Entries of the work cache with a byte changed, cut short, or empty: as good as absent."""
    counts: Counter[str] = Counter()
    files = sorted(path for path in project.cache.rglob("*") if path.is_file())
    for path in chance.sample(files, min(ENTRIES, len(files))):
        _damage(path, chance)
        counts["cache_entries_damaged"] += 1
    for stage in _CACHED:
        done = project.run("imagequant", stage)
        counts["cache_runs_that_differ"] += done.returncode != 0 or project.outputs(stage) != expected[stage]
    return counts


def _damage(path: Path, chance: random.Random) -> None:
    payload = bytearray(path.read_bytes())
    match chance.randrange(3):
        case 0 if payload:
            payload[chance.randrange(len(payload))] ^= 1 << chance.randrange(8)
        case 1:
            del payload[len(payload) // 2 :]
        case _:
            payload.clear()
    # As another file under the same name: shards are second names of files in the work cache.
    path.unlink()
    path.write_bytes(payload)


def _shards(project: SmallProject, expected: Expected, chance: random.Random) -> Counter[str]:
    """Outputs of every stage with a bit flipped: `dvc repro` makes them again."""
    counts: Counter[str] = Counter()
    for stage in OUTPUTS:
        files = sorted(project.root / name for name in expected[stage])
        path = chance.choice(files)
        payload = bytearray(path.read_bytes())
        payload[chance.randrange(len(payload))] ^= 1
        path.unlink()
        path.write_bytes(payload)
        counts["shards_damaged"] += 1
        project.run("dvc", "repro")
        counts["shard_runs_that_differ"] += project.outputs(stage) != expected[stage]
    return counts


def _disks(project: SmallProject, expected: Expected, chance: random.Random) -> Counter[str]:
    """A disk that only gives, and one with so much room and no more: the run ends with a line that names the file."""
    del chance
    counts: Counter[str] = Counter()
    with _on_small_disk(project) as small:
        if small is None:
            print("  no disk can be mounted here: full disks are left out", flush=True)
            return counts
        for stage in OUTPUTS:
            _remount(small.root.parent, "ro")
            done = small.run("imagequant", stage)
            _remount(small.root.parent, "rw")
            counts["read_only_folders"] += 1
            counts["read_only_folders_not_named"] += not _names_a_file(stage, done, "Read-only file system")
            counts["read_only_runs_that_differ"] += small.outputs(stage) != expected[stage]
            for spare in _SPARE:
                small.forget()
                for name in OUTPUTS[stage]:
                    shutil.rmtree(small.root / name)
                _resize(small.root.parent, spare)
                done = small.run("imagequant", stage)
                _resize(small.root.parent, _ROOM)
                if done.returncode:
                    counts["full_disks"] += 1
                    counts["full_disks_not_named"] += not _names_a_file(stage, done, "No space left on device")
                small.must_run("imagequant", stage)
                counts["full_disk_runs_that_differ"] += small.outputs(stage) != expected[stage]
    return counts


def _names_a_file(stage: str, done: subprocess.CompletedProcess[str], problem: str) -> bool:
    """Whether a run failed with a last line that says what the problem is, and with which file."""
    last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""
    said = re.fullmatch(rf"imagequant: (\S+/\S+): .*{problem}.*", last)
    if done.returncode and said:
        return True
    print(f"  {stage}, {problem}: {done.returncode}, {last}", flush=True)
    return False


@contextmanager
def _on_small_disk(project: SmallProject) -> Iterator[SmallProject | None]:
    """A copy of the project on a disk of its own in memory; None where the system lets nobody mount one."""
    disk = project.root.parent / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "imagequant", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        yield None
        return
    try:
        shutil.copytree(project.root, disk / "clone", symlinks=True)
        yield SmallProject(disk / "clone", disk / "cache", project.temporary)
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _resize(disk: Path, spare: int) -> None:
    """Leaves a disk in memory so many bytes."""
    state = os.statvfs(disk)
    used = (state.f_blocks - state.f_bfree) * state.f_frsize
    _remount(disk, f"size={used + spare}")


def _remount(disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(disk)], check=True)


def _interrupts(project: SmallProject, expected: Expected, chance: random.Random) -> Counter[str]:
    """Ctrl-C: the run ends soon, with no process and no temporary file left."""
    counts: Counter[str] = Counter()
    for stage in OUTPUTS:
        project.forget()
        seconds = project.must_run("imagequant", stage)
        for _ in range(INTERRUPTS):
            project.forget()
            shutil.rmtree(project.temporary)
            project.temporary.mkdir()
            run = project.start("imagequant", stage)
            time.sleep(chance.uniform(0.1, 0.9) * seconds)
            if run.poll() is not None:
                continue
            started = time.monotonic()
            os.killpg(run.pid, signal.SIGINT)
            run.wait()
            counts["interrupts"] += 1
            counts["interrupts_too_slow"] += time.monotonic() - started > _SECONDS_TO_END
            time.sleep(0.2)
            counts["interrupts_that_left_a_process"] += bool(in_group(run.pid))
            stop(run.pid, signal.SIGKILL)
            left = _temporary_files(project)
            if left:
                print(f"  {stage}: {left}", flush=True)
            counts["interrupts_that_left_a_file"] += bool(left)
        project.must_run("imagequant", stage)
        if project.outputs(stage) != expected[stage]:
            raise RuntimeError(f"{stage}: outputs differ after Ctrl-C")
    return counts


def _temporary_files(project: SmallProject) -> list[str]:
    hidden = [
        path
        for folder in (project.root / "data", project.root / "models", project.root / "metrics", project.cache)
        for path in folder.rglob(".*")
        if path.name != ".gitignore"
    ]
    return [str(path) for path in (*hidden, *project.temporary.iterdir())]


def _side_by_side(project: SmallProject, expected: Expected, scratch: Path) -> Counter[str]:
    """Two runs on one work cache at the same time."""
    counts: Counter[str] = Counter()
    other = SmallProject.make(scratch / "other", project.cache)
    other.must_run("dvc", "repro")
    for stage in _CACHED:
        project.forget()
        runs = [(each, each.start("imagequant", stage)) for each in (project, other)]
        for each, run in runs:
            counts["side_by_side_runs"] += 1
            counts["side_by_side_runs_that_differ"] += run.wait() != 0 or each.outputs(stage) != expected[stage]
    return counts
