"""A pool of processes that starts, passes its errors on and ends without surprises."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from imagequant.core.errors import InputError

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
ONE_THREAD = dict.fromkeys(_THREAD_VARIABLES, "1")

# Items submitted per worker: enough that none waits while the first of them takes long.
_SUBMITTED_PER_WORKER = 16

# Time for a worker to remove the file that it was writing.
_SECONDS_TO_END = 2.0

# The function of a worker process; set once, by the pool's initializer.
_worker: Callable[[Any], Any] | None = None


def stream(
    build: Callable[[], Callable[[T], R]], items: Iterable[T], workers: int, lost: Callable[[T], R]
) -> Iterator[R]:
    """Yields the results of a function in the items' order; items are made as they are needed: there may be any number.

    One worker, or one item, is served by this process; more workers are processes of their own. If one of them dies,
    the items that were given out are tried again, and ``lost`` makes the result of an item that ends its process again.
    See ``map_shards`` for ``build``.
    """
    remaining = iter(items)
    first = list(islice(remaining, workers))
    if len(first) <= 1:
        yield from map(build(), chain(first, remaining)) if first else ()
        return
    out: deque[T] = deque()

    def given_out() -> Iterator[T]:
        for item in chain(first, remaining):
            out.append(item)
            yield item

    source = given_out()
    while True:
        try:
            for result in over_processes(build, source, workers):
                out.popleft()
                yield result
            return
        except BrokenProcessPool:
            again = list(out)
            out.clear()
        yield from carefully(build, again, lost)


def carefully(build: Callable[[], Callable[[T], R]], items: Sequence[T], lost: Callable[[T], R]) -> Iterator[R]:
    """Yields results by one process at a time; ``lost`` makes the result of an item with which it died.

    Raises:
        InputError: If the process dies before it gets an item.
    """
    left = deque(items)
    while left:
        try:
            for result in over_processes(build, list(left), 1, check_start=True):
                left.popleft()
                yield result
        except BrokenProcessPool:
            yield lost(left.popleft())


def over_processes(
    build: Callable[[], Callable[[T], R]], items: Iterable[T], workers: int, *, check_start: bool = False
) -> Iterator[R]:
    """Yields results in the items' order; each process builds the function once. It ends with its processes."""
    # Spawned, because forking after torch or OpenVINO started threads can hang.
    context = multiprocessing.get_context("spawn")
    others = {child.pid for child in multiprocessing.active_children()}
    with (
        _one_thread_each(),
        ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(build,)) as pool,
    ):
        try:
            if check_start:
                _require_start(pool)
            yield from in_order(pool, _call_worker, items, workers)
        except BaseException:
            _end([child for child in multiprocessing.active_children() if child.pid not in others])
            raise


def in_order(pool: Executor, function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
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


def _require_start(pool: Executor) -> None:
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool:
        raise InputError(
            "worker processes die as they start, perhaps for lack of memory; fewer workers may fit"
        ) from None


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
    os.environ.update(ONE_THREAD)
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
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _worker = build()
    except Exception as error:
        # An initializer's exception would be printed, and the caller would get another one.
        _worker = partial(_raise, error)
    # As an exception, so that unfinished files are removed. Here there are none yet, and it would be printed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def _end_with_parent() -> None:
    """Ends this process with its parent: a parent that is killed cannot end its workers."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _raise(error: Exception, _: object) -> None:
    raise error


def _call_worker(item: Any) -> Any:
    assert _worker is not None, "set when the process started"
    return _worker(item)
