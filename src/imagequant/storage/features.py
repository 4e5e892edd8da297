"""CNN features on disk: one safetensors shard beside each shard of pixels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from imagequant.core.errors import InputError
from imagequant.core.locations import folder_at_hand
from imagequant.core.records import PhotoFeatures
from imagequant.storage.lookup import Lookup, digest
from imagequant.storage.shards import list_shards, shard_path
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
# More photos than a shard has.
_ROWS = 2**32
# Photos kept after they were read: several questions ask about one, and small sets are gone through many times.
_RECENT = 1024


def encode_features(features: PhotoFeatures) -> bytes:
    """One photo's features as bytes, for the work cache."""
    return encode_tensors({part: getattr(features, part) for part in _PARTS})


def decode_features(payload: bytes) -> PhotoFeatures:
    """The inverse of ``encode_features``."""
    return _features(decode_tensors(payload))


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


def read_feature_metadata(folder: Path) -> dict[str, str]:
    """What the shards of a split share: the ``metadata`` they were written with.

    Raises:
        InputError: If there are no shards.
    """
    paths = list_shards(folder, SUFFIX)
    metadata = read_tensor_metadata(paths[-1]) if paths else {}
    metadata.pop(_NAMES_KEY, None)
    if not metadata:
        raise InputError(f"{folder}: no CNN features; `dvc repro cnn` makes them")
    return metadata


class Features(Mapping[str, PhotoFeatures]):
    """All features of a split by photo, each read when it is asked for: what is held are some bytes a photo.

    Attributes:
        metadata: What the shards share.
        channels: Of the grids; 1 where there is no photo.
    """

    def __init__(self, folder: Path) -> None:
        """Looks at which photos there are.

        Raises:
            InputError: If there are no shards.
        """
        # Many small pieces are read, in any order.
        folder, self._copies = folder_at_hand(folder)
        self.metadata = read_feature_metadata(folder)
        self._paths = list_shards(folder, SUFFIX)
        self._places = Lookup.from_pairs(
            (digest(name), number * _ROWS + row)
            for number, path in enumerate(self._paths)
            for row, name in enumerate(_names(path))
        )
        grids = (read_tensor_shape(path, "grid") for path in self._paths)
        self.channels = next((shape[1] for shape in grids if shape), 1)
        # A method, so that what is kept goes with the object.
        self._recent = lru_cache(_RECENT)(self._read)

    def __getitem__(self, name: str) -> PhotoFeatures:
        place = self._places.get(digest(name))
        if place is None:
            raise KeyError(name)
        return self._recent(place)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._places.get(digest(name)) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for path in self._paths for name in _names(path))

    def __len__(self) -> int:
        return len(self._places)

    def _read(self, place: int) -> PhotoFeatures:
        shard, row = divmod(place, _ROWS)
        return _features(read_tensor_rows(self._paths[shard], row))


def _names(path: Path) -> list[str]:
    names: list[str] = json.loads(read_tensor_metadata(path)[_NAMES_KEY])
    return names
