"""The device that ``device: auto | cpu | cuda`` means on this machine, and where its work runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from imagequant.core.errors import InputError
from imagequant.executor.run import Threads, workers_here
from imagequant.params import ExecutorParams

DeviceName = Literal["cpu", "cuda"]
# Threads that share a GPU: while one reads or writes files, another computes.
GPU_THREADS = 8
# A CUDA context takes half a gigabyte, and so may the photos that are decoded together.
GPU_BYTES_PER_PROCESS = 2**31


def pick_device(wanted: str, key: str) -> DeviceName:
    """Chooses the device; ``auto`` means the GPU if there is one.

    Raises:
        InputError: If a GPU is requested and there is none.
    """
    if wanted == "cpu":
        return "cpu"
    import torch  # noqa: PLC0415  (takes a second to load, and the CPU needs none of it)

    available = torch.cuda.is_available()
    if wanted == "cuda" and not available:
        raise InputError(f"{key}: cuda, but this machine has no usable CUDA device; allowed here: auto, cpu")
    return "cuda" if available else "cpu"


def threads_on(device: DeviceName, executor: ExecutorParams) -> ExecutorParams | Threads:
    """Returns where to run work that mostly uses the GPU: there, in threads of this process, whatever the executor.

    One process starts in half the time of many, and keeps one copy of everything on the GPU.
    """
    if device == "cpu" or executor.name == "serial":
        return executor
    return Threads(min(workers_here(executor), GPU_THREADS))


def processes_on(device: DeviceName, executor: ExecutorParams) -> ExecutorParams:
    """Returns where to run work that uses the GPU and Python: in processes of this machine, whatever the executor."""
    if device == "cpu" or executor.name == "serial":
        return executor
    import torch  # noqa: PLC0415  (as above)

    room = torch.cuda.get_device_properties(0).total_memory // GPU_BYTES_PER_PROCESS
    return replace(executor, name="process", workers=max(1, min(workers_here(executor), room)))
