"""``map_shards``: the one place where work is spread."""

from __future__ import annotations

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
from dataclasses import dataclass
from itertools import islice
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from imagequant.core.errors import InputError
from imagequant.executor.progress import track
from imagequant.params import EngineParams

T = TypeVar("T")
R = TypeVar("R")

# Libraries read these when they load: one thread a process, one process a core, beats every mixture measured.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OMP_THREAD_LIMIT",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)
_ONE_THREAD = dict.fromkeys(_THREAD_VARIABLES, "1")

# Items handed out for each worker: enough that none waits while the first of them takes long.
_AHEAD = 16

# So long may a worker take to remove what it was writing.
_SECONDS_TO_END = 2.0

# The function a worker process built for itself; set once by the pool's initializer and never elsewhere.
_worker: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Threads:
    """Where to run, too: threads of this process, which share one function. For work that a GPU does for them."""

    count: int


def map_shards(
    build: Callable[[], Callable[[T], R]], items: Sequence[T], engine: EngineParams | Threads, label: str
) -> list[R]:
    """Applies a function to every item and returns the results in the items' order.

    Args:
        build: Makes the function; called once a process, so that models load once. Must be picklable (a class or
            a ``functools.partial`` of a module-level callable), as must items and results.
        items: What to work on, usually shard paths.
        engine: Where to run.
        label: Shown with the progress.

    Raises:
        Exception: Whatever the function raised first; work not yet started is dropped.
    """
    return list(iterate_shards(build, items, engine, label))


def iterate_shards(
    build: Callable[[], Callable[[T], R]], items: Sequence[T], engine: EngineParams | Threads, label: str
) -> Iterator[R]:
    """As ``map_shards``, one result after the other: of many shards they need not be held together."""
    return track(_results(build, items, engine), len(items), label)


def _results(build: Callable[[], Callable[[T], R]], items: Sequence[T], engine: EngineParams | Threads) -> Iterator[R]:
    if isinstance(engine, Threads):
        return _over_threads(build, items, engine.count) if items else iter(())
    if engine.name == "ray" and items:
        return _over_ray(build, items, engine)
    workers = min(workers_here(engine), len(items))
    if engine.name == "serial" or workers <= 1:
        return map(build(), items) if items else iter(())
    return _over_processes(build, items, workers)


def workers_here(engine: EngineParams) -> int:
    """How many workers are asked for on this machine."""
    return engine.workers or os.cpu_count() or 1


def _over_ray(build: Callable[[], Callable[[T], R]], items: Sequence[T], engine: EngineParams) -> Iterator[R]:
    require_ray()
    from imagequant.executor.on_ray import over_ray  # noqa: PLC0415  (an extra, and a second to load)

    return over_ray(build, items, engine.workers, engine.address, _ONE_THREAD)


@contextmanager
def cluster(engine: EngineParams) -> Iterator[int]:
    """Holds one connection to the Ray cluster, which ``map_shards`` within uses; yields how many workers it can have.

    Raises:
        InputError: If Ray is not installed, or there is no cluster at the engine's address.
    """
    require_ray()
    from imagequant.executor.on_ray import connected  # noqa: PLC0415  (as above)

    with connected(engine.address, engine.workers, _ONE_THREAD) as cores:
        yield min(engine.workers or cores, cores)


def require_ray() -> None:
    """Says so where the engine is Ray and Ray is not there.

    Raises:
        InputError: If Ray is not installed.
    """
    if importlib.util.find_spec("ray") is None:
        raise InputError('engine.name: ray is not installed; pip install "imagequant-reader[ray]"')


def _over_processes(build: Callable[[], Callable[[T], R]], items: Sequence[T], workers: int) -> Iterator[R]:
    # Spawned, not forked: forking after torch or OpenVINO started their threads can hang.
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
    function = build()
    with ThreadPoolExecutor(workers) as pool:
        yield from _in_order(pool, function, items, workers)


def _in_order(pool: Executor, function: Callable[[T], R], items: Sequence[T], workers: int) -> Iterator[R]:
    """Results in the items' order; after an exception no item is begun any more."""
    # Not all at once: of many items, what is handed out and what came back of it would be held together.
    remaining = iter(items)
    futures = deque(pool.submit(function, item) for item in islice(remaining, workers * _AHEAD))
    try:
        while futures:
            result = futures.popleft().result()
            futures.extend(pool.submit(function, item) for item in islice(remaining, 1))
            yield result
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _end(children: Sequence[BaseProcess]) -> None:
    """Ends worker processes in the middle of their items, which may take minutes."""
    for child in children:
        child.terminate()
    last = time.monotonic() + _SECONDS_TO_END
    for child in children:
        child.join(max(0.0, last - time.monotonic()))
        if child.is_alive():  # within a library's code, which sees no signal until it is through
            child.kill()
            child.join()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Has processes started within see one thread. They read it while they import, before any code of ours runs."""
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
    # Ctrl-C reaches all of a terminal's processes: the parent sees to it that they end. (A handler and not SIG_IGN,
    # which programs started here would inherit.)
    signal.signal(signal.SIGINT, lambda *_: None)
    # As an exception, so that files half written are removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = build()


def _end_with_parent() -> None:
    """Ends this process when its parent is gone: one that was killed could not tell its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call_worker(item: Any) -> Any:
    if _worker is None:
        raise RuntimeError("worker was called before it was started")
    return _worker(item)
