"""Questions and predictions as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypedDict

from imagequant.core.errors import InputError
from imagequant.core.records import Box, Word
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.printed import PrintedQuantity
from imagequant.quantity.convert import convert, in_unit, plain
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import ENTITY_UNITS

if TYPE_CHECKING:
    from imagequant.imaging.load import ImageLike


@dataclass(frozen=True)
class Question:
    """A question about a photo.

    Attributes:
        entity: One of ``ENTITIES``.
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
    """

    text: str
    value: float
    unit: str
    confidence: float
    words: str
    box: Box
    low: float | None = None
    high: float | None = None


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

    @property
    def range(self) -> str:
        """The printed range, ``100 to 240 volt``; empty if the answer is no end of one."""
        if self.low == self.high or self.low is None or self.high is None:
            return ""
        return f"{plain(self.low)} to {plain(self.high)} {self.unit}"

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
            unit: One of the units allowed for the entity (``imagequant.ENTITY_UNITS``).

        Raises:
            InputError: If the unit is not allowed for the entity; the message names those that are.
        """
        if unit not in ENTITY_UNITS[self.entity]:
            allowed = ", ".join(sorted(ENTITY_UNITS[self.entity]))
            raise InputError(f"{self.entity} is not measured in {unit!r}; allowed: {allowed}")
        others = tuple(
            replace(other, **in_unit(other.value, other.unit, unit), **_ends(other, other.unit, unit))
            for other in self.alternatives
        )
        if self.value is None or self.unit is None:
            return replace(self, alternatives=others)
        converted = in_unit(self.value, self.unit, unit)
        return replace(self, **converted, **_ends(self, self.unit, unit), alternatives=others)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "alternatives": [asdict(other) for other in self.alternatives]}


class _Ends(TypedDict):
    low: float | None
    high: float | None


def _ends(answer: Alternative | Prediction, unit: str, target: str) -> _Ends:
    """Return the ends of an answer's range in another unit, as far as they are known."""
    low, high = (None if end is None else convert(end, unit, target) for end in (answer.low, answer.high))
    return {"low": low, "high": high}


@dataclass(frozen=True)
class Predictions:
    """All answers about one photo. Iterate over them, or index them by number or entity.

    Attributes:
        photo: The path as it was given; empty if the photo has none.
        width: Of the upright photo in pixels.
        height: Of the upright photo in pixels.
        predictions: One per question, in the order asked.
        words: Every word read on the photo, in reading order.
        image: The image as it was given; it is opened again for drawing.
        model: Which model answered.
        warning: What is missing, if the file could only be decoded in part; else empty.
        printed: Every quantity on the photo, in reading order, whatever was asked.
    """

    photo: str
    width: int
    height: int
    predictions: tuple[Prediction, ...]
    words: tuple[Word, ...] = field(repr=False)
    image: ImageLike = field(repr=False, compare=False)
    model: ModelInfo
    warning: str = ""
    printed: tuple[PrintedQuantity, ...] = field(default=(), repr=False)

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self.predictions)

    def __len__(self) -> int:
        return len(self.predictions)

    def __getitem__(self, which: int | str) -> Prediction:
        if isinstance(which, int):
            return self.predictions[which]
        for prediction in self.predictions:
            if prediction.entity == which:
                return prediction
        raise KeyError(f"{which!r} was not asked; asked: {', '.join(each.entity for each in self.predictions)}")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: photo, width, height, warning, model and predictions."""
        return {
            "photo": self.photo,
            "width": self.width,
            "height": self.height,
            "warning": self.warning,
            "model": asdict(self.model),
            "predictions": [prediction.to_dict() for prediction in self.predictions],
        }


def not_found(predictions: Predictions) -> list[str]:
    """Return one line per reason that names the entities without an answer or an alternative."""
    missing: dict[str, list[str]] = {}
    for each in predictions:
        if not each.text and not each.alternatives:
            missing.setdefault(each.reason, []).append(each.entity)
    return [f"not found ({reason}): {', '.join(entities)}" for reason, entities in missing.items()]


def percent(confidence: float) -> str:
    """A confidence for people: never rounded up to 100%."""
    return f"{math.floor(100 * confidence)}%"


def worth_showing(prediction: Prediction) -> bool:
    """Return whether there is an answer, or one that is too unsure but not hopeless."""
    return bool(prediction.text) or (bool(prediction.alternatives) and floored(prediction.confidence) != "0.00")


def floored(confidence: float) -> str:
    """A confidence with two decimals, for terminals and other programs: never rounded up to 1.00."""
    return f"{math.floor(100 * confidence) / 100:.2f}"


def place_of(box: Box | None) -> str:
    """A box as text: x0, y0, x1 and y1 in whole pixels; empty if there is none."""
    return "" if box is None else f"{box.x0:.0f} {box.y0:.0f} {box.x1:.0f} {box.y1:.0f}"
