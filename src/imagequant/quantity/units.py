"""Units: their names as the contest spells them, what they measure, how people write them.

Factors are to the base unit of the dimension (gram, centimetre, volt, watt, millilitre) and are exact by
definition (international yard and pound agreement of 1959; US and imperial gallons by their statutes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dimension = Literal["weight", "length", "voltage", "power", "volume"]


@dataclass(frozen=True)
class Unit:
    """A unit under its contest name; ``factor`` turns one of it into the dimension's base unit."""

    name: str
    dimension: Dimension
    factor: float


_UNITS = (
    Unit("microgram", "weight", 1e-6),
    Unit("milligram", "weight", 1e-3),
    Unit("gram", "weight", 1.0),
    Unit("kilogram", "weight", 1e3),
    Unit("ton", "weight", 907184.74),
    Unit("ounce", "weight", 28.349523125),
    Unit("pound", "weight", 453.59237),
    Unit("millimetre", "length", 0.1),
    Unit("centimetre", "length", 1.0),
    Unit("metre", "length", 100.0),
    Unit("inch", "length", 2.54),
    Unit("foot", "length", 30.48),
    Unit("yard", "length", 91.44),
    Unit("millivolt", "voltage", 1e-3),
    Unit("volt", "voltage", 1.0),
    Unit("kilovolt", "voltage", 1e3),
    Unit("watt", "power", 1.0),
    Unit("kilowatt", "power", 1e3),
    Unit("microlitre", "volume", 1e-3),
    Unit("millilitre", "volume", 1.0),
    Unit("centilitre", "volume", 10.0),
    Unit("decilitre", "volume", 100.0),
    Unit("litre", "volume", 1000.0),
    Unit("cubic inch", "volume", 16.387064),
    Unit("cubic foot", "volume", 28316.846592),
    Unit("cup", "volume", 236.5882365),
    Unit("fluid ounce", "volume", 29.5735295625),
    Unit("pint", "volume", 473.176473),
    Unit("quart", "volume", 946.352946),
    Unit("gallon", "volume", 3785.411784),
    Unit("imperial gallon", "volume", 4546.09),
)

UNITS: dict[str, Unit] = {unit.name: unit for unit in _UNITS}

METRIC_UNITS: frozenset[str] = frozenset(
    (
        "microgram", "milligram", "gram", "kilogram", "millimetre", "centimetre", "metre",
        "microlitre", "millilitre", "centilitre", "decilitre", "litre",
    )
)  # fmt: skip

ENTITY_DIMENSION: dict[str, Dimension] = {
    "width": "length",
    "depth": "length",
    "height": "length",
    "item_weight": "weight",
    "maximum_weight_recommendation": "weight",
    "voltage": "voltage",
    "wattage": "power",
    "item_volume": "volume",
}

ENTITIES: tuple[str, ...] = tuple(ENTITY_DIMENSION)

# Every entity allows all units of its dimension: the contest's table is exactly that.
ENTITY_UNITS: dict[str, frozenset[str]] = {
    entity: frozenset(unit.name for unit in _UNITS if unit.dimension == dimension)
    for entity, dimension in ENTITY_DIMENSION.items()
}


def to_base(value: float, unit: str) -> float:
    """``value`` of ``unit`` in the base unit of its dimension.

    Raises:
        KeyError: If ``unit`` is no contest name.
    """
    return value * UNITS[unit].factor
