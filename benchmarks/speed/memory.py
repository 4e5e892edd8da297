"""Whether memory stays as it is when photos become ten times as many: every stage's peak, at two sizes."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import Setting
from benchmarks.speed.peaks import Peak, peak_of
from benchmarks.speed.synthetic import RAW, write_raw, write_readings_and_features
from imagequant.storage.layout import Layout

# IMAGEQUANT_BENCH_PHOTOS changes them, as in 500,5000: both together take about 45 minutes on two cores.
PHOTOS = (10_000, 100_000)
# What memory does not depend on, and time does.
_OVERRIDES = {
    "sources": ("sources.train=" + RAW["train"], "sources.test=" + RAW["test"]),
    "cnn": ("cnn.weights=random",),
    "candidates": ("candidates.line_segments=false",),
    "train": ("train.epochs=1", "train.members=1", "train.trees.num_trees=20"),
    "evaluate": ("evaluate.bootstrap=50",),
    "export": ("cnn.weights=random",),
}
_BEFORE_READING = ("sources", "explore", "download", "labels")
_AFTER_READING = ("candidates", "train", "evaluate", "predict", "export")
# These read each photo; they are given the same tar again and again, so that most comes from the work cache.
_READING = ("preprocess", "cnn", "ocr")


def measure(setting: Setting) -> dict[str, Any]:
    """The worst stage's peak with many photos as a share of its peak with few, and all peaks in MB."""
    sizes = sorted(int(size) for size in os.environ.get("IMAGEQUANT_BENCH_PHOTOS", "").split(",") if size) or PHOTOS
    few, many = (_peaks(setting.scratch / f"memory-{size}", size) for size in (sizes[0], sizes[-1]))
    growth = {name: grown(few[name], many[name]) for name in few}
    worst = max(growth, key=lambda name: growth[name])
    return {
        "memory_growth": {
            "value": growth[worst],
            "spread": [min(growth.values()), growth[worst]],
            "worst": worst,
            "sizes": [sizes[0], sizes[-1]],
            "largest_megabytes": max(max(asdict(peak).values()) for peak in many.values()),
            "megabytes": {name: {"few": asdict(few[name]), "many": asdict(many[name])} for name in few},
            "growth": growth,
            "overrides": [override for overrides in _OVERRIDES.values() for override in overrides],
            "one_tar_repeated_for": list(_READING),
        }
    }


def grown(few: Peak, many: Peak) -> float:
    """How many times the memory of the process that grew most."""
    workers = many.worker / few.worker if few.worker else 1.0
    return max(many.main / few.main, workers)


def _peaks(root: Path, photos: int) -> dict[str, Peak]:
    write_raw(root, photos)
    peaks = {name: _stage(name, root) for name in _BEFORE_READING}
    write_readings_and_features(root)
    peaks |= {name: _stage(name, root) for name in _AFTER_READING}
    tars = sorted((Layout(root).data("download") / "train").glob("*.tar"))
    again = root / "again"
    repeat(tars[0], len(tars), again)
    peaks |= {name: _stage(name, again) for name in _READING}
    shutil.rmtree(root)
    return peaks


def repeat(tar: Path, times: int, root: Path) -> None:
    """A project whose training photos are those of one tar, so many times over."""
    for split in ("train", "test"):
        (Layout(root).data("download") / split).mkdir(parents=True)
    for number in range(times):
        (Layout(root).data("download") / "train" / f"{number:05d}.tar").hardlink_to(tar)


def _stage(name: str, root: Path) -> Peak:
    command = (sys.executable, "-m", "benchmarks.speed.stage", name, str(root), *_OVERRIDES.get(name, ()))
    peak = peak_of(command)
    print(f"  {root.name}: {name} {peak.main:.0f} MB, workers {peak.worker:.0f} MB", file=sys.stderr, flush=True)
    return peak
