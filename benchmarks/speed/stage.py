"""Runs one stage on a folder made for it, in a process of its own; prints what it took (``Took``) as JSON.

``python -m benchmarks.speed.stage NAME FOLDER [SECTION.KEY=VALUE ...]``
"""

from __future__ import annotations

import importlib
import json
import math
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from imagequant.core import arithmetic
from imagequant.params import Params, load_params, overridden
from imagequant.storage.layout import Layout

ROOT = Path(__file__).parents[2]

# As many as the ``ocr`` stage gives an engine at once.
SHARD_SIZE = 32


@dataclass(frozen=True)
class Took:
    """What a stage took, without loading Python and what the stage imports.

    Attributes:
        seconds: On the clock.
        core_seconds: Of processors, its worker processes included.
    """

    seconds: float
    core_seconds: float

    @classmethod
    def of(cls, output: str) -> Took:
        """Reads what ``main`` printed."""
        return cls(**json.loads(output))


def dealt(photos: Sequence[Path], cores: int, size: int = SHARD_SIZE) -> list[Sequence[Path]]:
    """Shards of at most so many photos, as many for each core, and alike, though photos of similar names are similar.

    A core that waits for the last shards is nothing among thousands of photos, and much among those that are measured.
    """
    shards = min(math.ceil(len(photos) / size / cores) * cores, len(photos))
    return [photos[number::shards] for number in range(shards)]


def pack(photos: Sequence[Path], root: Path, size: int = SHARD_SIZE) -> None:
    """Lays photos out as the ``download`` stage leaves them."""
    # Here, so that a stage that is timed loads no more than it does otherwise.
    from imagequant.core.files import file_digest
    from imagequant.storage.labels import LABELS, LABELS_FILE
    from imagequant.storage.layout import shard_path
    from imagequant.storage.tars import write_tar

    for number, members in enumerate(dealt(photos, os.cpu_count() or 1, size)):
        path = shard_path(Layout(root).data("download") / "train", number, "tar")
        write_tar(path, ((f"{file_digest(photo)}{photo.suffix}", photo.read_bytes()) for photo in members))
    (Layout(root).data("download") / "test").mkdir(parents=True, exist_ok=True)
    LABELS.write(Layout(root).data("labels") / LABELS_FILE, [])


def changed(params: Params, overrides: Sequence[str]) -> Params:
    """Parameters with ``section.key=value`` applied."""
    pairs = (override.partition("=") for override in overrides)
    return overridden(params, {name: yaml.safe_load(text) for name, _, text in pairs}, "bench")


def main() -> None:
    name, folder, *overrides = sys.argv[1:]
    params = changed(load_params(ROOT / "params.yaml"), overrides)
    arithmetic.use(params.versions.arithmetic)
    run = importlib.import_module(f"imagequant.stages.{name}.run").run
    started, spent = time.perf_counter(), _core_seconds()
    run(params, Layout(Path(folder)))
    print(json.dumps(asdict(Took(time.perf_counter() - started, _core_seconds() - spent))))


def _core_seconds() -> float:
    """Of this process and of those of its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()
