"""Iteration over long sequences."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar, overload

T = TypeVar("T")


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yields consecutive runs of at most ``size`` items."""
    remaining = iter(items)
    while run := list(islice(remaining, size)):
        yield run


class LazySequence(Sequence[T]):
    """A sequence whose items are made when they are asked for."""

    def __init__(self, length: int, make: Callable[[int], T]) -> None:
        self._numbers, self._make = range(length), make

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self._make(number) for number in self._numbers[place]]
        return self._make(self._numbers[place])


class LazySubset(LazySequence[T]):
    """Some items of a sequence, in the order of their numbers."""

    def __init__(self, items: Sequence[T], numbers: Sequence[int]) -> None:
        super().__init__(len(numbers), partial(_numbered, items, numbers))


def _numbered(items: Sequence[T], numbers: Sequence[int], place: int) -> T:
    # A function, not a lambda, so that processes can hand subsets to each other.
    return items[numbers[place]]
