"""The squares that ``preprocess`` makes of the photos, and the index that finds them.

A shard ``00000.safetensors`` stands for the tar of the same number, its images in the tar's order, and is complete in
itself; ``index.parquet`` beside the shards says for every image where it lies and why it is missing if it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from imagequant.core.errors import InputError
from imagequant.storage.shards import list_shards
from imagequant.storage.tables import read_rows, write_table
from imagequant.storage.tensors import read_tensors, write_tensors

OK = "ok"
FAILED = "failed"
SUFFIX = "safetensors"
INDEX_NAME = "index.parquet"

INDEX_SCHEMA = pa.schema(
    [
        ("sha256", pa.string()),
        ("shard", pa.int32()),
        ("row", pa.int32()),
        ("status", pa.string()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class PixelShard:
    """Squares of N photos.

    Attributes:
        sha256: Content hashes of the image files, N of them.
        images: uint8 (N, 3, size, size), RGB; white where ``ok`` is 0.
        boxes: float32 (N, 4): where in its square each photo lies, x0, y0, x1, y1 as shares of the side.
        ok: uint8 (N,): 1 where the photo could be decoded.
    """

    sha256: tuple[str, ...]
    images: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    ok: NDArray[np.uint8]

    def digest(self) -> str:
        """The SHA-256 of all of it, in hexadecimal."""
        digest = hashlib.sha256(json.dumps([self.sha256, self.images.shape]).encode())
        for array in (self.images, self.boxes, self.ok):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class PixelIndexRow:
    """Where an image's square lies; ``reason`` says in one line why it is only white, when ``status`` is failed."""

    sha256: str
    shard: int
    row: int
    status: str
    reason: str


def write_pixel_shard(path: Path, shard: PixelShard) -> None:
    """Writes a shard."""
    arrays: dict[str, NDArray[np.generic]] = {"images": shard.images, "boxes": shard.boxes, "ok": shard.ok}
    write_tensors(path, arrays, {"sha256": json.dumps(shard.sha256)})


def read_pixel_shard(path: Path, *, mapped: bool = False) -> PixelShard:
    """Reads a shard; ``mapped`` as ``read_tensors`` has it.

    Raises:
        InputError: If it is missing, damaged or no shard of squares.
    """
    arrays, metadata = read_tensors(path, mapped=mapped)
    try:
        images, boxes, ok = (arrays[name] for name in ("images", "boxes", "ok"))
        sha256 = tuple(json.loads(metadata["sha256"]))
    except (KeyError, json.JSONDecodeError):
        raise InputError(f"{path}: not a shard of squares; `dvc repro preprocess` makes one") from None
    return PixelShard(
        sha256,
        images.astype(np.uint8, copy=False),
        boxes.astype(np.float32, copy=False),
        ok.astype(np.uint8, copy=False),
    )


def list_pixel_shards(folder: Path) -> list[Path]:
    """The shards of one split (``data/preprocess/<split>``) in order."""
    return list_shards(folder, SUFFIX)


def write_pixel_index(folder: Path, rows: Iterable[PixelIndexRow]) -> None:
    """Writes the index of one split, rows in the order given."""
    write_table(folder / INDEX_NAME, (asdict(row) for row in rows), INDEX_SCHEMA)


def read_pixel_index(folder: Path) -> list[PixelIndexRow]:
    """Reads the index of one split."""
    return [PixelIndexRow(**row) for row in read_rows(folder / INDEX_NAME)]
