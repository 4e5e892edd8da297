"""``data/download/<split>/*.tar`` -> ``data/preprocess/<split>/{00000.safetensors, ..., index.parquet}``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from imagequant.engine import map_shards
from imagequant.errors import InputError
from imagequant.imaging.device import DeviceName, pick_device
from imagequant.layout import SPLITS, Layout, Split
from imagequant.params import EngineParams, Params
from imagequant.stages.preprocess.squares import Squarer, make_shard, square_on_cpu
from imagequant.storage.files import fresh_folder
from imagequant.storage.pixels import FAILED, OK, SUFFIX, PixelIndexRow, write_pixel_index, write_pixel_shard
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tars import read_tar

# No work cache here: an image costs some hundredths of a second, a square in the cache 150 kB.


@dataclass(frozen=True)
class _Job:
    tar: Path
    output: Path

    @property
    def number(self) -> int:
        return int(self.tar.stem)


def run(params: Params, layout: Layout) -> None:
    """Makes the squares of both splits."""
    device = pick_device(params.preprocess.device, "preprocess.device")
    # The GPU is one: processes beside each other would only share it, each with a context of its own.
    engine = replace(params.engine, name="serial") if device == "cuda" else params.engine
    fresh_folder(layout.data("preprocess"))
    for split in SPLITS:
        _preprocess_split(split, params.preprocess.size, device, engine, layout)


def _preprocess_split(split: Split, size: int, device: DeviceName, engine: EngineParams, layout: Layout) -> None:
    source, folder = layout.data("download") / split, fresh_folder(layout.data("preprocess") / split)
    tars = list_shards(source, "tar")
    if not tars and not source.is_dir():
        raise InputError(f"{source}: no such folder; `dvc repro download` makes it")
    jobs = [_Job(tar, shard_path(folder, int(tar.stem), SUFFIX)) for tar in tars]
    rows = map_shards(partial(_build, size, device), jobs, engine, f"preprocess {split}")
    write_pixel_index(folder, [row for shard_rows in rows for row in shard_rows])


def _build(size: int, device: DeviceName) -> Callable[[_Job], list[PixelIndexRow]]:
    return partial(_process, size, _squarer(device))


def _squarer(device: DeviceName) -> Squarer:
    if device == "cpu":
        return square_on_cpu
    from imagequant.stages.preprocess.cuda import square_on_cuda  # noqa: PLC0415

    return square_on_cuda


def _process(size: int, square: Squarer, job: _Job) -> list[PixelIndexRow]:
    shard, reasons = make_shard(read_tar(job.tar), size, square)
    write_pixel_shard(job.output, shard)
    return [
        PixelIndexRow(sha256, job.number, row, FAILED if reason else OK, reason)
        for row, (sha256, reason) in enumerate(zip(shard.sha256, reasons, strict=True))
    ]
