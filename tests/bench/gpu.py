"""``preprocess`` and ``cnn`` on a GPU: photos a second, how busy the GPU is, and the seed's way on the same GPU.

Nothing is measured where there is no GPU.
"""

from __future__ import annotations

import itertools
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from tests.bench.cnn import cosines_to
from tests.bench.harness import ROOT, Setting, alternate, duration, in_new_process, ratio

from imagequant.layout import Layout
from imagequant.params import load_params
from imagequant.storage.pixels import read_pixel_index
from imagequant.storage.shards import chunks, shard_path
from imagequant.storage.tars import write_tar

# So many that what is measured is work, not starting up; the seed's way is given fewer.
MANY, FEW = 40_000, 6_000
_LOOKS_A_SECOND = 10
_JPEG_START, _TABLE = b"\xff\xd8", b"\xff\xdb"


def measure(setting: Setting) -> dict[str, Any]:
    """Times both stages on many photos, and ``cnn`` against the seed's way on a few."""
    if not torch.cuda.is_available():
        print("  no usable CUDA device here: not measured", file=sys.stderr)
        return {}
    return {**_against_the_seed(setting), **_busy(setting)}


def _against_the_seed(setting: Setting) -> dict[str, Any]:
    root, theirs = setting.scratch / "gpu-few", setting.scratch / "seed.npy"
    _pack(setting.photos, FEW, root)
    _stage("preprocess", root)
    sides = {
        "one at a time": lambda: float(in_new_process("tests.bench.cnn", str(root), str(theirs), "cuda")),
        "cnn stage": lambda: _stage("cnn", root),
    }
    taken = alternate(sides, setting.runs)
    cosines = cosines_to(theirs, root)
    figure = ratio(taken["one at a time"], taken["cnn stage"])
    least = {"photos": len(cosines), "least_cosine": float(cosines.min())}
    return {"cnn_vs_seed_gpu": {**figure, **least, "gpu": _gpu_name()}}


def _busy(setting: Setting) -> dict[str, Any]:
    root = setting.scratch / "gpu"
    _pack(setting.photos, MANY, root)
    figures: dict[str, Any] = {}
    for stage in ("preprocess", "cnn"):
        taken: list[float] = []
        shares: list[float] = []
        overall: list[float] = []
        for _ in range(setting.runs):
            with watched() as use:
                taken.append(_stage(stage, root))
            shares.append(use.share_at_work)
            overall.append(use.share)
            print(f"  {stage}: {taken[-1]:.1f} s, busy {shares[-1]:.2f}, {overall[-1]:.2f} overall", file=sys.stderr)
        figures[f"gpu_busy_{stage}"] = {
            **duration(shares),
            "overall": statistics.median(overall),
            "photos_a_second": MANY / statistics.median(taken),
            "seconds": statistics.median(taken),
            "photos": MANY,
            "gpu": _gpu_name(),
        }
    index = read_pixel_index(Layout(root).data("preprocess") / "train")
    if len(index) != MANY or any(row.reason for row in index):
        raise RuntimeError("preprocess: some photos have no square")
    return figures


def _stage(name: str, root: Path) -> float:
    overrides = ("preprocess.device=cuda", "cnn.device=cuda", "cnn.weights=random")
    # What is kept of an earlier run lies in the folder's own work cache.
    shutil.rmtree(Layout(root).work_cache, ignore_errors=True)
    return float(in_new_process("tests.bench.stage", name, str(root), *overrides))


def _pack(photos: tuple[Path, ...], count: int, root: Path) -> None:
    """As ``download`` leaves them, each JPEG with pixels of its own: equal squares would come from the work cache."""
    size = load_params(ROOT / "params.yaml").download.shard_size
    payloads = [payload for path in photos if (payload := path.read_bytes()).startswith(_JPEG_START)]
    numbered = enumerate(itertools.islice(itertools.cycle(payloads), count))
    for shard, members in enumerate(chunks(numbered, size)):
        path = shard_path(Layout(root).data("download") / "train", shard, "tar")
        write_tar(
            path,
            ((f"{number:064d}", with_other_steps(payload, number // len(payloads))) for number, payload in members),
        )
    (Layout(root).data("download") / "test").mkdir(parents=True, exist_ok=True)


def with_other_steps(payload: bytes, number: int) -> bytes:
    """The photo with other steps for its three lowest frequencies: other pixels, without encoding anything."""
    table = payload.index(_TABLE) + 5
    steps = bytes(2 + (number // 8**place) % 8 for place in range(3))
    return payload[:table] + steps + payload[table + 3 :]


@dataclass
class Use:
    """What ``nvidia-smi`` saw: shares of time in which the GPU computed, 0 to 1."""

    looks: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Over all of the time, start-up included."""
        return statistics.fmean(self.looks) if self.looks else 0.0

    @property
    def share_at_work(self) -> float:
        """From the first use to the last."""
        used = [number for number, look in enumerate(self.looks) if look > 0]
        return statistics.fmean(self.looks[used[0] : used[-1] + 1]) if used else 0.0


@contextmanager
def watched() -> Iterator[Use]:
    """Watches the first GPU; what was seen is there at the end."""
    command = ["nvidia-smi", "--id=0", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
    watcher = subprocess.Popen([*command, f"--loop-ms={1000 // _LOOKS_A_SECOND}"], stdout=subprocess.PIPE, text=True)
    use = Use()
    try:
        yield use
    finally:
        time.sleep(2 / _LOOKS_A_SECOND)
        watcher.terminate()
        output, _ = watcher.communicate()
        use.looks.extend(float(line) / 100 for line in output.splitlines() if line.strip().isdigit())


def _gpu_name() -> str:
    return str(torch.cuda.get_device_name())
