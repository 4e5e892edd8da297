"""CNN features on disk: one safetensors shard beside each shard of pixels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from imagequant.errors import InputError
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tensors import Arrays, encode_tensors, read_tensors, write_tensors

SUFFIX = "safetensors"
_NAMES_KEY = "sha256"
_PARTS = ("pooled", "grid", "square")


@dataclass(frozen=True)
class PhotoFeatures:
    """CNN features of one photo.

    Attributes:
        pooled: The global vector, float32 (2048,).
        grid: Reduced feature map, float32 (channels, rows, columns).
        square: Where in the CNN's square the photo lies: x0, y0, x1, y1 as shares of the side, float32 (4,).
    """

    pooled: NDArray[np.float32]
    grid: NDArray[np.float32]
    square: NDArray[np.float32]


def encode_features(features: PhotoFeatures) -> bytes:
    """One photo's features as bytes, for the work cache."""
    return encode_tensors({part: getattr(features, part) for part in _PARTS})


def decode_features(payload: bytes) -> PhotoFeatures:
    """The inverse of ``encode_features``."""
    return _features(load(payload))


def _features(arrays: Arrays) -> PhotoFeatures:
    return PhotoFeatures(*(np.asarray(arrays[part], dtype=np.float32) for part in _PARTS))


def write_features(
    folder: Path, shard: int, names: Sequence[str], features: Sequence[PhotoFeatures], metadata: dict[str, str]
) -> None:
    """Writes one shard; ``metadata`` says which weights and versions made it."""
    # Half precision: a thousandth of the values, half of the disk. No photos: no arrays, only the metadata.
    arrays: Arrays = (
        {
            "pooled": np.stack([feature.pooled for feature in features]).astype(np.float16),
            "grid": np.stack([feature.grid for feature in features]).astype(np.float16),
            "square": np.stack([feature.square for feature in features]),
        }
        if features
        else {}
    )
    write_tensors(shard_path(folder, shard, SUFFIX), arrays, {**metadata, _NAMES_KEY: json.dumps(list(names))})


def read_features(folder: Path) -> tuple[dict[str, PhotoFeatures], dict[str, str]]:
    """All features of a split by photo, and the metadata its shards share.

    Raises:
        InputError: If there are no shards.
    """
    features: dict[str, PhotoFeatures] = {}
    shared: dict[str, str] = {}
    for path in list_shards(folder, SUFFIX):
        arrays, metadata = read_tensors(path)
        names = json.loads(metadata.pop(_NAMES_KEY))
        shared = metadata
        for row, name in enumerate(names):
            features[name] = _features({part: arrays[part][row] for part in _PARTS})
    if not shared:
        raise InputError(f"{folder}: no CNN features; `dvc repro cnn` makes them")
    return features, shared
