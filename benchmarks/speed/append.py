"""What more rows cost: 1% of new rows after a first run, with the engines that are shipped."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import numpy as np
import yaml
from PIL import Image, ImageDraw

from benchmarks.speed.harness import ROOT, Figure, Setting, Side, a_thread_each, project_environment, spread_of
from imagequant.experiments.report.times import Times, run_timed

_NEW_SHARE = 0.01
# As large as thumbnails: real photos have ten times the pixels, and cost that much more to read.
_WIDTH, _HEIGHT = 320, 240
_UPTO = "candidates"


def measure(setting: Setting) -> dict[str, Figure]:
    """The time of a run after 1% of new rows as a share of the first run's; new rows are appended several times."""
    count = setting.sizes.append
    new = max(round(count * _NEW_SHARE), 1)
    project = setting.scratch / "project"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(project)], check=True)
    write_rows(project, range(count))
    first = _repro(project)
    more: list[Times] = []
    for number in range(setting.runs):
        write_rows(project, range(count + (number + 1) * new))
        more.append(_repro(project))
    return {
        "append_one_percent": {
            **spread_of([times.total / first.total for times in more]),
            "data": f"{count} made-up photos of {_WIDTH} x {_HEIGHT}, and {new} more in each run",
            "ours": Side("ours as shipped", a_thread_each()).settings(),
            "seconds_first": first.total,
            "seconds_more": spread_of([times.total for times in more]),
            "stages_first": dict(first.stages),
            "stages_more": dict(more[-1].stages),
        }
    }


def write_rows(project: Path, numbers: range) -> None:
    """Small photos that print a weight, those not there yet drawn, and the parameters that name their rows."""
    folder = project / "photos"
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rows = []
    for number in numbers:
        grams = 5 * (number % 199 + 1)
        path = folder / "images" / f"{number:06d}.jpg"
        if not path.exists():
            _draw(path, f"{grams} g", number)
        rows.append((f"images/{path.name}", number % 50, "item_weight", f"{grams} gram"))
    with (folder / "train.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("image_link", "group_id", "entity_name", "entity_value"))
        writer.writerows(rows)
    with (folder / "test.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("index", "image_link", "group_id", "entity_name"), (0, rows[0][0], 0, "item_weight")]
        )
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["sources"] |= {"train": "photos/train.csv", "test": "photos/test.csv"}
    # Not what is measured: the stages before need some, and all of them would make the first run look longer.
    params["synthetic"] |= {"train_photos": 1, "test_photos": 1}
    (project / "params.yaml").write_text(yaml.safe_dump(params))


def _draw(path: Path, text: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    # Noise, so that no two files are the same.
    ground = random.integers(215, 250, (_HEIGHT, _WIDTH, 3), dtype=np.uint8)
    image = Image.fromarray(ground)
    ImageDraw.Draw(image).text((60, 100), text, fill="black", font_size=44)
    image.save(path, quality=85)


def _repro(project: Path) -> Times:
    status, times = run_timed(["dvc", "repro", _UPTO], project, project_environment(project))
    if status:
        raise RuntimeError(f"dvc repro {_UPTO} in {project} ended with {status}")
    return times
