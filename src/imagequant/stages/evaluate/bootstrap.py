"""Bootstrap intervals over images: questions of one photo are not independent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from imagequant.stages.evaluate.results import Result


def interval(
    results: Sequence[Result], measure: Callable[[Sequence[Result]], float], resamples: int, seed: int
) -> tuple[float, float]:
    """The 95% percentile interval of a measure under resampling of photos.

    Source: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    """
    photos: dict[str, list[Result]] = {}
    for result in results:
        photos.setdefault(result.label.sha256, []).append(result)
    groups = list(photos.values())
    random = np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        drawn = random.integers(0, len(groups), len(groups))
        values.append(measure([result for index in drawn for result in groups[index]]))
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
