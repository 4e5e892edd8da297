"""What one photo costs in each stage: core seconds and bytes kept, start-up left out."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import Setting, duration, in_new_process
from benchmarks.speed.stage import pack
from imagequant.storage.layout import Layout

STAGES = ("preprocess", "cnn", "ocr", "candidates")


def measure(setting: Setting) -> dict[str, Any]:
    """Core seconds a photo, from runs over all photos and over a tenth of them: what both share is start-up."""
    cores = os.cpu_count() or 1
    figures: dict[str, Any] = {}
    few = setting.photos[:: max(len(setting.photos) // max(len(setting.photos) // 10, 1), 1)]
    taken: dict[str, list[float]] = {name: [] for name in STAGES}
    for number in range(setting.runs):
        sides = {"many": setting.photos, "few": few}
        spent: dict[str, dict[str, float]] = {}
        for side, photos in sides.items():
            root = setting.scratch / f"{side}-{number}"
            pack(photos, root)
            spent[side] = {name: _run(name, root) for name in STAGES}
        for name in STAGES:
            more = len(setting.photos) - len(few)
            taken[name].append(cores * (spent["many"][name] - spent["few"][name]) / max(more, 1))
    root = setting.scratch / "many-0"
    for name in STAGES:
        size = sum(path.stat().st_size for path in Layout(root).data(name).rglob("*") if path.is_file())
        figures[f"core_seconds_{name}"] = {**duration(taken[name]), "bytes_a_photo": size / len(setting.photos)}
    photo_bytes = sum(path.stat().st_size for path in setting.photos) / len(setting.photos)
    figures["core_seconds_ocr"]["photo_bytes"] = photo_bytes
    return figures


def _run(name: str, root: Path) -> float:
    shutil.rmtree(root / ".cache", ignore_errors=True)
    overrides = ["cnn.weights=random"] if name == "cnn" else []
    return float(in_new_process("benchmarks.speed.stage", name, str(root), *overrides))
