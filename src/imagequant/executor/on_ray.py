"""Shards over a Ray cluster: one actor a core, each with the function it built for itself."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import ray

from imagequant.core.errors import InputError

T = TypeVar("T")
R = TypeVar("R")

# Items an actor holds: the one it works on, and the next, so that it never waits for the driver.
_AHEAD = 2
_CONNECT_SECONDS = 10.0


class _Worker:
    """Runs in a process of its own, somewhere on the cluster."""

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
    """Applies a function to every item on a cluster; results come in the items' order.

    A worker that dies is started anew, and what it had not finished is done again: shards are pure functions of their
    inputs, and are written under a temporary name and renamed, so doing one twice does no harm.

    Args:
        build: Makes the function; called once a worker.
        items: What to work on.
        workers: How many, at most one a core of the cluster; 0 for as many as it has cores.
        address: Of a running cluster (``auto`` finds the one this machine belongs to); None starts one here.
        variables: The workers' environment.

    Raises:
        Exception: What the function raised for the first item, in order, that it failed on.
    """
    with connected(address, workers, variables) as cores:
        # An actor without a core would wait for one for ever, and its items with it.
        count = min(workers or cores, cores, len(items))
        remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(_Worker)
        actors = [remote.remote(build) for _ in range(count)]
        yield from _in_order(actors, items)


def _in_order(actors: Sequence[Any], items: Sequence[T]) -> Iterator[Any]:
    """Hands the next item to whoever is through with one, and yields what is next in order."""
    waiting = iter(enumerate(items))
    running: dict[Any, tuple[int, Any]] = {}
    done: dict[int, Any] = {}

    def hand_out(actor: Any) -> None:
        following = next(waiting, None)
        if following is not None:
            running[actor.call.remote(following[1])] = (following[0], actor)

    for actor in [actor for _ in range(_AHEAD) for actor in actors]:
        hand_out(actor)
    for number in range(len(items)):
        while number not in done:
            (finished,), _ = ray.wait(list(running), num_returns=1)
            place, actor = running.pop(finished)
            done[place] = finished
            hand_out(actor)
        yield _result(done.pop(number))


def _result(reference: Any) -> Any:
    """The result, or what the function raised: Ray wraps it to carry where it was raised."""
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error


def _require_reachable(address: str) -> None:
    """Ray itself tries for minutes, then gives up with a page of text."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS):
            pass
    except (OSError, ValueError) as error:
        raise InputError(f"engine.address: no Ray cluster at {address!r} ({error})") from None


@contextmanager
def connected(address: str | None, workers: int, variables: Mapping[str, str]) -> Iterator[int]:
    """Connects to a cluster, or goes on with the connection there is; yields how many cores it has.

    Args:
        address: As for ``over_ray``.
        workers: How many cores a cluster started here has; 0 for as many as the machine.
        variables: The workers' environment.

    Raises:
        InputError: If there is no cluster at the address.
    """
    if ray.is_initialized():
        yield _cores()
        return
    if address not in (None, "auto"):
        _require_reachable(str(address))
    # A cluster that is started here tells Ray's makers over the network how it is used, unless it is told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray.init(
            address=address or "local",
            # A cluster started here has as many cores as workers are asked for, as processes have.
            num_cpus=workers or None if address is None else None,
            runtime_env={"env_vars": dict(variables)},
            include_dashboard=False if address is None else None,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except ConnectionError as error:
        raise InputError(f"engine.address: no Ray cluster at {address!r} ({' '.join(str(error).split())})") from None
    try:
        yield _cores()
    finally:
        ray.shutdown()


def _cores() -> int:
    return int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
