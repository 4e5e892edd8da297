"""Arrays as safetensors files with sorted keys, and the letterboxed images that ``preprocess`` makes of the photos.

Shard ``00000.safetensors`` holds the images of the tar of the same number in the tar's order and can be read without
the index. ``index.parquet`` beside the shards says where each image lies and, if it could not be decoded, why.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

from imagequant.core.errors import InputError
from imagequant.core.files import write_bytes
from imagequant.core.locations import readable
from imagequant.storage.checks import AT_LEAST_0, OK_OR_FAILED, REASON_UNLESS_OK, SHA256
from imagequant.storage.declare import Table

_METADATA = "metadata"
Arrays = Mapping[str, NDArray[np.generic]]
SUFFIX = "safetensors"
INDEX_NAME = "index.parquet"


def encode_tensors(arrays: Arrays, metadata: dict[str, str] | None = None) -> bytes:
    """Returns arrays as the bytes of a safetensors file: the same values give the same bytes."""
    ordered = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
    # Under one key: safetensors writes several keys in random order.
    packed = {_METADATA: json.dumps(metadata, sort_keys=True)} if metadata else None
    return bytes(save(ordered, metadata=packed))


def decode_tensors(payload: bytes) -> Arrays:
    """Returns the arrays of ``encode_tensors``."""
    return load(payload)


def write_tensors(path: Path, arrays: Arrays, metadata: dict[str, str] | None = None) -> None:
    """Writes arrays and string metadata."""
    write_bytes(path, encode_tensors(arrays, metadata))


def read_tensors(path: Path, *, mapped: bool = False) -> tuple[Arrays, dict[str, str]]:
    """Reads all arrays and the metadata.

    If ``mapped`` (needs torch), arrays are views of the file instead of copies, which threads would make one after the
    other.
    """
    with _opened(path, "pt" if mapped else "numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return {name: array.numpy() for name, array in arrays.items()} if mapped else arrays, _metadata(file)


def read_tensor_metadata(path: Path) -> dict[str, str]:
    """Reads the metadata alone; see ``read_tensors``."""
    with _opened(path) as file:
        return _metadata(file)


def read_tensor_shape(path: Path, name: str) -> tuple[int, ...]:
    """Reads the shape of an array; empty if there is no such array. See ``read_tensors``."""
    with _opened(path) as file:
        return tuple(file.get_slice(name).get_shape()) if name in file.keys() else ()  # noqa: SIM118


def read_tensor_rows(path: Path, row: int) -> Arrays:
    """Reads only one row of every array from the disk; see ``read_tensors``."""
    with _opened(path) as file:
        return {name: file.get_slice(name)[row] for name in file.keys()}  # noqa: SIM118


def _metadata(file: Any) -> dict[str, str]:
    metadata: dict[str, str] = json.loads((file.metadata() or {}).get(_METADATA, "{}"))
    return metadata


@contextmanager
def _opened(path: Path, framework: str = "numpy") -> Iterator[Any]:
    problem = "not a readable safetensors file"
    with (
        readable(path, problem, SafetensorError, json.JSONDecodeError) as local,
        safe_open(local, framework=framework) as file,
    ):
        yield file


@dataclass(frozen=True)
class PixelShard:
    """Letterboxed images of N photos.

    Attributes:
        sha256: Content hashes of the image files, N of them.
        images: uint8 (N, 3, size, size), RGB; white where ``ok`` is 0.
        boxes: float32 (N, 4): where each photo lies in its image; x0, y0, x1, y1 as shares of the side.
        ok: uint8 (N,): 1 if the photo could be decoded.
    """

    sha256: tuple[str, ...]
    images: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    ok: NDArray[np.uint8]

    def digest(self) -> str:
        """Returns the SHA-256 of all fields, in hexadecimal."""
        digest = hashlib.sha256(json.dumps([self.sha256, self.images.shape]).encode())
        for array in (self.images, self.boxes, self.ok):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class PixelIndexRow:
    """Where the letterboxed image of a photo lies; photos that could not be decoded are white there."""

    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    shard: Annotated[int, pa.int32(), AT_LEAST_0, "Number of the shard, the same as the tar's."]
    row: Annotated[int, pa.int32(), AT_LEAST_0, "Its place in the shard, from 0."]
    status: Annotated[str, OK_OR_FAILED, "Whether it could be decoded."]
    reason: Annotated[str, "Why not, in one line for people; else empty."]


PIXEL_INDEX = Table(PixelIndexRow, f"data/preprocess/<split>/{INDEX_NAME}", REASON_UNLESS_OK)


def write_pixel_shard(path: Path, shard: PixelShard) -> None:
    """Writes a shard."""
    arrays: dict[str, NDArray[np.generic]] = {"images": shard.images, "boxes": shard.boxes, "ok": shard.ok}
    write_tensors(path, arrays, {"sha256": json.dumps(shard.sha256)})


def read_pixel_shard(path: Path, *, mapped: bool = False) -> PixelShard:
    """Reads a shard; for ``mapped`` see ``read_tensors``."""
    arrays, metadata = read_tensors(path, mapped=mapped)
    try:
        images, boxes, ok = (arrays[name] for name in ("images", "boxes", "ok"))
        sha256 = tuple(json.loads(metadata["sha256"]))
    except (KeyError, json.JSONDecodeError):
        raise InputError(f"{path}: not a shard of letterboxed images; `dvc repro preprocess` makes one") from None
    return PixelShard(
        sha256,
        images.astype(np.uint8, copy=False),
        boxes.astype(np.float32, copy=False),
        ok.astype(np.uint8, copy=False),
    )
