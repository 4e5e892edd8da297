"""``data/download/<split>/*.tar`` -> ``data/preprocess/<split>/{00000.safetensors, ..., index.parquet}``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder
from imagequant.executor import iterate_shards
from imagequant.executor.device import DeviceName, pick_device, processes_on
from imagequant.params import EngineParams, Params
from imagequant.stages.preprocess.squares import Squarer, make_shard, squares_on_cpu
from imagequant.storage.code import code_fingerprint
from imagequant.storage.kept_shards import KeptShards
from imagequant.storage.layout import SPLITS, Layout, Split
from imagequant.storage.pixels import FAILED, OK, SUFFIX, PixelIndexRow, write_pixel_index, write_pixel_shard
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tars import list_tar, read_tar
from imagequant.storage.work_cache import WorkCache, fingerprint


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
    engine = processes_on(device, params.engine)
    fresh_folder(layout.data("preprocess"))
    for split in SPLITS:
        _preprocess_split(split, params.preprocess.size, device, engine, layout)


def _preprocess_split(split: Split, size: int, device: DeviceName, engine: EngineParams, layout: Layout) -> None:
    source, folder = layout.data("download") / split, fresh_folder(layout.data("preprocess") / split)
    tars = list_shards(source, "tar")
    if not tars and not source.is_dir():
        raise InputError(f"{source}: no such folder; `dvc repro download` makes it")
    jobs = [_Job(tar, shard_path(folder, int(tar.stem), SUFFIX)) for tar in tars]
    kept = KeptShards.of(WorkCache(layout.work_cache), layout.data("preprocess"))
    build = partial(_build, size, device, kept)
    rows = iterate_shards(build, jobs, engine, f"preprocess {split}")
    write_pixel_index(folder, (row for shard_rows in rows for row in shard_rows))


def _build(size: int, device: DeviceName, kept: KeptShards) -> Callable[[_Job], list[PixelIndexRow]]:
    decoders = ("pillow",) if device == "cpu" else ("pillow", "torch", "torchvision")
    key = fingerprint(size, device, [version(name) for name in decoders], code_fingerprint(__name__))
    return partial(_keep_or_process, size, _squarer(device), kept, key)


def _squarer(device: DeviceName) -> Squarer:
    if device == "cpu":
        return squares_on_cpu
    from imagequant.stages.preprocess.cuda import squares_on_cuda  # noqa: PLC0415

    return squares_on_cuda


def _keep_or_process(size: int, squarer: Squarer, kept: KeptShards, key: str, job: _Job) -> list[PixelIndexRow]:
    # Members are named by the hash of their content, so their names say it all.
    names = list_tar(job.tar)
    name = f"{job.output.parent.name}/{job.output.stem}"
    build = partial(_process, size, squarer, job)
    reasons = kept.keep_or_build(name, fingerprint(key, names), [job.output], build)
    return [
        PixelIndexRow(sha256, job.number, row, FAILED if reason else OK, reason)
        for row, (sha256, reason) in enumerate(zip(names, reasons, strict=True))
    ]


def _process(size: int, squarer: Squarer, job: _Job) -> list[str]:
    """Writes the squares of one tar; returns why each image could not be decoded, empty where it could."""
    shard, reasons = make_shard(read_tar(job.tar), size, squarer)
    write_pixel_shard(job.output, shard)
    return reasons
