"""The contest's scoring and its check of predictions."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal

from imagequant.quantity.domain import Entity
from imagequant.quantity.numbers import format_number

Outcome = Literal["TP", "FP", "FN", "TN"]

# The contest's format: a float without exponent or thousands mark, white space, and a unit of letters and spaces.
_PREDICTION = re.compile(r"(-?\d+(?:\.\d+)?)\s+([a-zA-Z]+(?: [a-zA-Z]+)*)")


@dataclass(frozen=True)
class Quantity:
    """A number and a unit."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{format_number(self.value)} {self.unit}"


def parse_prediction(text: str, entity: Entity) -> Quantity | None:
    """Parse a prediction (``x unit``) as the contest's checker does; None if it is empty.

    Raises:
        ValueError: If the contest would reject it.
    """
    if not text.strip():
        return None
    match = _PREDICTION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not of the form `x unit` with a plain number x")
    unit = match[2]
    if unit not in entity.allowed_units:
        raise ValueError(f"{text!r}: unit {unit!r} is not allowed: {', '.join(sorted(entity.allowed_units))}")
    return Quantity(float(match[1]), unit)


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Compare unit and number (``5 gram`` = ``5.0 gram``), ignoring rounding beyond the sixth decimal."""
    return one.unit == other.unit and same_number(one.value, other.value)


def same_number(one: float, other: float) -> bool:
    """Compare up to the rounding of ``format_number``."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=5e-7)


def outcome(prediction: Quantity | None, truths: Sequence[Quantity], *, answerable: bool) -> Outcome:
    """Score one row.

    Args:
        prediction: The answer; None for an abstention.
        truths: Accepted answers. Empty for an answerable row if no single quantity equals the truth (a range).
        answerable: Whether the truth is non-empty.
    """
    if prediction is None:
        return "FN" if answerable else "TN"
    return "TP" if any(same_quantity(prediction, truth) for truth in truths) else "FP"


@dataclass(frozen=True)
class Score:
    """Counts and the contest's metrics; ratios with a zero denominator are 0."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def precision(self) -> float:
        """TP / (TP + FP)."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """TP / (TP + FN)."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def contest_f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.tp else 0.0

    @property
    def exact_match(self) -> float:
        """Share of rows answered correctly, including abstentions if the truth is empty."""
        return (self.tp + self.tn) / self.rows if self.rows else 0.0


def score(outcomes: Iterable[Outcome]) -> Score:
    """Count outcomes."""
    counts = Counter(outcomes)
    return Score(counts["TP"], counts["FP"], counts["FN"], counts["TN"])


@dataclass(frozen=True)
class Kept:
    """The answers that a threshold on confidence keeps: how many, and how many of them are right."""

    threshold: float
    answers: int
    right: int


def kept_by_threshold(answers: Iterable[tuple[float, bool]]) -> Iterator[Kept]:
    """Yield what each threshold keeps, from the highest down; answers of one confidence are kept together.

    Args:
        answers: The confidence of each answer, and whether it is right.
    """
    count = rights = 0
    ordered = sorted(answers, key=itemgetter(0), reverse=True)
    for confidence, alike in groupby(ordered, key=itemgetter(0)):
        outcomes = [right for _, right in alike]
        count, rights = count + len(outcomes), rights + sum(outcomes)
        yield Kept(confidence, count, rights)
