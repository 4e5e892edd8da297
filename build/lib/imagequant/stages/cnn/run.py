"""``data/preprocess/<split>`` -> ``data/cnn/<split>/*.safetensors``."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imagequant.core import arithmetic
from imagequant.core.files import fresh_folder, write_bytes
from imagequant.core.records import PhotoFeatures
from imagequant.executor import map_shards
from imagequant.executor.run import DeviceName, pick_device, threads_on
from imagequant.params import CnnParams, Params
from imagequant.storage.code import code_fingerprint
from imagequant.storage.features import SUFFIX, decode_features, encode_features, write_features
from imagequant.storage.layout import Layout, ShardJob, shard_jobs, shard_path
from imagequant.storage.tensors import PixelShard, read_pixel_shard
from imagequant.storage.work_cache import ShardCache, WorkCache, fingerprint

_AREA = "cnn"
_OPSET = 18
_NETWORK = ".network"
# Modules whose code decides about features.
_EXTRACTORS = (
    "imagequant.model.cnn.backbone",
    "imagequant.model.cnn.efficientnet",
    "imagequant.model.cnn.openvino_extractor",
    "imagequant.model.cnn.torch_extractor",
)

# Letterboxed images (N, 3, S, S) to pooled vectors and grids.
Extract = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]
# What builds the extractor from the network's bytes in a worker; these bytes; metadata for the outputs.
Network = tuple[Callable[[bytes], Extract], bytes, dict[str, str]]


@dataclass(frozen=True)
class Extractor:
    """A loaded network; ``key`` and ``shard_key`` hash what a photo's and a shard's result depends on beside pixels."""

    extract: Extract
    device: DeviceName
    metadata: dict[str, str]
    key: str
    shard_key: str
    cache: WorkCache
    shards: ShardCache


def run(params: Params, layout: Layout) -> None:
    """Extracts features of both splits."""
    device = pick_device(params.cnn.device, "cnn.device")
    root = fresh_folder(layout.data("cnn"))
    jobs = shard_jobs(layout.data("preprocess"), SUFFIX, root)
    # Loaded here once: errors come before any work.
    make, network, metadata = _load(params.cnn, params.preprocess.size, device)
    cache = WorkCache(layout.work_cache)
    # A file that workers on any machine can read: passing the bytes to each would delay the start of the next.
    shared = root / _NETWORK
    write_bytes(shared, network)
    try:
        build = partial(_build, make, shared, device, metadata, cache, cache.shards(root))
        map_shards(build, jobs, threads_on(device, params.executor), "cnn")
    finally:
        shared.unlink()


def _load(params: CnnParams, size: int, device: DeviceName) -> Network:
    import torch  # noqa: PLC0415  (workers on a CPU need none of these)

    from imagequant.model.cnn.backbone import load_backbone  # noqa: PLC0415

    backbone, weights = load_backbone(params)
    if device == "cuda":
        import torchvision  # noqa: PLC0415
        from safetensors.torch import save  # noqa: PLC0415

        from imagequant.model.cnn.torch_extractor import TorchExtractor  # noqa: PLC0415

        versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
        # The GPU and the batch size choose the kernels, and with them the last digits.
        about = f"{torch.cuda.get_device_name()}, {params.precision}, {params.batch_size} at a time"
        metadata = {**weights.metadata(), **versions, "device": about}
        return partial(TorchExtractor, params=params, size=size, device="cuda"), save(backbone.state_dict()), metadata
    import openvino  # noqa: PLC0415

    from imagequant.model.cnn.onnx_export import backbone_to_onnx  # noqa: PLC0415
    from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor  # noqa: PLC0415

    network = backbone_to_onnx(backbone, size, _OPSET)
    versions = {"network": hashlib.sha256(network).hexdigest(), "openvino": openvino.__version__}
    metadata = {**weights.metadata(), **versions, "device": f"cpu, {params.precision}"}
    return partial(OpenVinoExtractor, precision=params.precision), network, metadata


def _build(
    make: Callable[[bytes], Extract],
    network: Path,
    device: DeviceName,
    metadata: dict[str, str],
    cache: WorkCache,
    shards: ShardCache,
) -> Callable[[ShardJob], None]:
    code = code_fingerprint(*_EXTRACTORS, within="imagequant.model")
    key = fingerprint(metadata, arithmetic.in_use(), code)
    shard_key = fingerprint(key, code_fingerprint(__name__))
    extract = _loaded_when_called(lambda: make(network.read_bytes()))
    return partial(get_or_extract, Extractor(extract, device, metadata, key, shard_key, cache, shards))


def _loaded_when_called(load: Callable[[], Extract]) -> Extract:
    """Return a network that is loaded for the first images: never, if all features are in the work cache."""
    loaded = lru_cache(load)

    def extract(images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return loaded()(images)

    return extract


def get_or_extract(extractor: Extractor, job: ShardJob) -> None:
    """Takes the features of one shard from the work cache, or extracts them."""
    pixels = read_pixel_shard(job.source, mapped=extractor.device == "cuda")
    path = shard_path(job.folder, job.number, SUFFIX)
    key = fingerprint(extractor.shard_key, pixels.digest())
    extractor.shards.get_or_build(job.name, key, [path], lambda: _extract_shard(extractor, job, pixels))


def _extract_shard(extractor: Extractor, job: ShardJob, pixels: PixelShard) -> None:
    """Writes the features of one shard; photos that could not be decoded have none."""
    rows = np.flatnonzero(pixels.ok)
    images, boxes = (pixels.images, pixels.boxes) if pixels.ok.all() else (pixels.images[rows], pixels.boxes[rows])
    # A GPU computes a photo in less time than it takes to look one up.
    features = (_extract if extractor.device == "cuda" else _get_or_extract_each)(extractor, images, boxes)
    write_features(job.folder, job.number, [pixels.sha256[row] for row in rows], features, extractor.metadata)


def _extract(extractor: Extractor, images: NDArray[np.uint8], boxes: NDArray[np.float32]) -> list[PhotoFeatures]:
    return list(map(PhotoFeatures, *extractor.extract(images), boxes)) if len(images) else []


def _get_or_extract_each(
    extractor: Extractor, images: NDArray[np.uint8], boxes: NDArray[np.float32]
) -> list[PhotoFeatures]:
    """As ``_extract``, but takes photos that were extracted before from the work cache, whatever their shard was."""
    hashes = [hashlib.sha256(image.tobytes()).hexdigest() for image in images]
    keys = [fingerprint(extractor.key, digest, box.tolist()) for digest, box in zip(hashes, boxes, strict=True)]
    stored = [extractor.cache.get(_AREA, key) for key in keys]
    missing = [row for row, payload in enumerate(stored) if payload is None]
    extracted = dict(zip(missing, _extract(extractor, images[missing], boxes[missing]), strict=True))
    for row, features in extracted.items():
        extractor.cache.put(_AREA, keys[row], encode_features(features))
    return [extracted[row] if payload is None else decode_features(payload) for row, payload in enumerate(stored)]
