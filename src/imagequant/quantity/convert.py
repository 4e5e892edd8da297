"""Exact conversion between units, in fractions."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

from imagequant.core.errors import InputError
from imagequant.quantity.units import ENTITY_DIMENSION, ENTITY_UNITS, UNITS, Dimension


class Measured(TypedDict):
    """A number, its unit, and both as text."""

    text: str
    value: float
    unit: str


def convert(value: float, unit: str, target: str) -> float:
    """Convert an amount to another unit of the same dimension.

    Args:
        value: Read as the decimal number it prints as: 0.1 is one tenth.
        unit: The unit of ``value``.
        target: The unit to convert to.

    Returns:
        The float closest to the exact result.
    """
    return float(Fraction(repr(value)) * UNITS[unit].size / UNITS[target].size)


def in_unit(value: float, unit: str, target: str) -> Measured:
    """Convert an amount and format it."""
    converted = convert(value, unit, target)
    return {"text": f"{plain(converted)} {target}", "value": converted, "unit": target}


def plain(value: float) -> str:
    """Format a float as a plain decimal of at most 15 digits, which floats represent exactly."""
    return format(Decimal(f"{value:.15g}"), "f")


def units_by_dimension(units: Iterable[str], entities: Collection[str]) -> dict[Dimension, str]:
    """Return the unit that answers of each dimension are to be converted to; others stay as they are.

    Raises:
        InputError: If two units are of one dimension, or no entity is measured in a unit; the message names both.
    """
    chosen: dict[Dimension, str] = {}
    for unit in units:
        dimension = UNITS[unit].dimension
        other = chosen.setdefault(dimension, unit)
        if other != unit:
            raise InputError(f"{other} and {unit} are both units of {dimension}; only one is allowed")
        if not any(ENTITY_DIMENSION[entity] == dimension for entity in entities):
            allowed = "; ".join(f"{name}: {', '.join(sorted(ENTITY_UNITS[name]))}" for name in sorted(entities))
            raise InputError(f"none of the entities asked for is measured in {unit}; allowed: {allowed}")
    return chosen
