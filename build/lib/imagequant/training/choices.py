"""The loss of boosted trees: lists of candidates that compete with each other and with "no answer"."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Second derivatives are at least this, so that a sure list cannot make leaves arbitrarily large.
_LEAST_CURVATURE = 0.01


@dataclass(frozen=True)
class Choices:
    """L lists of candidates, one after another, N candidates in all.

    Attributes:
        starts: int64 (L,): the first candidate of each list; none is empty.
        right: bool (N,): the candidates that may be chosen.
        none_is_right: bool (L,): whether "no answer", whose score is 0, may be chosen.
        weights: float64 (L,).
    """

    starts: NDArray[np.int64]
    right: NDArray[np.bool_]
    none_is_right: NDArray[np.bool_]
    weights: Floats

    def derivatives(self, scores: Floats) -> tuple[Floats, Floats]:
        """Return the first derivatives of the loss by the scores, float64 (N,), and bounds of the second ones.

        The loss is the weighted sum of the negative logs of the probabilities that something right is chosen. Its first
        derivative is the probability of a candidate, minus its probability given that something right is chosen.
        """
        lengths = np.diff(self.starts, append=len(scores))
        # Scores are shifted by the highest, which cancels out.
        highest = np.maximum(np.maximum.reduceat(scores, self.starts), 0.0)
        exponentials = np.exp(scores - np.repeat(highest, lengths))
        none = np.exp(-highest)
        total = np.add.reduceat(exponentials, self.starts) + none
        right = np.add.reduceat(exponentials * self.right, self.starts) + none * self.none_is_right
        right = np.maximum(right, np.finfo(np.float64).tiny)
        among_all = exponentials / np.repeat(total, lengths)
        among_right = exponentials * self.right / np.repeat(right, lengths)
        weights = np.repeat(self.weights, lengths)
        curvature = np.maximum(among_all * (1 - among_all), _LEAST_CURVATURE)
        return weights * (among_all - among_right), weights * curvature
