"""``map_shards``: the one place that distributes work, and the device it runs on."""

import importlib.util
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing.process import BaseProcess
from typing import Any, Literal, TypeVar

from imagequant.core import arithmetic
from imagequant.core.errors import InputError
from imagequant.executor.progress import track
from imagequant.params import ExecutorParams

T = TypeVar("T")
R = TypeVar("R")

# Read by libraries when they load. One thread per process and one process per core beat every other mix measured.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OMP_THREAD_LIMIT",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)
_ONE_THREAD = dict.fromkeys(_THREAD_VARIABLES, "1")


def _worker_variables() -> dict[str, str]:
    """Return the environment of workers on other machines: one thread each, and this process's arithmetic."""
    return _ONE_THREAD | (arithmetic.PORTABLE if arithmetic.is_portable() else {})


# Items submitted per worker: enough that none waits while the first of them takes long.
_SUBMITTED_PER_WORKER = 16

# Time for a worker to remove the file that it was writing.
_SECONDS_TO_END = 2.0

# The function of a worker process; set once, by the pool's initializer.
_worker: Callable[[Any], Any] | None = None
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
    return _over_processes(build, items, workers)


def workers_here(executor: ExecutorParams) -> int:
    """Returns the number of workers on this machine."""
    return executor.workers or os.cpu_count() or 1


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


def _over_processes(build: Callable[[], Callable[[T], R]], items: Sequence[T], workers: int) -> Iterator[R]:
    # Spawned, because forking after torch or OpenVINO started threads can hang.
    context = multiprocessing.get_context("spawn")
    others = {child.pid for child in multiprocessing.active_children()}
    with (
        _one_thread_each(),
        ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(build,)) as pool,
    ):
        try:
            yield from _in_order(pool, _call_worker, items, workers)
        except BaseException:
            _end([child for child in multiprocessing.active_children() if child.pid not in others])
            raise


def _over_threads(build: Callable[[], Callable[[T], R]], items: Sequence[T], workers: int) -> Iterator[R]:
    with ThreadPoolExecutor(workers) as pool:
        yield from _in_order(pool, build(), items, workers)


def _in_order(pool: Executor, function: Callable[[T], R], items: Sequence[T], workers: int) -> Iterator[R]:
    """Yields results in the items' order; after an exception no further item is started."""
    # Not all at once: that would keep all submitted items and their results in memory.
    remaining = iter(items)
    futures = deque(pool.submit(function, item) for item in islice(remaining, workers * _SUBMITTED_PER_WORKER))
    try:
        while futures:
            result = futures.popleft().result()
            futures.extend(pool.submit(function, item) for item in islice(remaining, 1))
            yield result
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _end(children: Sequence[BaseProcess]) -> None:
    """Terminates worker processes without waiting for their items, which may take minutes."""
    for child in children:
        child.terminate()
    last = time.monotonic() + _SECONDS_TO_END
    for child in children:
        child.join(max(0.0, last - time.monotonic()))
        if child.is_alive():  # within library code, where signals are not handled
            child.kill()
            child.join()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Limits processes started in the block to one thread; libraries read that while they are imported."""
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(_ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _start_worker(build: Callable[[], Callable[[Any], Any]]) -> None:
    global _worker  # noqa: PLW0603
    # Ctrl-C reaches all processes of a terminal; the parent ends the workers. (A handler, because programs started here
    # would inherit SIG_IGN.)
    signal.signal(signal.SIGINT, lambda *_: None)
    # As an exception, so that unfinished files are removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = build()


def _end_with_parent() -> None:
    """Ends this process with its parent: a parent that is killed cannot end its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call_worker(item: Any) -> Any:
    assert _worker is not None, "set when the process started"
    return _worker(item)


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
