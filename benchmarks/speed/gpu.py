"""``preprocess`` and ``cnn`` on a GPU: photos a second, how busy it is, and eager torch on the same GPU."""

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
from datetime import datetime
from pathlib import Path
from typing import Any

import torch

from benchmarks.speed.harness import (
    ROOT,
    Figure,
    Setting,
    Side,
    Skipped,
    alternate,
    in_new_process,
    ratio,
    seconds,
    spread_of,
)
from imagequant.core.iteration import chunks
from imagequant.params import load_params
from imagequant.storage.layout import Layout, shard_path
from imagequant.storage.tars import write_tar
from imagequant.storage.tensors import INDEX_NAME, PIXEL_INDEX

# So many that what is measured is work, not starting up; the seed's way is given fewer.
MANY, FEW = 120_000, 6_000
_LOOKS_A_SECOND = 10
_JPEG_START, _TABLE = b"\xff\xd8", b"\xff\xdb"


def measure(setting: Setting) -> dict[str, Figure]:
    """Times both stages on many photos, and ``cnn`` against eager torch on a few.

    Raises:
        Skipped: If there is no GPU.
    """
    if not torch.cuda.is_available():
        raise Skipped("there is no GPU that torch can use (CUDA)")
    return {**_busy(setting), **_against_the_seed(setting)}


def _against_the_seed(setting: Setting) -> dict[str, Any]:
    root, theirs = setting.scratch / "gpu-few", setting.scratch / "seed.npy"
    _pack(setting.photos.reported, FEW, root)
    _stage("preprocess", root)
    sides = {
        "one at a time": lambda _: seconds(
            lambda: in_new_process("benchmarks.speed.cnn", str(root), str(theirs), "cuda")
        ),
        "cnn stage": lambda _: _stage("cnn", root),
    }
    taken = alternate(sides, setting.runs)
    size = "224 x 224"
    return {
        "cnn_vs_seed_gpu": {
            **ratio(taken["one at a time"], taken["cnn stage"]),
            "data": f"{FEW} made-up photos",
            "gpu": _gpu_name(),
            "ours": Side("ours", "threads that share the GPU", precision=_precision(), size=size).settings(),
            "theirs": Side("torch, eager", "1 thread", precision="float32", size=size).settings(),
        }
    }


def _busy(setting: Setting) -> dict[str, Any]:
    root = setting.scratch / "gpu"
    _pack(setting.photos.reported, MANY, root)
    figures: dict[str, Any] = {}
    for stage in ("preprocess", "cnn"):
        taken: list[float] = []
        shares: list[float] = []
        overall: list[float] = []
        rates: list[float] = []
        for _ in range(setting.runs):
            with watched() as use:
                taken.append(_stage(stage, root))
            begin, end = written_between(Layout(root).data(stage) / "train")
            shares.append(use.share_between(begin, end))
            overall.append(use.share)
            rates.append(MANY / (end - begin))
            print(
                f"  {stage}: {taken[-1]:.1f} s, {end - begin:.1f} s of them at work, busy {shares[-1]:.2f} of those, "
                f"{overall[-1]:.2f} of all",
                file=sys.stderr,
                flush=True,
            )
        figures[f"gpu_busy_{stage}"] = {
            **spread_of(shares),
            "whole_run": spread_of(overall),
            "photos_a_second": MANY / statistics.median(taken),
            "photos_a_second_at_work": statistics.median(rates),
            "seconds": statistics.median(taken),
            "data": f"{MANY} made-up photos",
            "gpu": _gpu_name(),
            "ours": Side(
                "ours", "threads that share the GPU", "left out", _precision() if stage == "cnn" else None
            ).settings(),
        }
    index = list(PIXEL_INDEX.iterate(Layout(root).data("preprocess") / "train" / INDEX_NAME))
    if len(index) != MANY or any(row.reason for row in index):
        raise RuntimeError("preprocess: some photos have no square")
    return figures


def _stage(name: str, root: Path) -> float:
    overrides = ("preprocess.device=cuda", "cnn.device=cuda")
    # What is kept of an earlier run.
    shutil.rmtree(root / ".cache", ignore_errors=True)
    return seconds(lambda: in_new_process("benchmarks.speed.stage", name, str(root), *overrides))


def _precision() -> str:
    """That of the parameters."""
    return {"f32": "float32", "bf16": "bfloat16"}[load_params(ROOT / "params.yaml").cnn.precision]


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


def written_between(folder: Path) -> tuple[float, float]:
    """When the first shard was there and when the last, in seconds since 1970: before, the stage was starting up."""
    times = [path.stat().st_mtime for path in folder.glob("*.safetensors")]
    return min(times), max(times)


@dataclass
class Use:
    """What ``nvidia-smi`` saw: when, in seconds since 1970, and the share of time the GPU computed then, 0 to 1."""

    looks: list[tuple[float, float]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Over all of the time, start-up included."""
        return self.share_between(0.0, float("inf"))

    def share_between(self, begin: float, end: float) -> float:
        """Between two moments; 0 where nothing was seen."""
        shares = [share for moment, share in self.looks if begin <= moment <= end]
        return statistics.fmean(shares) if shares else 0.0

    @classmethod
    def of(cls, output: str) -> Use:
        """Reads ``nvidia-smi``'s lines: local time, and a share of 100; a last line that is cut short is left out."""
        rows = [line.split(", ") for line in output.splitlines(keepends=True) if line.endswith("\n")]
        return cls(
            [
                (datetime.strptime(moment, "%Y/%m/%d %H:%M:%S.%f").astimezone().timestamp(), float(share) / 100)
                for moment, share in rows
            ]
        )


@contextmanager
def watched() -> Iterator[Use]:
    """Watches the first GPU; what was seen is there at the end."""
    command = ["nvidia-smi", "--id=0", "--query-gpu=timestamp,utilization.gpu", "--format=csv,noheader,nounits"]
    watcher = subprocess.Popen([*command, f"--loop-ms={1000 // _LOOKS_A_SECOND}"], stdout=subprocess.PIPE, text=True)
    use = Use()
    try:
        yield use
    finally:
        time.sleep(2 / _LOOKS_A_SECOND)
        watcher.terminate()
        output, _ = watcher.communicate()
        use.looks.extend(Use.of(output).looks)


def _gpu_name() -> str:
    return str(torch.cuda.get_device_name())
