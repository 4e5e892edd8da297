"""What one photo costs in each stage: core seconds and bytes kept, start-up left out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.speed.download import DELAY, fetch, served
from benchmarks.speed.harness import ROOT, Figure, Setting, Side, a_thread_each, in_new_process, spread_of
from benchmarks.speed.stage import Took
from imagequant.params import load_params
from imagequant.storage.labels import LABELS, LABELS_FILE
from imagequant.storage.layout import Layout

# Of the stages that work photo by photo; ``download`` comes first, since the others read what it leaves.
STAGES = ("download", "preprocess", "cnn", "ocr", "candidates")


def measure(setting: Setting) -> dict[str, Figure]:
    """Core seconds a photo, from runs over many photos and over a few of them: what both share is start-up.

    Half of each run's photos are enough: core seconds vary less than those on the clock.
    """
    taken: dict[str, list[float]] = {name: [] for name in STAGES}
    sizes = dict.fromkeys(STAGES, 0)
    parts = [part[: max(len(part) // 2, 2)] for part in setting.photos.parts]
    for photos in parts:
        few = photos[: max(len(photos) // 10, 1)]
        root = setting.scratch / "many"
        start_up = _spent(few, setting.scratch / "few")
        for name, spent in _spent(photos, root).items():
            taken[name].append((spent - start_up[name]) / max(len(photos) - len(few), 1))
            sizes[name] += sum(
                path.stat().st_size for path in (Layout(root).data(name) / "train").rglob("*") if path.is_file()
            )
    count = sum(map(len, parts))
    return {
        f"core_seconds_{name}": {
            **spread_of(taken[name]),
            "photos": count,
            "bytes_a_photo": sizes[name] / count,
            "ours": Side(
                "ours as shipped", "1 process" if name == "download" else a_thread_each(), "left out"
            ).settings(),
        }
        for name in STAGES
    }


def _spent(photos: Sequence[Path], root: Path) -> dict[str, float]:
    """Runs all stages on photos that a local server sends; nothing is known from before."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    names = root / "photos.txt"
    names.write_text("\n".join(str(photo.resolve()) for photo in photos), encoding="utf-8")
    params = load_params(ROOT / "params.yaml").download
    with served(str(names), DELAY, 0) as address:
        links = [f"{address}/{number}.jpg" for number in range(len(photos))]
        spent = {"download": Took.of(fetch(links, root, params.connections, params.connections_per_host))}
    LABELS.write(Layout(root).data("labels") / LABELS_FILE, [])
    for name in STAGES[1:]:
        spent[name] = Took.of(in_new_process("benchmarks.speed.stage", name, str(root)))
    return {name: took.core_seconds for name, took in spent.items()}
