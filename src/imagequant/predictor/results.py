"""All answers about a photo, as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from imagequant.core.records import Box, Word
from imagequant.model.bundle import ModelInfo
from imagequant.predictor.prediction import Prediction
from imagequant.predictor.printed import PrintedQuantity

if TYPE_CHECKING:
    from imagequant.imaging.load import ImageLike


# The entities that make up a product's size, with their letters.
DIMENSIONS = {"width": "W", "height": "H", "depth": "D"}


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

    @property
    def dimensions(self) -> str:
        """See ``Predictions.dimensions``."""
        return dimensions_of(self.predictions)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON: name, box, predictions and dimensions."""
        return {
            "name": self.name,
            "box": asdict(self.box),
            "predictions": [prediction.to_dict() for prediction in self.predictions],
            "dimensions": self.dimensions,
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
    def by_product(self) -> tuple[Prediction, ...]:
        """The answers for each of several products one after the other, if asked for; else those for the main one."""
        several = tuple(answer for product in self.products for answer in product)
        return several if len(self.products) > 1 else self.predictions

    def part(self, start: int, stop: int) -> Predictions:
        """Return the answers to some of the questions, by number."""
        products = tuple(replace(each, predictions=each.predictions[start:stop]) for each in self.products)
        return replace(self, predictions=self.predictions[start:stop], products=products)

    def in_units(self, units: Mapping[str, str]) -> Predictions:
        """Convert the answers exactly to other units, which are given by entity.

        Raises:
            InputError: If a unit is of another kind than its entity; the message names those that are allowed.
        """
        products = tuple(replace(each, predictions=_in_units(each.predictions, units)) for each in self.products)
        return replace(self, predictions=_in_units(self.predictions, units), products=products)

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


def _in_units(predictions: Sequence[Prediction], units: Mapping[str, str]) -> tuple[Prediction, ...]:
    return tuple(each.to_unit(units[each.entity]) if each.entity in units else each for each in predictions)


def _of_entity(predictions: Sequence[Prediction], entity: str) -> Prediction:
    for prediction in predictions:
        if prediction.entity == entity:
            return prediction
    raise KeyError(f"{entity!r} was not asked; asked: {', '.join(each.entity for each in predictions)}")


def not_found(predictions: Iterable[Prediction]) -> list[str]:
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
