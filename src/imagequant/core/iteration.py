"""Iteration over long sequences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yields consecutive runs of at most ``size`` items."""
    remaining = iter(items)
    while run := list(islice(remaining, size)):
        yield run
