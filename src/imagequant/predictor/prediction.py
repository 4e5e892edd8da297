"""A question about a photo and its answer, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from imagequant.core.errors import InputError
from imagequant.core.records import Box
from imagequant.predictor.wording import as_printed, converted_details
from imagequant.quantity.convert import in_unit
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import UNITS

# Which products of a photo to answer for: one, or each by itself.
Products = Literal["main", "all"]


@dataclass(frozen=True)
class Question:
    """A question about a photo.

    Attributes:
        entity: One that the model knows (``Predictor.entities``).
        group_id: The code of the product category; empty if unknown.
        index: The caller's name for the question; may be empty.
    """

    entity: str
    group_id: str = ""
    index: str = ""


@dataclass(frozen=True)
class Alternative:
    """Another quantity on the photo.

    Attributes:
        text: Number and unit, ``500 gram``.
        value: The number.
        unit: One of the units allowed for the entity.
        confidence: The calibrated probability that it is the answer.
        words: The text it was read from.
        box: Where it is printed, in pixels of the upright photo.
        low: The lower end of the printed range, else ``value``.
        high: The upper end of the printed range, else ``value``.
        tolerance: What is printed after ``±``, in the unit; else 0.
        bound: ``up to`` or ``at least`` if it is printed as a limit; else empty.
        count: The number of parts of a multipack (``6 x 330 ml``), else 1.
        part: The amount of one part; ``value`` is that or the total.
    """

    text: str
    value: float
    unit: str
    confidence: float
    words: str
    box: Box
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    bound: str = ""
    count: float = 1.0
    part: float | None = None


@dataclass(frozen=True)
class Prediction:
    """The answer to one question about one photo.

    Attributes:
        entity: The entity asked for.
        text: Number and unit in the contest's form, ``500 gram``; empty if there is no answer.
        value: The number; None if there is no answer.
        unit: One of the units allowed for the entity; None if there is no answer.
        confidence: The calibrated probability that the likeliest quantity is right; 0 if there is none.
        reason: Why there is no answer: ``no text``, ``no quantity of this kind`` or ``too unsure``; else empty.
        words: The text the answer was read from; empty if there is no answer.
        box: Where it is printed, in pixels of the upright photo; None if there is no answer.
        alternatives: Other quantities on the photo, likeliest first. Without an answer they include the likeliest.
        low: The lower end of the printed range, of which ``value`` is an end; else ``value``.
        high: The upper end of the printed range, else ``value``.
        tolerance: What is printed after ``±``, in the unit; else 0.
        bound: ``up to`` or ``at least`` if it is printed as a limit; else empty.
        count: The number of parts of a multipack (``6 x 330 ml``), else 1.
        part: The amount of one part; ``value`` is that or the total.
    """

    entity: str
    text: str
    value: float | None
    unit: str | None
    confidence: float
    reason: str
    words: str
    box: Box | None
    alternatives: tuple[Alternative, ...]
    low: float | None = None
    high: float | None = None
    tolerance: float = 0.0
    bound: str = ""
    count: float = 1.0
    part: float | None = None

    @property
    def printed(self) -> str:
        """How the answer is printed if there is more to it than ``text``: ``100 to 240 volt``; else empty."""
        return as_printed(self)

    @property
    def quantity(self) -> Quantity | None:
        """Number and unit; None if there is no answer."""
        return None if self.value is None or self.unit is None else Quantity(self.value, self.unit)

    @property
    def shown(self) -> str:
        """The answer for people: ``500 gram``, or why there is none."""
        return self.text or f"not found: {self.reason}"

    def to_unit(self, unit: str) -> Prediction:
        """Convert the answer and the alternatives exactly to another unit (1 pound is 453.59237 gram).

        Args:
            unit: A unit of the same kind of quantity.

        Raises:
            InputError: If the unit is of another kind; the message names those that are allowed.
        """
        printed = [each for each in (self.unit, *(other.unit for other in self.alternatives)) if each]
        kinds = {UNITS[each].kind for each in printed}
        allowed = sorted(name for name, each in UNITS.items() if each.kind in kinds or not kinds)
        if unit not in allowed:
            raise InputError(f"{self.entity} is not measured in {unit!r}; allowed: {', '.join(allowed)}")
        others = tuple(
            replace(other, **in_unit(other.value, other.unit, unit), **converted_details(other, other.unit, unit))
            for other in self.alternatives
        )
        if self.value is None or self.unit is None:
            return replace(self, alternatives=others)
        converted = in_unit(self.value, self.unit, unit)
        return replace(self, **converted, **converted_details(self, self.unit, unit), alternatives=others)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        others = [{**asdict(other), "printed": as_printed(other)} for other in self.alternatives]
        return {**asdict(self), "printed": self.printed, "alternatives": others}
