"""What a predictor is asked and what it answers, as values that can be printed, stored and compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from imagequant.core.errors import InputError
from imagequant.core.records import Box, Word
from imagequant.quantity.convert import in_unit
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import ENTITIES, ENTITY_UNITS

if TYPE_CHECKING:
    from imagequant.imaging.load import ImageLike


@dataclass(frozen=True)
class Question:
    """What is asked about a photo.

    Attributes:
        entity: One of ``ENTITIES``.
        group_id: The product category's code; empty if unknown.
        index: What the asker calls the question; empty if nothing.
    """

    entity: str
    group_id: str = ""
    index: str = ""


@dataclass(frozen=True)
class Alternative:
    """Another quantity the photo gives.

    Attributes:
        text: Number and unit, ``500 gram``.
        value: The number.
        unit: One of the units that the entity allows.
        confidence: The calibrated chance that it is the answer, in [0, 1].
        words: The text it was read from.
        box: Where that stands, in pixels of the upright photo.
    """

    text: str
    value: float
    unit: str
    confidence: float
    words: str
    box: Box


@dataclass(frozen=True)
class Prediction:
    """The answer to one question about one photo.

    Attributes:
        entity: What was asked.
        text: Number and unit, ``500 gram``: the contest's form. Empty where there is no answer.
        value: The number; None where there is no answer.
        unit: One of the units that the entity allows; None where there is no answer.
        confidence: The calibrated chance that the likeliest quantity is right, in [0, 1]; 0 if there is none.
        reason: Why there is no answer: ``no text``, ``no quantity of this kind`` or ``too unsure``; else empty.
        words: The text the answer was read from; empty where there is no answer.
        box: Where that stands, in pixels of the upright photo; None where there is no answer.
        alternatives: What else the photo gives, likeliest first; where there is no answer, the likeliest included.
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

    @property
    def quantity(self) -> Quantity | None:
        """Number and unit, None where there is no answer."""
        return None if self.value is None or self.unit is None else Quantity(self.value, self.unit)

    def to_unit(self, unit: str) -> Prediction:
        """The same answer and alternatives in another unit, converted exactly (1 pound is 453.59237 gram).

        Args:
            unit: One of the units that the entity allows, as ``imagequant.quantity.units`` names them.

        Raises:
            InputError: If the entity is not measured in it; names the units that are allowed.
        """
        if unit not in ENTITY_UNITS[self.entity]:
            allowed = ", ".join(sorted(ENTITY_UNITS[self.entity]))
            raise InputError(f"{self.entity} is not measured in {unit!r}; allowed: {allowed}")
        others = tuple(replace(other, **in_unit(other.value, other.unit, unit)) for other in self.alternatives)
        if self.value is None or self.unit is None:
            return replace(self, alternatives=others)
        return replace(self, **in_unit(self.value, self.unit, unit), alternatives=others)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "alternatives": [asdict(other) for other in self.alternatives]}


@dataclass(frozen=True)
class Predictions:
    """All answers about one photo: iterate over them, or take one by its number or entity.

    Attributes:
        photo: The path, as it was given; empty for photos that have none.
        width: Pixels across the upright photo.
        height: Pixels down.
        predictions: One a question, in the order asked.
        words: Everything that was read on the photo, in reading order.
        image: The image as it was given; opened again where it is to be drawn.
    """

    photo: str
    width: int
    height: int
    predictions: tuple[Prediction, ...]
    words: tuple[Word, ...] = field(repr=False)
    image: ImageLike = field(repr=False, compare=False)

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
        """Plain values for JSON: photo, width, height and predictions."""
        answers = [prediction.to_dict() for prediction in self.predictions]
        return {"photo": self.photo, "width": self.width, "height": self.height, "predictions": answers}


def not_found(predictions: Predictions) -> list[str]:
    """Entities without an answer or a runner-up, in a line a reason."""
    missing: dict[str, list[str]] = {}
    for each in predictions:
        if not each.text and not each.alternatives:
            missing.setdefault(each.reason, []).append(each.entity)
    return [f"not found ({reason}): {', '.join(entities)}" for reason, entities in missing.items()]


def percent(confidence: float) -> str:
    """A confidence for people: never rounded up to 100%."""
    return f"{math.floor(100 * confidence)}%"


def check_entities(entities: Iterable[str]) -> None:
    """Sees to it that all are entities.

    Raises:
        InputError: If one is not; names those that are.
    """
    for entity in entities:
        if entity not in ENTITIES:
            raise InputError(f"unknown entity {entity!r}; allowed: {', '.join(ENTITIES)}")
