"""Bootstrap over photos: questions of one photo are not independent, so whole photos are drawn.

A figure is a ratio of two sums over rows (see ``f1_parts``), so a resample needs no rows, only how often each photo is
drawn and what its rows add.

Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from imagequant.quantity.scoring import Outcome

# A row's share of a figure: both are summed over rows, then divided.
Parts = tuple[float, float]


def f1_parts(outcome: Outcome) -> Parts:
    """Contest F1 is 2 TP / (2 TP + FP + FN)."""
    return {"TP": (2.0, 2.0), "FP": (0.0, 1.0), "FN": (0.0, 1.0), "TN": (0.0, 0.0)}[outcome]


def right_parts(outcome: Outcome) -> Parts:
    """The share of rows answered right, or rightly not answered."""
    return float(outcome in ("TP", "TN")), 1.0


def photo_sums(rows: Iterable[tuple[str, Sequence[float]]]) -> NDArray[np.float64]:
    """What the rows of each photo add up to, (photos, values a row), photos by the place of their first row.

    Args:
        rows: Each row's photo and its values.
    """
    sums: dict[str, NDArray[np.float64]] = {}
    for photo, values in rows:
        if photo in sums:
            sums[photo] += values
        else:
            sums[photo] = np.array(values, dtype=np.float64)
    return np.stack(list(sums.values()))


def resampled(sums: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    """The sums of as many photos as there are, drawn anew each time with replacement, (resamples, values a row)."""
    random, photos = np.random.default_rng(seed), len(sums)
    drawn = (random.integers(0, photos, photos) for _ in range(resamples))
    # Counts instead of copies, one resample at a time: all of them would be resamples times photos numbers.
    return np.stack([np.bincount(chosen, minlength=photos) @ sums for chosen in drawn])


def ratios(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first value of each line over the second; 0 without a denominator."""
    over, under = sums[..., 0], sums[..., 1]
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The 95% percentile interval."""
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
