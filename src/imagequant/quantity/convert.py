"""Exact conversion between units, in fractions."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

from imagequant.core.errors import InputError
from imagequant.quantity.domain import Domain
from imagequant.quantity.units import UNITS


class Measured(TypedDict):
    """A number, its unit, and both as text."""

    text: str
    value: float
    unit: str


def convert(value: float, unit: str, target: str) -> float:
    """Convert an amount to another unit of the same kind.

    Args:
        value: Read as the decimal number it prints as: 0.1 is one tenth.
        unit: The unit of ``value``.
        target: The unit to convert to.

    Returns:
        The float closest to the exact result.
    """
    one, other = UNITS[unit], UNITS[target]
    return float((Fraction(repr(value)) * one.size + one.offset - other.offset) / other.size)


def in_unit(value: float, unit: str, target: str) -> Measured:
    """Convert an amount and format it."""
    converted = convert(value, unit, target)
    return {"text": f"{plain(converted)} {target}", "value": converted, "unit": target}


def plain(value: float) -> str:
    """Format a float as a plain decimal of at most 15 digits, which floats represent exactly."""
    return format(Decimal(f"{value:.15g}"), "f")


def units_by_kind(units: Iterable[str], entities: Collection[str], domain: Domain) -> dict[str, str]:
    """Return the unit that answers of each kind are to be converted to; others stay as they are.

    Raises:
        InputError: If two units are of one kind, or no entity is measured in a unit; the message names both.
    """
    chosen: dict[str, str] = {}
    for unit in units:
        kind = UNITS[unit].kind
        other = chosen.setdefault(kind, unit)
        if other != unit:
            raise InputError(f"{other} and {unit} are both units of {kind}; only one is allowed")
        if not any(domain.entities[entity].kind == kind for entity in entities):
            allowed = "; ".join(
                f"{name}: {', '.join(sorted(domain.entities[name].allowed_units))}" for name in sorted(entities)
            )
            raise InputError(f"none of the entities asked for is measured in {unit}; allowed: {allowed}")
    return chosen
