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
from imagequant.params import ExecutorParams, Params
from imagequant.stages.preprocess.letterboxed import Letterboxer, letterbox_on_cpu, make_shard
from imagequant.storage.checks import FAILED, OK
from imagequant.storage.code import code_fingerprint
from imagequant.storage.layout import SPLITS, Layout, Split
from imagequant.storage.pixels import SUFFIX, PixelIndexRow, write_pixel_index, write_pixel_shard
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tars import list_tar, read_tar
from imagequant.storage.work_cache import ShardCache, WorkCache, fingerprint


@dataclass(frozen=True)
class _PixelJob:
    """A tar and the file its letterboxed images go to."""

    tar: Path
    output: Path

    @property
    def number(self) -> int:
        return int(self.tar.stem)


def run(params: Params, layout: Layout) -> None:
    """Letterboxes the photos of both splits."""
    device = pick_device(params.preprocess.device, "preprocess.device")
    executor = processes_on(device, params.executor)
    fresh_folder(layout.data("preprocess"))
    for split in SPLITS:
        _preprocess_split(split, params.preprocess.size, device, executor, layout)


def _preprocess_split(split: Split, size: int, device: DeviceName, executor: ExecutorParams, layout: Layout) -> None:
    source, folder = layout.data("download") / split, fresh_folder(layout.data("preprocess") / split)
    tars = list_shards(source, "tar")
    if not tars and not source.is_dir():
        raise InputError(f"{source}: no such folder; `dvc repro download` makes it")
    jobs = [_PixelJob(tar, shard_path(folder, int(tar.stem), SUFFIX)) for tar in tars]
    shards = WorkCache(layout.work_cache).shards(layout.data("preprocess"))
    build = partial(_build, size, device, shards)
    rows = iterate_shards(build, jobs, executor, f"preprocess {split}")
    write_pixel_index(folder, (row for shard_rows in rows for row in shard_rows))


def _build(size: int, device: DeviceName, shards: ShardCache) -> Callable[[_PixelJob], list[PixelIndexRow]]:
    decoders = ("pillow",) if device == "cpu" else ("pillow", "torch", "torchvision")
    key = fingerprint(size, device, [version(name) for name in decoders], code_fingerprint(__name__))
    return partial(_get_or_process, size, _letterboxer(device), shards, key)


def _letterboxer(device: DeviceName) -> Letterboxer:
    if device == "cpu":
        return letterbox_on_cpu
    from imagequant.stages.preprocess.cuda import letterbox_on_cuda  # noqa: PLC0415

    return letterbox_on_cuda


def _get_or_process(
    size: int, letterboxer: Letterboxer, shards: ShardCache, key: str, job: _PixelJob
) -> list[PixelIndexRow]:
    # Content hashes identify the photos.
    names = list_tar(job.tar)
    name = f"{job.output.parent.name}/{job.output.stem}"
    build = partial(_process, size, letterboxer, job)
    reasons = shards.get_or_build(name, fingerprint(key, names), [job.output], build)
    return [
        PixelIndexRow(sha256, job.number, row, FAILED if reason else OK, reason)
        for row, (sha256, reason) in enumerate(zip(names, reasons, strict=True))
    ]


def _process(size: int, letterboxer: Letterboxer, job: _PixelJob) -> list[str]:
    """Letterboxes the photos of one tar; returns why each could not be decoded, empty if it could."""
    shard, reasons = make_shard(read_tar(job.tar), size, letterboxer)
    write_pixel_shard(job.output, shard)
    return reasons
