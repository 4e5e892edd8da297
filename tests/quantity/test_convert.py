from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagequant.quantity.convert import convert, in_unit, plain
from imagequant.quantity.units import UNITS


@pytest.mark.parametrize(
    ("value", "unit", "target", "text"),
    [
        (1.0, "pound", "gram", "453.59237 gram"),
        (2.5, "kilogram", "gram", "2500 gram"),
        (0.1, "metre", "millimetre", "100 millimetre"),  # in floats 0.1 * 100 / 0.1 is not 100 everywhere
        (0.7, "kilogram", "gram", "700 gram"),
        (12.5, "ounce", "gram", "354.3690390625 gram"),
        (1.0, "ton", "kilogram", "907.18474 kilogram"),
        (5.5, "foot", "inch", "66 inch"),
        (1.0, "cubic foot", "cubic inch", "1728 cubic inch"),
        (1.0, "imperial gallon", "litre", "4.54609 litre"),
        (2.0, "cup", "fluid ounce", "16 fluid ounce"),
        (1.0, "gallon", "pint", "8 pint"),
        (1.0, "centimetre", "inch", "0.393700787401575 inch"),  # no decimal ends there
        (1.0, "microgram", "ton", "0.00000000000110231131092439 ton"),
        (230.0, "volt", "kilovolt", "0.23 kilovolt"),
        (1.5, "kilowatt", "watt", "1500 watt"),
        (500.0, "gram", "gram", "500 gram"),
    ],
)
def test_conversions_are_exact(value: float, unit: str, target: str, text: str) -> None:
    assert in_unit(value, unit, target)["text"] == text
    assert in_unit(value, unit, target)["unit"] == target


@pytest.mark.parametrize("unit", UNITS)
def test_factors_are_the_projects(unit: str) -> None:
    base = next(name for name, other in UNITS.items() if other.factor == 1 and other.kind == UNITS[unit].kind)
    one, zero = convert(1.0, unit, base), convert(0.0, unit, base)
    assert one - zero == pytest.approx(UNITS[unit].factor, rel=1e-12)


@given(st.decimals(min_value="0.001", max_value="100000", places=3), st.sampled_from(["pound", "ounce", "ton", "gram"]))
def test_there_and_back_is_where_it_was(value: object, unit: str) -> None:
    start = float(str(value))
    assert plain(convert(convert(start, unit, "kilogram"), "kilogram", unit)) == plain(start)


@given(st.integers(min_value=1, max_value=10**6))
def test_no_rounding_before_the_last(grams: int) -> None:
    value = grams / 1000
    assert convert(value, "kilogram", "ounce") == float(
        Fraction(repr(value)) * 1000 / (Fraction(45359237, 100000) / 16)
    )
