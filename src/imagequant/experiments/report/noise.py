"""Whether a difference is more than the choice of validation photos makes: the paired bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from imagequant.evaluation.bootstrap import Parts, f1_parts, interval, photo_sums, ratios, resampled, right_parts
from imagequant.experiments.report.rows import Pair, Row
from imagequant.params import EvaluateParams

MEASURES: Mapping[str, Callable[[Row], Parts]] = {
    "contest F1": lambda row: f1_parts(row.outcome),
    "exact match": lambda row: right_parts(row.outcome),
    "oracle recall": lambda row: (float(row.answerable and row.read), float(row.answerable)),
}


@dataclass(frozen=True)
class Difference:
    """A figure under both revisions on the same rows, and the 95% interval of the change less the base."""

    rows: int
    base: float
    change: float
    interval: tuple[float, float]

    @property
    def value(self) -> float:
        """The change less the base; below 0 it is worse."""
        return self.change - self.base

    @property
    def beyond_noise(self) -> bool:
        """Whether the interval leaves out 0."""
        low, high = self.interval
        return low > 0 or high < 0


def difference(pairs: Sequence[Pair], parts: Callable[[Row], Parts], params: EvaluateParams) -> Difference:
    """Compares a figure on rows that both revisions answered; both are resampled together, photo by photo.

    Args:
        pairs: At least one.
        parts: What each row adds to the figure.
        params: How often to resample, and the seed.
    """
    # Four numbers a row: base over, base under, change over, change under.
    sums = photo_sums((pair.change.sha256, (*parts(pair.base), *parts(pair.change))) for pair in pairs)
    total, draws = sums.sum(axis=0), resampled(sums, params.bootstrap, params.seed)
    spread = interval(ratios(draws[:, 2:]) - ratios(draws[:, :2]))
    return Difference(len(pairs), float(ratios(total[:2])), float(ratios(total[2:])), spread)


def by_entity(pairs: Sequence[Pair], params: EvaluateParams) -> dict[str, Difference]:
    """Contest F1 of each entity that was asked for."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair.change.entity, []).append(pair)
    return {entity: difference(groups[entity], MEASURES["contest F1"], params) for entity in sorted(groups)}
