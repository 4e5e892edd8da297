"""``data/download/<split>/*.tar`` -> ``data/preprocess/<split>/{00000.safetensors, ..., index.parquet}``."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder
from imagequant.executor import iterate_shards
from imagequant.executor.run import DeviceName, pick_device, processes_on
from imagequant.params import Params
from imagequant.stages.preprocess.letterboxed import Letterboxer, letterbox_on_cpu, make_shard
from imagequant.storage.checks import FAILED, OK
from imagequant.storage.code import code_fingerprint
from imagequant.storage.layout import SPLITS, Layout, ShardJob, shard_jobs, shard_path
from imagequant.storage.tars import list_tar, read_tar
from imagequant.storage.tensors import INDEX_NAME, PIXEL_INDEX, SUFFIX, PixelIndexRow, write_pixel_shard
from imagequant.storage.work_cache import ShardCache, WorkCache, fingerprint


def run(params: Params, layout: Layout) -> None:
    """Letterboxes the photos of both splits."""
    device = pick_device(params.preprocess.device, "preprocess.device")
    executor = processes_on(device, params.executor)
    folder = fresh_folder(layout.data("preprocess"))
    jobs = shard_jobs(layout.data("download"), "tar", folder)
    build = partial(_build, params.preprocess.size, device, WorkCache(layout.work_cache).shards(folder))
    for split in SPLITS:
        source = layout.data("download") / split
        if not source.is_dir():
            raise InputError(f"{source}: no such folder; `dvc repro download` makes it")
        own = [job for job in jobs if job.folder.name == split]
        rows = iterate_shards(build, own, executor, f"preprocess {split}")
        PIXEL_INDEX.write(fresh_folder(folder / split) / INDEX_NAME, (row for shard_rows in rows for row in shard_rows))


def _build(size: int, device: DeviceName, shards: ShardCache) -> Callable[[ShardJob], list[PixelIndexRow]]:
    decoders = ("pillow",) if device == "cpu" else ("pillow", "torch", "torchvision")
    key = fingerprint(size, device, [version(name) for name in decoders], code_fingerprint(__name__))
    letterboxer: Letterboxer = letterbox_on_cpu
    if device == "cuda":
        from imagequant.stages.preprocess.cuda import letterbox_on_cuda as letterboxer  # noqa: PLC0415
    return partial(_get_or_process, size, letterboxer, shards, key)


def _get_or_process(
    size: int, letterboxer: Letterboxer, shards: ShardCache, key: str, job: ShardJob
) -> list[PixelIndexRow]:
    path = shard_path(job.folder, job.number, SUFFIX)

    def process() -> list[str]:
        shard, reasons = make_shard(read_tar(job.source), size, letterboxer)
        write_pixel_shard(path, shard)
        return reasons

    # Content hashes identify the photos.
    names = list_tar(job.source)
    reasons = shards.get_or_build(job.name, fingerprint(key, names), [path], process)
    return [
        PixelIndexRow(sha256, job.number, row, FAILED if reason else OK, reason)
        for row, (sha256, reason) in enumerate(zip(names, reasons, strict=True))
    ]
