"""One unit to another, exactly: in fractions, by pint's definitions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TypedDict

import pint

# What pint calls the contest's units where its name is not theirs; the contest's are those of the United States.
_PINT_NAMES = {
    "ton": "short_ton",
    "imperial gallon": "imperial_gallon",
    "fluid ounce": "US_fluid_ounce",
    "gallon": "US_liquid_gallon",
    "quart": "US_liquid_quart",
    "pint": "US_pint",
    "cup": "US_liquid_cup",
    "cubic inch": "inch ** 3",
    "cubic foot": "foot ** 3",
}


class Measured(TypedDict):
    """A number and its unit, and both as text."""

    text: str
    value: float
    unit: str


@cache
def _registry() -> pint.UnitRegistry[Fraction]:
    return pint.UnitRegistry(non_int_type=Fraction)


def convert(value: float, unit: str, target: str) -> float:
    """A number of one unit in another of the same dimension: the float nearest to the exact result.

    Args:
        value: Taken for the decimal that it is printed as: 0.1 is a tenth.
        unit: As the contest names it.
        target: The same.
    """
    quantity = _registry().Quantity(Fraction(repr(value)), _PINT_NAMES.get(unit, unit))
    return float(quantity.to(_PINT_NAMES.get(target, target)).magnitude)


def in_unit(value: float, unit: str, target: str) -> Measured:
    """A number of one unit in another. One that is in it already is told as ``convert`` would, too."""
    converted = convert(value, unit, target)
    return {"text": f"{plain(converted)} {target}", "value": converted, "unit": target}


def plain(value: float) -> str:
    """A float as a plain decimal of at most 15 digits: as many as a float holds for sure."""
    return format(Decimal(f"{value:.15g}"), "f")
