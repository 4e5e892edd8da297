"""Random choices."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True)
class Rng:
    """A numpy generator with short names for common choices."""

    generator: np.random.Generator

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return bool(self.generator.random() < probability)

    def uniform(self, low: float, high: float) -> float:
        """Return a float in [low, high)."""
        return float(self.generator.uniform(low, high))

    def log_uniform(self, low: float, high: float) -> float:
        """Return a float whose logarithm is uniform."""
        return math.exp(self.uniform(math.log(low), math.log(high)))

    def integer(self, low: int, high: int) -> int:
        """Return an integer in [low, high], including both ends."""
        return int(self.generator.integers(low, high + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Choose an item uniformly."""
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """Choose an item from (item, weight) pairs."""
        weights = np.array([weight for _, weight in items], dtype=np.float64)
        position = int(np.searchsorted(np.cumsum(weights), self.uniform(0.0, float(weights.sum())), side="right"))
        return items[min(position, len(items) - 1)][0]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """Choose up to ``count`` different items in random order."""
        order = self.generator.permutation(len(items))
        return [items[int(position)] for position in order[:count]]


def seeded_rng(*seed: int) -> Rng:
    """Return an rng seeded with several numbers."""
    return Rng(np.random.default_rng(list(seed)))
