"""Two units for one amount."""

from __future__ import annotations

import pytest
from tests.contest import parse

from imagequant.quantity.dual_units import are_dual_units, dual_unit_corrections


def corrections(text: str) -> list[tuple[float, str, str]]:
    return [(m.value, m.unit, m.form) for m in dual_unit_corrections(parse(text), text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25cm/984in", [(9.84, "inch", "dual_unit")]),
        ("105 cm (4.13 in)", [(10.5, "centimetre", "dual_unit"), (41.3, "inch", "dual_unit")]),  # either may be wrong
        ("500 g / 17.6 oz", []),  # they agree
        ("20 cm / 30 in", []),  # no decimal point makes them agree
        ("25 cm wide, 984 in all", []),  # not one told twice
        ("10 cm / 35 cm", []),  # one system of units
        ("5 kg / 110 cm", []),  # two dimensions
        ("984 in", []),
    ],
)
def test_corrections(text, expected):
    assert corrections(text) == expected


def test_which_of_the_two_is_wrong_may_stay_open():
    """Both 2.5 cm and 98.4 inch are conceivable: the ranker decides."""
    assert set(corrections("25 cm/0.984 in")) == {(2.5, "centimetre", "dual_unit"), (9.84, "inch", "dual_unit")}


def test_twins():
    centimetres, inches, other = parse("25 cm | 9.84 in | 12 in")
    assert are_dual_units(centimetres, inches)
    assert not are_dual_units(centimetres, other)
    assert not are_dual_units(inches, inches)
