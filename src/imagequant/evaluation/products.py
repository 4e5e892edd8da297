"""Answers for each of several products against what the photo says about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True)
class Hits:
    """How many of the (product, entity, amount) on some photos were answered.

    Attributes:
        right: Answers that are right, about the right product.
        answered: Answers about entities that the photos speak of.
        stated: What the photos say.
    """

    right: int = 0
    answered: int = 0
    stated: int = 0

    def __add__(self, other: "Hits") -> "Hits":
        return Hits(self.right + other.right, self.answered + other.answered, self.stated + other.stated)

    @property
    def precision(self) -> float:
        """Share of the answers that are right; 1 without answers."""
        return self.right / self.answered if self.answered else 1.0

    @property
    def recall(self) -> float:
        """Share of what is stated that was answered; 1 if nothing is."""
        return self.right / self.stated if self.stated else 1.0


def match_products(stated: Sequence[Mapping[str, T]], answered: Sequence[Mapping[str, T]]) -> Hits:
    """Count right answers, with the products paired by their amounts, the clearest pair first.

    Products of a photo need no names, and may be found in any order. Answers about entities that the photo gives for
    none of its products do not count: nobody knows what is right.

    Args:
        stated: Each product's entities and amounts.
        answered: The same as answered.
    """
    entities = {entity for product in stated for entity in product}
    common = np.array(
        [[len(product.items() & found.items()) for found in answered] for product in stated], dtype=np.int64
    ).reshape(len(stated), len(answered))
    right = 0
    while common.any():
        row, column = np.unravel_index(common.argmax(), common.shape)
        right += int(common[row, column])
        common[row], common[:, column] = 0, 0
    return Hits(right, sum(entity in entities for product in answered for entity in product), sum(map(len, stated)))
