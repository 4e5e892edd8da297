"""Exact conversion between units, in fractions."""

from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

from imagequant.quantity.units import UNITS


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
