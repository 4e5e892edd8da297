"""What a predictor answers, as values that can be printed, stored and compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from imagequant.quantity.scoring import Quantity
from imagequant.records import Box


@dataclass(frozen=True)
class Alternative:
    """Another quantity the photo gives, with its confidence in [0, 1]."""

    value: float
    unit: str
    confidence: float


@dataclass(frozen=True)
class Prediction:
    """The answer to one question about one photo.

    ``value`` and ``unit`` are None where there is no answer; ``reason`` then says why: ``no text``, ``no quantity of
    this kind`` or ``too unsure``. ``confidence`` is the calibrated chance that the likeliest quantity is right, 0 if
    there is none. ``words`` is the text it was read from, ``box`` its place in pixels of the upright photo.
    """

    entity: str
    value: float | None
    unit: str | None
    confidence: float
    reason: str
    words: str
    box: Box | None
    alternatives: tuple[Alternative, ...]

    @property
    def quantity(self) -> Quantity | None:
        """Number and unit, None where there is no answer."""
        return None if self.value is None or self.unit is None else Quantity(self.value, self.unit)

    @property
    def text(self) -> str:
        """The contest's form, ``500 gram``; empty where there is no answer."""
        return str(self.quantity) if self.quantity else ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "text": self.text}
