"""``map_shards``: the one place that distributes work, and the device it runs on."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from imagequant.core import arithmetic
from imagequant.core.cores import usable_cores
from imagequant.core.errors import InputError
from imagequant.executor.processes import ONE_THREAD, in_order, over_processes
from imagequant.executor.progress import track
from imagequant.params import ExecutorParams

T = TypeVar("T")
R = TypeVar("R")


def _worker_variables() -> dict[str, str]:
    """Return the environment of workers on other machines: one thread each, and this process's arithmetic."""
    return ONE_THREAD | (arithmetic.PORTABLE if arithmetic.is_portable() else {})


DeviceName = Literal["cpu", "cuda"]
# Threads that share a GPU: while one reads or writes files, another computes.
GPU_THREADS = 8
# A CUDA context takes half a gigabyte, and so may the photos that are decoded together.
GPU_BYTES_PER_PROCESS = 2**31


@dataclass(frozen=True)
class Threads:
    """Threads in this process, which share one function. For work that mostly runs on a GPU."""

    count: int


def map_shards(
    build: Callable[[], Callable[[T], R]], items: Sequence[T], executor: ExecutorParams | Threads, label: str
) -> list[R]:
    """Applies a function to every item (usually a shard) and returns the results in the items' order.

    ``build`` makes the function; it is called once per process, so that models load once. It must be picklable (a class
    or a ``functools.partial`` of a module-level callable), as must items and results. ``label`` is shown with the
    progress. The first exception of the function is raised; items that were not started are dropped.
    """
    return list(iterate_shards(build, items, executor, label))


def iterate_shards(
    build: Callable[[], Callable[[T], R]], items: Sequence[T], executor: ExecutorParams | Threads, label: str
) -> Iterator[R]:
    """Yields the results of ``map_shards`` one by one, so that they need not be in memory together."""
    return track(_results(build, items, executor), len(items), label)


def _results(
    build: Callable[[], Callable[[T], R]], items: Sequence[T], executor: ExecutorParams | Threads
) -> Iterator[R]:
    if not items:
        return iter(())
    if isinstance(executor, Threads):
        return _over_threads(build, items, executor.count)
    if executor.name == "ray":
        require_ray()
        from imagequant.executor.on_ray import over_ray  # noqa: PLC0415  (optional, and takes a second to load)

        return over_ray(build, items, executor.workers, executor.address, _worker_variables())
    workers = min(workers_here(executor), len(items))
    if executor.name == "serial" or workers == 1:
        return map(build(), items)
    return over_processes(build, items, workers)


def workers_here(executor: ExecutorParams) -> int:
    """Returns the number of workers on this machine."""
    return executor.workers or usable_cores()


@contextmanager
def cluster(executor: ExecutorParams) -> Iterator[int]:
    """Connects to the Ray cluster for all ``map_shards`` in the block; yields the number of workers it can have."""
    require_ray()
    from imagequant.executor.on_ray import connected  # noqa: PLC0415  (as above)

    with connected(executor.address, executor.workers, _worker_variables()) as cores:
        yield min(executor.workers or cores, cores)


def require_ray() -> None:
    """Checks that Ray is installed."""
    if importlib.util.find_spec("ray") is None:
        raise InputError('executor.name: ray is not installed; pip install "imagequant-reader[ray]"')


def _over_threads(build: Callable[[], Callable[[T], R]], items: Sequence[T], workers: int) -> Iterator[R]:
    with ThreadPoolExecutor(workers) as pool:
        yield from in_order(pool, build(), items, workers)


def pick_device(wanted: str, key: str) -> DeviceName:
    """Chooses the device; ``auto`` means the GPU if there is one."""
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
