"""``data/preprocess/<split>`` -> ``data/cnn/<split>/*.safetensors``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imagequant.core.files import fresh_folder, write_bytes
from imagequant.core.records import PhotoFeatures
from imagequant.executor import map_shards
from imagequant.executor.device import DeviceName, pick_device, threads_on
from imagequant.params import CnnParams, Params
from imagequant.storage.code import code_fingerprint
from imagequant.storage.features import SUFFIX, decode_features, encode_features, write_features
from imagequant.storage.kept_shards import KeptShards
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.pixels import PixelShard, list_pixel_shards, read_pixel_shard
from imagequant.storage.shards import shard_path
from imagequant.storage.work_cache import WorkCache, fingerprint

_AREA = "cnn"
_OPSET = 18
_NETWORK = ".network"
# Modules whose code decides about features.
_EXTRACTORS = (
    "imagequant.model.cnn.backbone",
    "imagequant.model.cnn.openvino_extractor",
    "imagequant.model.cnn.torch_extractor",
)

# Squares (N, 3, S, S) to pooled vectors and grids.
Extract = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]
# What makes the extractor in a worker of the network's bytes; these; what names them and the libraries in the outputs.
Loaded = tuple[Callable[[bytes], Extract], bytes, dict[str, str]]


@dataclass(frozen=True)
class Shard:
    """A shard of squares and the folder its features go to."""

    pixels: Path
    output: Path


@dataclass(frozen=True)
class Extractor:
    """A loaded network with what names its results: ``key`` a photo's, ``shard_key`` a shard's."""

    extract: Extract
    device: DeviceName
    metadata: dict[str, str]
    key: str
    shard_key: str
    cache: WorkCache
    kept: KeptShards


def run(params: Params, layout: Layout) -> None:
    """Extracts features of both splits."""
    device = pick_device(params.cnn.device, "cnn.device")
    root = fresh_folder(layout.data("cnn"))
    shards = [
        Shard(path, root / split) for split in SPLITS for path in list_pixel_shards(layout.data("preprocess") / split)
    ]
    # Loaded once, here: its one line about missing weights is said once, and its errors come before any work.
    load = _load_for_cuda if device == "cuda" else _load_for_cpu
    make, network, metadata = load(params.cnn, params.preprocess.size)
    cache = WorkCache(layout.work_cache)
    # Where every worker can read it, on whatever machine: handed to each, it would keep the next from starting.
    shared = root / _NETWORK
    write_bytes(shared, network)
    try:
        build = partial(_build, make, shared, device, metadata, cache, KeptShards.of(cache, root))
        map_shards(build, shards, threads_on(device, params.engine), "cnn")
    finally:
        shared.unlink()


def _load_for_cpu(params: CnnParams, size: int) -> Loaded:
    """The network's ONNX form: workers need no torch."""
    import openvino  # noqa: PLC0415  (each of the two needs what the other does without)
    import torch  # noqa: PLC0415

    from imagequant.model.cnn.backbone import load_backbone  # noqa: PLC0415
    from imagequant.model.cnn.onnx_export import backbone_to_onnx  # noqa: PLC0415
    from imagequant.model.cnn.openvino_extractor import OpenVinoExtractor  # noqa: PLC0415

    backbone, weights = load_backbone(params, torch.device("cpu"))
    network = backbone_to_onnx(backbone, size, _OPSET)
    metadata = {
        **weights.metadata(),
        "network": hashlib.sha256(network).hexdigest(),
        "openvino": openvino.__version__,
        "device": f"cpu, {params.precision}",
    }
    return partial(OpenVinoExtractor, precision=params.precision), network, metadata


def _load_for_cuda(params: CnnParams, size: int) -> Loaded:
    import torch  # noqa: PLC0415
    import torchvision  # noqa: PLC0415
    from safetensors.torch import save  # noqa: PLC0415

    from imagequant.model.cnn.backbone import load_backbone  # noqa: PLC0415
    from imagequant.model.cnn.torch_extractor import TorchExtractor  # noqa: PLC0415

    backbone, weights = load_backbone(params, torch.device("cpu"))
    metadata = {
        **weights.metadata(),
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        # The card's name and the batch too: both choose the kernels, and with them the last digits.
        "device": f"{torch.cuda.get_device_name()}, {params.precision}, {params.batch_size} at a time",
    }
    return partial(TorchExtractor, params=params, size=size, device="cuda"), save(backbone.state_dict()), metadata


def _build(
    make: Callable[[bytes], Extract],
    network: Path,
    device: DeviceName,
    metadata: dict[str, str],
    cache: WorkCache,
    kept: KeptShards,
) -> Callable[[Shard], None]:
    code = code_fingerprint(*_EXTRACTORS, within="imagequant.model")
    key = fingerprint(metadata, code)
    shard_key = fingerprint(key, code_fingerprint(__name__))
    extract = make(network.read_bytes())
    return partial(keep_or_extract, Extractor(extract, device, metadata, key, shard_key, cache, kept))


def keep_or_extract(loaded: Extractor, shard: Shard) -> None:
    """Has the features of one shard as they were extracted from the same squares, or extracts them."""
    pixels = read_pixel_shard(shard.pixels, mapped=loaded.device == "cuda")
    path = shard_path(shard.output, int(shard.pixels.stem), SUFFIX)
    name = f"{shard.output.name}/{shard.pixels.stem}"
    key = fingerprint(loaded.shard_key, pixels.digest())
    loaded.kept.keep_or_build(name, key, [path], partial(_extract_shard, loaded, shard, pixels))


def _extract_shard(loaded: Extractor, shard: Shard, pixels: PixelShard) -> None:
    """Writes the features of one shard; photos that could not be decoded have none."""
    rows = np.flatnonzero(pixels.ok)
    squares, boxes = (pixels.images, pixels.boxes) if pixels.ok.all() else (pixels.images[rows], pixels.boxes[rows])
    # A GPU computes a photo in less time than it takes to look one up.
    features = (_extract if loaded.device == "cuda" else _recall_or_extract)(loaded, squares, boxes)
    names = [pixels.sha256[row] for row in rows]
    write_features(shard.output, int(shard.pixels.stem), names, features, loaded.metadata)


def _extract(loaded: Extractor, squares: NDArray[np.uint8], boxes: NDArray[np.float32]) -> list[PhotoFeatures]:
    return list(map(PhotoFeatures, *loaded.extract(squares), boxes)) if len(squares) else []


def _recall_or_extract(
    loaded: Extractor, squares: NDArray[np.uint8], boxes: NDArray[np.float32]
) -> list[PhotoFeatures]:
    """As ``_extract``, of those photos that were not extracted before, whatever shard they were in then."""
    keys = [
        fingerprint(loaded.key, hashlib.sha256(square.tobytes()).hexdigest(), box.tolist())
        for square, box in zip(squares, boxes, strict=True)
    ]
    stored = [loaded.cache.get(_AREA, key) for key in keys]
    missing = [row for row, payload in enumerate(stored) if payload is None]
    extracted = dict(zip(missing, _extract(loaded, squares[missing], boxes[missing]), strict=True))
    for row, features in extracted.items():
        loaded.cache.put(_AREA, keys[row], encode_features(features))
    return [extracted[row] if payload is None else decode_features(payload) for row, payload in enumerate(stored)]
