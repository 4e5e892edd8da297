"""Arrays as safetensors files with sorted keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

from imagequant.core.files import write_bytes
from imagequant.core.locations import readable

_METADATA = "metadata"
Arrays = Mapping[str, NDArray[np.generic]]


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

    Raises:
        InputError: If the file is missing or not a safetensors file.
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
