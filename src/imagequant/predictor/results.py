"""Questions and predictions as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from imagequant.core.errors import InputError
from imagequant.core.records import Box, Word
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.printed import PrintedQuantity
from imagequant.predictor.wording import as_printed, converted_details
from imagequant.quantity.convert import in_unit
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import UNITS

if TYPE_CHECKING:
    from imagequant.imaging.load import ImageLike


# The entities that make up a product's size, with their letters.
DIMENSIONS = {"width": "W", "height": "H", "depth": "D"}


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


@dataclass(frozen=True)
class Product:
    """One of the products on a photo with its answers. Index it by entity.

    Attributes:
        name: Its heading, label or caption; empty if none is printed.
        box: Where it and its amounts are, in pixels of the upright photo.
        predictions: One per question, in the order asked.
    """

    name: str
    box: Box
    predictions: tuple[Prediction, ...]

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self.predictions)

    def __getitem__(self, entity: str) -> Prediction:
        return _of_entity(self.predictions, entity)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: name, box, predictions and dimensions."""
        return {
            "name": self.name,
            "box": asdict(self.box),
            "predictions": [prediction.to_dict() for prediction in self.predictions],
            "dimensions": dimensions_of(self.predictions),
        }


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
        products: The products that the photo shows, if all were asked for; else empty.
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
    products: tuple[Product, ...] = ()

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self.predictions)

    def __len__(self) -> int:
        return len(self.predictions)

    def __getitem__(self, which: int | str) -> Prediction:
        return self.predictions[which] if isinstance(which, int) else _of_entity(self.predictions, which)

    @property
    def dimensions(self) -> str:
        """The product's size, ``W 60 x H 75 x D 40 centimetre``, as far as it was asked for and is answered."""
        return dimensions_of(self.predictions)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: photo, width, height, warning, model, predictions, dimensions and products."""
        return {
            "photo": self.photo,
            "width": self.width,
            "height": self.height,
            "warning": self.warning,
            "model": asdict(self.model),
            "predictions": [prediction.to_dict() for prediction in self.predictions],
            "dimensions": self.dimensions,
            "products": [product.to_dict() for product in self.products],
        }


def dimensions_of(predictions: Sequence[Prediction]) -> str:
    """Return a product's size: ``W 60 x H 75 x D 40 centimetre``, as far as it was asked for and is answered."""
    given = {each.entity: each for each in predictions if each.entity in DIMENSIONS and each.text}
    ordered = [given[name] for name in DIMENSIONS if name in given]
    units = {each.unit for each in ordered}
    if len(units) > 1:
        return " x ".join(f"{DIMENSIONS[each.entity]} {each.text}" for each in ordered)
    sides = (f"{DIMENSIONS[each.entity]} {each.text.split()[0]}" for each in ordered)
    return " ".join([" x ".join(sides), *map(str, units)]).strip()


def _of_entity(predictions: Sequence[Prediction], entity: str) -> Prediction:
    for prediction in predictions:
        if prediction.entity == entity:
            return prediction
    raise KeyError(f"{entity!r} was not asked; asked: {', '.join(each.entity for each in predictions)}")


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
