"""``data/preprocess/<split>`` -> ``data/cnn/<split>/*.safetensors``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torchvision

from imagequant.engine import map_shards
from imagequant.imaging.device import pick_device
from imagequant.layout import SPLITS, Layout
from imagequant.model.backbone import Backbone, Weights, extract, load_backbone, settle
from imagequant.params import CnnParams, Params
from imagequant.storage.code import code_fingerprint
from imagequant.storage.features import PhotoFeatures, decode_features, encode_features, write_features
from imagequant.storage.files import fresh_folder
from imagequant.storage.pixels import list_pixel_shards, read_pixel_shard
from imagequant.storage.work_cache import WorkCache, fingerprint

_AREA = "cnn"


@dataclass(frozen=True)
class Shard:
    """A shard of squares and the folder its features go to."""

    pixels: Path
    output: Path


def run(params: Params, layout: Layout) -> None:
    """Extracts features of both splits."""
    device = pick_device(params.cnn.device, "cnn.device")
    root = fresh_folder(layout.data("cnn"))
    shards = [
        Shard(path, root / split) for split in SPLITS for path in list_pixel_shards(layout.data("preprocess") / split)
    ]
    # Loaded once here too: its one line about missing weights is said once, and its errors come before any work.
    _, weights = load_backbone(params.cnn, torch.device("cpu"))
    settled = settle(params.cnn, weights)
    engine = replace(params.engine, name="serial") if device == "cuda" else params.engine
    map_shards(partial(_build, settled, weights, device, layout.work_cache), shards, engine, "cnn")


def _build(params: CnnParams, weights: Weights, device: str, cache_root: Path) -> Callable[[Shard], None]:
    torch.set_num_threads(1 if device == "cpu" else torch.get_num_threads())
    backbone, _ = load_backbone(params, torch.device(device))
    metadata = {
        **weights.metadata(),
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "device": device,
    }
    module = extract.__module__
    key = fingerprint(metadata, params.grid_channels, params.seed, code_fingerprint(module, within=module))
    return partial(extract_shard, Extractor(backbone, params, metadata, key, WorkCache(cache_root)))


@dataclass(frozen=True)
class Extractor:
    """A loaded network with what names its results."""

    backbone: Backbone
    params: CnnParams
    metadata: dict[str, str]
    key: str
    cache: WorkCache


def extract_shard(extractor: Extractor, shard: Shard) -> None:
    """Writes the features of one shard; photos that could not be decoded have none."""
    pixels = read_pixel_shard(shard.pixels)
    rows = np.flatnonzero(pixels.ok)
    keys = [
        fingerprint(extractor.key, hashlib.sha256(pixels.images[row].tobytes()).hexdigest(), pixels.boxes[row].tolist())
        for row in rows
    ]
    stored = {row: extractor.cache.get(_AREA, key) for row, key in zip(rows, keys, strict=True)}
    missing = [(row, key) for row, key in zip(rows, keys, strict=True) if stored[row] is None]
    features = {row: decode_features(payload) for row, payload in stored.items() if payload is not None}
    if missing:
        images = pixels.images[[row for row, _ in missing]]
        pooled, grids = extract(extractor.backbone, images, extractor.params.batch_size)
        for (row, key), vector, grid in zip(missing, pooled, grids, strict=True):
            features[row] = PhotoFeatures(vector, grid, pixels.boxes[row])
            extractor.cache.put(_AREA, key, encode_features(features[row]))
    names = [pixels.sha256[row] for row in rows]
    write_features(shard.output, int(shard.pixels.stem), names, [features[row] for row in rows], extractor.metadata)
