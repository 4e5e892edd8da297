"""``dvc repro`` with nothing to do, at any number of photos.

What DVC looks at then are names, sizes and times of files, never their content. So the outputs are made up: as many
shards, in the same places, as so many photos have, a few bytes each, taken up by ``dvc commit``.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

from benchmarks.speed.harness import ROOT, Figure, Setting, Side, project_environment, spread_of
from imagequant.experiments.report.times import run_timed
from imagequant.storage.layout import SPLITS, shard_path

# Of each split: folders of shards with the shards' kind, and single files.
_SHARDS = {
    "data/download/{}": "tar",
    "data/preprocess/{}": "safetensors",
    "data/cnn/{}": "safetensors",
    "data/ocr/{}": "parquet",
    "data/candidates/{}/photos": "parquet",
    "data/candidates/{}/tokens": "parquet",
    "data/candidates/{}/quantities": "parquet",
}
_FILES = ("data/download/{}/manifest.parquet", "data/preprocess/{}/index.parquet", "data/ocr/{}/status.parquet")


def measure(setting: Setting) -> dict[str, Figure]:
    """Seconds of ``dvc repro`` where every stage is done."""
    images = setting.sizes.noop
    project = setting.scratch / "project"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(project)], check=True)
    shard_size = yaml.safe_load((project / "params.yaml").read_text())["download"]["shard_size"]
    files = 0
    for path in outputs(project, -(-images // shard_size)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path.relative_to(project)))
        files += 1
    environment = project_environment(project)
    subprocess.run(["dvc", "commit", "--quiet", "--force"], cwd=project, env=environment, check=True)
    taken = [_nothing(project, environment) for _ in range(setting.runs)]
    return {
        "noop_repro_seconds": {
            **spread_of(taken),
            "data": f"made-up outputs of {images} photos, {files} files",
            "ours": Side("dvc repro", "1 process").settings(),
        }
    }


def outputs(project: Path, shards: int) -> Iterator[Path]:
    """The files that the stages would leave: so many shards a split, and one file where an output has no shards."""
    for split in SPLITS:
        for folder, kind in _SHARDS.items():
            yield from (shard_path(project / folder.format(split), number, kind) for number in range(shards))
        yield from (project / name.format(split) for name in _FILES)
    sharded = {Path(folder.format("")).as_posix().split("/")[1] for folder in _SHARDS}
    for stage in yaml.safe_load((project / "dvc.yaml").read_text())["stages"].values():
        for out in stage["outs"]:
            # Outputs with options are kept by git: the clone has them.
            if isinstance(out, str) and not (out.startswith("data/") and out.split("/")[1] in sharded):
                yield project / out / "made-up"
    # What the links that git keeps point to.
    yield from (
        link.parent / link.readlink() for link in (project / "data" / "sources").rglob("*") if link.is_symlink()
    )


def _always_run(project: Path) -> set[str]:
    """The stages that run each time, because DVC cannot see what they look at."""
    stages = yaml.safe_load((project / "dvc.yaml").read_text())["stages"]
    return {name for name, stage in stages.items() if stage.get("always_changed")}


def _nothing(project: Path, environment: dict[str, str]) -> float:
    status, times = run_timed(["dvc", "repro"], project, environment)
    ran = set(times.stages) - _always_run(project)
    if status or ran:
        raise RuntimeError(f"dvc repro ran {', '.join(sorted(ran)) or 'nothing'} and ended with {status}")
    return times.total
