"""Choosing the device that ``device: auto | cpu | cuda`` means on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from imagequant.core.errors import InputError
from imagequant.executor.run import Threads, workers_here
from imagequant.params import EngineParams

DeviceName = Literal["cpu", "cuda"]
# That share a GPU: while one reads and writes files, another computes.
GPU_THREADS = 8
# A context takes half a gigabyte, and so do the photos that are decoded at a time, if they are large.
GPU_BYTES_A_PROCESS = 2**31


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


def threads_on(device: DeviceName, engine: EngineParams) -> EngineParams | Threads:
    """Where shards are worked on that need little but the GPU: there by threads of this process, whatever the cluster.

    One process is up in half the time that many take, and holds one copy of everything on the GPU.
    """
    if device == "cpu" or engine.name == "serial":
        return engine
    return Threads(min(workers_here(engine), GPU_THREADS))


def processes_on(device: DeviceName, engine: EngineParams) -> EngineParams:
    """Where shards are worked on that need the GPU and Python: by processes of this machine, whatever the cluster."""
    if device == "cpu" or engine.name == "serial":
        return engine
    import torch  # noqa: PLC0415  (as above)

    room = torch.cuda.get_device_properties(0).total_memory // GPU_BYTES_A_PROCESS
    return replace(engine, name="process", workers=max(1, min(workers_here(engine), room)))
