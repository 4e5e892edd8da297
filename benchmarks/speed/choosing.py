"""Settings are chosen on photos that no figure is reported on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """What was chosen.

    Attributes:
        size: The side in pixels.
        bar: The recall it had to reach, the baseline's on the same photos.
        tried: Recall by size, of those that were tried.
        photos: How many photos it was chosen on.
    """

    size: int
    bar: float
    tried: dict[str, float]
    photos: int


def smallest_size(sizes: Sequence[int], recall: Callable[[int], float], bar: float, photos: int) -> Choice:
    """Returns the smallest size whose recall reaches the bar; the one with the highest recall if none does."""
    tried: dict[int, float] = {}
    for size in sorted(sizes):
        tried[size] = recall(size)
        if tried[size] >= bar:
            break
    chosen = max(tried, key=lambda size: (tried[size] >= bar, tried[size], -size))
    return Choice(chosen, bar, {str(size): value for size, value in tried.items()}, photos)
