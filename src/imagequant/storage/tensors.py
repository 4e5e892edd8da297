"""Arrays as safetensors files with sorted keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from imagequant.errors import InputError
from imagequant.storage.files import write_bytes

_METADATA = "metadata"
Arrays = Mapping[str, NDArray[np.generic]]


def encode_tensors(arrays: Arrays, metadata: dict[str, str] | None = None) -> bytes:
    """Arrays as the bytes of a safetensors file: the same values, the same bytes."""
    ordered = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
    # One key that holds them all: safetensors writes several in the random order of a hash map.
    packed = {_METADATA: json.dumps(metadata, sort_keys=True)} if metadata else None
    return bytes(save(ordered, metadata=packed))


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
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return arrays, json.loads((file.metadata() or {}).get(_METADATA, "{}"))
    except (SafetensorError, json.JSONDecodeError) as error:
        raise InputError(f"{path}: not a readable safetensors file: {error}") from None
