"""Arrays as safetensors files with sorted keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from imagequant.errors import InputError
from imagequant.storage.files import write_bytes

Arrays = Mapping[str, NDArray[np.generic]]


def encode_tensors(arrays: Arrays, metadata: dict[str, str] | None = None) -> bytes:
    """Arrays as the bytes of a safetensors file, keys and metadata sorted."""
    ordered = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
    return bytes(save(ordered, metadata=dict(sorted((metadata or {}).items())) or None))


def write_tensors(path: Path, arrays: Arrays, metadata: dict[str, str] | None = None) -> None:
    """Writes arrays and string metadata."""
    write_bytes(path, encode_tensors(arrays, metadata))


def read_tensors(path: Path) -> tuple[Arrays, dict[str, str]]:
    """Reads all arrays and the metadata.

    Raises:
        InputError: If the file is missing or no safetensors file.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file; `dvc repro` makes it")
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise InputError(f"{path}: not a readable safetensors file: {error}") from None
