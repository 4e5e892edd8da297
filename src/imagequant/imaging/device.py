"""Choosing the device that ``device: auto | cpu | cuda`` means on this machine."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Literal

from imagequant.errors import InputError
from imagequant.params import EngineParams

DeviceName = Literal["cpu", "cuda"]
# That share a GPU: while one reads and writes files, another computes. Each holds a context of half a gigabyte.
GPU_PROCESSES = 8


def pick_device(wanted: str, key: str) -> DeviceName:
    """``auto`` takes the GPU where there is one.

    Args:
        wanted: ``auto``, ``cpu`` or ``cuda``.
        key: The parameter's name, for the error (``preprocess.device``).

    Raises:
        InputError: If a GPU is asked for and there is none.
    """
    if wanted == "cpu":
        return "cpu"
    import torch  # noqa: PLC0415  (takes a second to load, and who asked for the CPU needs none of it)

    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise InputError(f"{key}: cuda, but this machine has no usable CUDA device; allowed here: auto, cpu")
    return "cuda" if available else "cpu"


def engine_on(device: DeviceName, engine: EngineParams) -> EngineParams:
    """Where shards are worked on: on a GPU by a few processes of this machine, whatever the cluster."""
    if device == "cpu" or engine.name == "serial":
        return engine
    return replace(engine, name="process", workers=min(engine.workers or os.cpu_count() or 1, GPU_PROCESSES))
