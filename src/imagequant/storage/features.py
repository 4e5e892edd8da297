"""CNN features on disk: one safetensors shard for each shard of letterboxed images."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from imagequant.core.errors import InputError
from imagequant.core.locations import folder_at_hand
from imagequant.core.records import PhotoFeatures
from imagequant.storage.layout import list_shards, shard_path
from imagequant.storage.lookup import ByPhoto
from imagequant.storage.tensors import (
    Arrays,
    decode_tensors,
    encode_tensors,
    read_tensor_metadata,
    read_tensor_rows,
    read_tensor_shape,
    write_tensors,
)

SUFFIX = "safetensors"
_NAMES_KEY = "sha256"
_PARTS = ("pooled", "grid", "square")
# Photos that stay in memory: several questions ask about one, and small sets are read many times.
_CACHED_PHOTOS = 1024


def encode_features(features: PhotoFeatures) -> bytes:
    """Returns one photo's features as bytes, for the work cache."""
    return encode_tensors({part: getattr(features, part) for part in _PARTS})


def decode_features(payload: bytes) -> PhotoFeatures:
    """Returns the features of ``encode_features``."""
    return _features(decode_tensors(payload))


def _features(arrays: Arrays) -> PhotoFeatures:
    return PhotoFeatures(*(np.asarray(arrays[part], dtype=np.float32) for part in _PARTS))


def write_features(
    folder: Path, shard: int, names: Sequence[str], features: Sequence[PhotoFeatures], metadata: dict[str, str]
) -> None:
    """Writes one shard; ``metadata`` has the weights and versions that made it."""
    # Half precision: a relative error of a thousandth for half of the disk space. Without photos there are no arrays.
    arrays = {part: np.stack([getattr(each, part) for each in features]) for part in _PARTS if features}
    arrays |= {part: arrays[part].astype(np.float16) for part in ("pooled", "grid") if features}
    write_tensors(shard_path(folder, shard, SUFFIX), arrays, {**metadata, _NAMES_KEY: json.dumps(list(names))})


def read_feature_metadata(folder: Path) -> dict[str, str]:
    """Reads the ``metadata`` that the shards of a split were written with."""
    paths = list_shards(folder, SUFFIX)
    metadata = read_tensor_metadata(paths[-1]) if paths else {}
    metadata.pop(_NAMES_KEY, None)
    if not metadata:
        raise InputError(f"{folder}: no CNN features; `dvc repro cnn` makes them")
    return metadata


class Features(ByPhoto[PhotoFeatures]):
    """The features of a split by photo; ``blank`` stands for photos without features."""

    def __init__(self, folder: Path) -> None:
        """Indexes the photos."""
        # A local copy, because many small parts are read in any order.
        folder, self._copies = folder_at_hand(folder)
        self._folder = folder
        self.metadata = read_feature_metadata(folder)
        super().__init__(list_shards(folder, SUFFIX), lambda path: json.loads(read_tensor_metadata(path)[_NAMES_KEY]))
        shapes = ([read_tensor_shape(path, part) for part in ("pooled", "grid")] for path in self._paths)
        pooled, grid = next((each for each in shapes if all(each)), ((0, 1), (0, 1)))
        self.blank = PhotoFeatures.blank(pooled[1], grid[1])
        # Of the instance, so that cached photos are freed with it.
        self._recent = lru_cache(_CACHED_PHOTOS)(lambda path, row: _features(read_tensor_rows(path, row)))

    def __reduce__(self) -> tuple[type[Features], tuple[Path]]:
        # Another process reads the same files; what is cached stays here.
        return Features, (self._folder,)

    def _read(self, path: Path, row: int, name: str) -> PhotoFeatures:  # noqa: ARG002
        return self._recent(path, row)
