"""Whether memory stays as it is when photos become ten times as many: every stage's peak, at two sizes."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from benchmarks.speed.harness import Figure, Setting, Side, a_thread_each
from benchmarks.speed.peaks import Peak, peak_of
from benchmarks.speed.synthetic import RAW, write_raw, write_readings_and_features
from imagequant.storage.layout import CACHE_VARIABLE, Layout, list_shards, shard_path
from imagequant.storage.tars import read_tar, write_tar

# What memory does not depend on, and time does.
_OVERRIDES = {
    "sources": ("sources.train=" + RAW["train"], "sources.test=" + RAW["test"]),
    "candidates": ("candidates.line_segments=false",),
    "train": ("train.epochs=1", "train.members=1", "train.trees.num_trees=20"),
    "evaluate": ("evaluate.bootstrap=50",),
}
_BEFORE_READING = ("sources", "explore", "download", "labels")
_AFTER_READING = ("candidates", "train", "evaluate", "predict", "export")
# These read each photo, which takes long: they are given fewer.
_READING = ("preprocess", "cnn", "ocr")


def measure(setting: Setting) -> dict[str, Figure]:
    """The worst stage's peak with many photos as a share of its peak with a tenth, and all peaks in MB."""
    many, read = setting.sizes.memory, min(setting.sizes.memory_read, setting.sizes.memory)
    peaks = {
        size: _peaks(setting.scratch / f"memory-{size}", size, share)
        for size, share in ((many // 10, read // 10), (many, read))
    }
    few, most = peaks[many // 10], peaks[many]
    growth = {name: grown(few[name], most[name]) for name in few}
    worst = max(growth, key=lambda name: growth[name])
    return {
        "memory_growth": {
            "value": growth[worst],
            "spread": [min(growth.values()), growth[worst]],  # of all stages
            "runs": 1,
            "data": (
                f"{many // 10} and {many} distinct made-up photos; "
                f"of these {read // 10} and {read} for {', '.join(_READING)}"
            ),
            "ours": Side("ours as shipped", a_thread_each()).settings(),
            "worst": worst,
            "largest_megabytes": max(max(asdict(peak).values()) for peak in most.values()),
            "megabytes": {name: {"few": asdict(few[name]), "many": asdict(most[name])} for name in few},
            "growth": growth,
            "overrides": [override for overrides in _OVERRIDES.values() for override in overrides],
        }
    }


def grown(few: Peak, many: Peak) -> float:
    """How many times the memory of the largest process: few photos are one shard, which needs no workers."""
    return max(many.main, many.worker) / max(few.main, few.worker)


def _peaks(root: Path, photos: int, read: int) -> dict[str, Peak]:
    write_raw(root, photos)
    peaks = {name: _stage(name, root) for name in _BEFORE_READING}
    write_readings_and_features(root)
    peaks |= {name: _stage(name, root) for name in _AFTER_READING}
    part = root / "part"
    take(Layout(root).data("download") / "train", read, part)
    peaks |= {name: _stage(name, part) for name in _READING}
    shutil.rmtree(root)
    return peaks


def take(tars: Path, photos: int, root: Path) -> None:
    """Makes a project whose training photos are so many of these tars' photos: whole tars, and the last one shorter."""
    for split in ("train", "test"):
        (Layout(root).data("download") / split).mkdir(parents=True)
    for number, tar in enumerate(list_shards(tars, "tar")):
        members = list(islice(read_tar(tar), photos))
        photos -= len(members)
        if members:
            write_tar(shard_path(Layout(root).data("download") / "train", number, "tar"), members)


def _stage(name: str, root: Path) -> Peak:
    command = (sys.executable, "-m", "benchmarks.speed.stage", name, str(root), *_OVERRIDES.get(name, ()))
    peak = peak_of(command, {**os.environ, CACHE_VARIABLE: str(root / ".cache")})
    print(f"  {root.name}: {name} {peak.main:.0f} MB, workers {peak.worker:.0f} MB", file=sys.stderr, flush=True)
    return peak
