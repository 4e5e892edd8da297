"""Maps a function over shards on a Ray cluster: one actor per core, each builds the function for itself."""

import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import ray
from ray._private.services import canonicalize_bootstrap_address_or_die

from imagequant.core.errors import InputError

T = TypeVar("T")
R = TypeVar("R")

# Items submitted to each actor: the one it works on and the next, so that it never waits for the driver.
_SUBMITTED_PER_ACTOR = 2
_CONNECT_SECONDS = 10.0


class _Worker:
    """Runs in its own process somewhere on the cluster."""

    def __init__(self, build: Callable[[], Callable[[Any], Any]]) -> None:
        self._function = build()

    def call(self, item: Any) -> Any:
        return self._function(item)


def over_ray(
    build: Callable[[], Callable[[T], R]],
    items: Sequence[T],
    workers: int,
    address: str | None,
    variables: Mapping[str, str],
) -> Iterator[R]:
    """Yields the results of a function for all items, in the items' order; see ``map_shards`` and ``connected``.

    A worker that dies is restarted, on another node if its own was lost, and its unfinished items are repeated. That
    does no harm: shards are pure functions of their inputs, and are written under a temporary name and renamed.

    Raises:
        Exception: The exception of the first item, in order, for which the function failed.
    """
    with connected(address, workers, variables) as cores:
        # An actor without a core would wait for ever, and its items with it.
        count = min(workers or cores, cores, len(items))
        remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(_Worker)
        actors = [remote.remote(build) for _ in range(count)]
        yield from _in_order(actors, items)


def _in_order(actors: Sequence[Any], items: Sequence[T]) -> Iterator[Any]:
    """Submits the next item to the actor that finished one; yields results in order.

    An actor with nothing left to do ends, so that one whose node was lost, and which waits for a core elsewhere, gets
    its own.
    """
    waiting = iter(enumerate(items))
    running: dict[Any, tuple[int, Any]] = {}
    done: dict[int, Any] = {}

    def submit(actor: Any) -> None:
        upcoming = next(waiting, None)
        if upcoming is not None:
            number, item = upcoming
            running[actor.call.remote(item)] = (number, actor)

    for actor in [actor for _ in range(_SUBMITTED_PER_ACTOR) for actor in actors]:
        submit(actor)
    for wanted in range(len(items)):
        while wanted not in done:
            (finished,), _ = ray.wait(list(running), num_returns=1)
            number, actor = running.pop(finished)
            done[number] = finished
            submit(actor)
            if all(other is not actor for _, other in running.values()):
                ray.kill(actor)
        yield _result(done.pop(wanted))


def _result(reference: Any) -> Any:
    """Returns the result, or raises the function's own exception, which Ray wraps in one with its traceback."""
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error


def _reachable(address: str) -> str:
    """Returns the address of a cluster that accepts connections; ``auto`` is the one that Ray finds on this machine.

    Ray itself would try for minutes and fail with a page of text. What it finds may be a cluster that has ended.
    """
    try:
        found = canonicalize_bootstrap_address_or_die("auto") if address == "auto" else address
        host, _, port = found.removeprefix("ray://").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS):
            return found
    except (OSError, ValueError) as error:
        raise InputError(f"executor.address: no Ray cluster at {address!r} ({' '.join(str(error).split())})") from None


@contextmanager
def connected(address: str | None, workers: int, variables: Mapping[str, str]) -> Iterator[int]:
    """Connects to a cluster unless there is a connection already; yields the number of its cores.

    Args:
        address: Address of a running cluster (``auto`` finds the one of this machine); None starts one here.
        workers: Number of cores of a cluster that is started here; 0 for those of the machine.
        variables: Environment variables of the workers.

    Raises:
        InputError: If there is no cluster at the address.
    """
    if ray.is_initialized():
        yield _cores()
        return
    found = _reachable(address) if address else "local"
    # Otherwise a cluster that is started here sends usage statistics over the network.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray.init(
            address=found,
            # A cluster that is started here has one core per worker.
            num_cpus=workers or None if address is None else None,
            runtime_env={"env_vars": dict(variables)},
            include_dashboard=False if address is None else None,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except ConnectionError as error:
        raise InputError(f"executor.address: no Ray cluster at {address!r} ({' '.join(str(error).split())})") from None
    try:
        yield _cores()
    finally:
        ray.shutdown()


def _cores() -> int:
    return int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
