"""Units against an independent library, the contest's table, its checks and its metric."""

from __future__ import annotations

import math

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contest import CONTEST

from imagequant.quantity.convert import convert
from imagequant.quantity.scoring import (
    Quantity,
    Score,
    outcome,
    parse_prediction,
    same_quantity,
    score,
)
from imagequant.quantity.units import KINDS, UNITS, to_base

# The contest's own table, written out: what the code derives from dimensions must be exactly this.
LENGTHS = {"centimetre", "foot", "inch", "metre", "millimetre", "yard"}
WEIGHTS = {"gram", "kilogram", "microgram", "milligram", "ounce", "pound", "ton"}
CONTEST_UNITS = {
    "width": LENGTHS,
    "depth": LENGTHS,
    "height": LENGTHS,
    "item_weight": WEIGHTS,
    "maximum_weight_recommendation": WEIGHTS,
    "voltage": {"kilovolt", "millivolt", "volt"},
    "wattage": {"kilowatt", "watt"},
    "item_volume": {
        "centilitre", "cubic foot", "cubic inch", "cup", "decilitre", "fluid ounce", "gallon", "imperial gallon",
        "litre", "microlitre", "millilitre", "pint", "quart",
    },
}  # fmt: skip

PINT_NAMES = {
    "ton": "short_ton",  # the US ton; pint's "ton" is one too, but "tonne" is the metric one
    "imperial gallon": "imperial_gallon",
    "fluid ounce": "US_fluid_ounce",
    "gallon": "US_liquid_gallon",
    "quart": "US_liquid_quart",
    "pint": "US_pint",
    "cup": "US_liquid_cup",
    "cubic inch": "inch ** 3",
    "cubic foot": "foot ** 3",
    "british thermal unit": "international_british_thermal_unit",
    "pound per square inch": "pound_force_per_square_inch",
    "newton metre": "newton*metre",
}
PINT_BASES = {
    "weight": "gram",
    "length": "centimetre",
    "voltage": "volt",
    "power": "watt",
    "volume": "millilitre",
    "charge": "milliampere_hour",
    "energy": "joule",
    "frequency": "hertz",
    "current": "ampere",
    "area": "centimetre**2",
    "speed": "metre/second",
    "rotation": "revolution/minute",
    "pressure": "pascal",
    "data size": "megabyte",
    "luminous flux": "lumen",
    "time": "second",
    "resistance": "ohm",
    "torque": "newton*metre",
}


@pytest.fixture(scope="module")
def registry() -> pint.UnitRegistry:
    return pint.UnitRegistry()


def test_allowed_units_are_the_contests_table():
    assert {name: set(CONTEST.entities[name].allowed_units) for name in CONTEST_UNITS} == CONTEST_UNITS


@pytest.mark.parametrize("name", [name for name, unit in UNITS.items() if unit.kind in PINT_BASES and name != "acre"])
def test_factors_are_those_of_pint(name, registry):
    unit = UNITS[name]
    theirs = registry.Quantity(1.0, _pint_name(name)).to(PINT_BASES[unit.kind]).magnitude
    assert math.isclose(unit.factor, theirs, rel_tol=1e-9)
    assert math.isclose(to_base(2.5, name), 2.5 * theirs, rel_tol=1e-9)


def _pint_name(name):
    if name.startswith("square "):
        return f"{name.removeprefix('square ')}**2"
    return PINT_NAMES.get(name, name.replace(" per ", "/").replace(" ", "_"))


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        (100, "degree celsius", "degree fahrenheit", 212),
        (-40, "degree fahrenheit", "degree celsius", -40),
        (0, "degree celsius", "kelvin", 273.15),
        (1, "dozen", "piece", 12),
        (1, "acre", "square yard", 4840),
        (5, "megapixel", "megapixel", 5),
        (85, "decibel", "decibel", 85),
    ],
)
def test_temperatures_and_counts_convert(value, unit, target, expected):
    assert convert(value, unit, target) == expected
    assert math.isclose(to_base(value, unit), to_base(expected, target))


def test_unknown_unit_has_no_base():
    with pytest.raises(KeyError):
        to_base(1.0, "horsepower")


@pytest.mark.parametrize(
    ("text", "entity", "expected"),
    [
        ("500 gram", "item_weight", Quantity(500.0, "gram")),
        ("500.0 gram", "item_weight", Quantity(500.0, "gram")),
        ("-5 gram", "item_weight", Quantity(-5.0, "gram")),  # an optional minus is in the contest's form
        ("  12.5   centimetre ", "height", Quantity(12.5, "centimetre")),  # blank space around and between
        ("3 imperial gallon", "item_volume", Quantity(3.0, "imperial gallon")),  # a unit of two words
        ("", "item_weight", None),
        ("   ", "item_weight", None),
    ],
)
def test_predictions_the_contest_accepts(text, entity, expected):
    assert parse_prediction(text, CONTEST.entities[entity]) == expected


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("2 gms", "item_weight"),  # named in the contest's text: no abbreviation
        ("60 ounce/1.7 kilogram", "item_weight"),  # named there: two answers
        ("2.2e2 kilogram", "item_weight"),  # named there: an exponent
        ("1,000 gram", "item_weight"),  # a thousands mark
        ("500gram", "item_weight"),  # no blank space
        ("gram", "item_weight"),
        ("500", "item_weight"),
        (".5 gram", "item_weight"),  # digits come first
        ("5. gram", "item_weight"),  # a point without digits
        ("+5 gram", "item_weight"),
        ("nan gram", "item_weight"),
        ("inf gram", "item_weight"),
        ("[5, 6] gram", "item_weight"),
        ("5 Gram", "item_weight"),  # the list is in small letters
        ("5 centimeter", "height"),  # an American spelling is none of the list
        ("5 gram", "voltage"),  # a unit of another entity
        ("5 horsepower", "wattage"),
    ],
)
def test_predictions_the_contest_rejects(text, entity):
    with pytest.raises(ValueError, match="is not") as error:
        parse_prediction(text, CONTEST.entities[entity])
    assert text in str(error.value)


@given(
    value=st.decimals(min_value=-(10**9), max_value=10**9, places=6).map(float),
    pair=st.sampled_from(
        [(entity, unit) for entity in CONTEST.names for unit in sorted(CONTEST.entities[entity].allowed_units)]
    ),
)
def test_what_a_quantity_prints_is_a_valid_prediction_of_it(value, pair):
    entity, unit = pair
    quantity = Quantity(value, unit)
    read = parse_prediction(str(quantity), CONTEST.entities[entity])
    assert read is not None
    assert same_quantity(read, quantity)


TRUTH = Quantity(500.0, "gram")


@pytest.mark.parametrize(
    ("prediction", "truths", "answerable", "expected"),
    [
        (Quantity(500.0, "gram"), (TRUTH,), True, "TP"),
        (Quantity(500.0000000001, "gram"), (TRUTH,), True, "TP"),  # what six printed decimals lose
        (Quantity(501.0, "gram"), (TRUTH,), True, "FP"),  # a wrong number
        (Quantity(0.5, "kilogram"), (TRUTH,), True, "FP"),  # the same weight, another unit: wrong for the contest
        (Quantity(500.0, "gram"), (), False, "FP"),  # an answer where the photo does not say
        (None, (TRUTH,), True, "FN"),
        (None, (), False, "TN"),
        (Quantity(1.0, "gram"), (), True, "FP"),  # a range: nothing equals it
        (None, (), True, "FN"),  # and silence misses it
        (Quantity(1.1, "pound"), (TRUTH, Quantity(1.1, "pound")), True, "TP"),  # an accepted alternative
    ],
)
def test_outcomes(prediction, truths, answerable, expected):
    assert outcome(prediction, truths, answerable=answerable) == expected


def test_contest_f1_by_hand():
    # 3 right, 1 wrong, 2 missed, 4 rightly silent: P = 3/4, R = 3/5, F1 = 2 * 0.75 * 0.6 / 1.35
    result = score(["TP"] * 3 + ["FP"] + ["FN"] * 2 + ["TN"] * 4)
    assert result == Score(3, 1, 2, 4)
    assert (result.precision, result.recall) == (0.75, 0.6)
    assert math.isclose(result.contest_f1, 0.9 / 1.35)
    assert result.exact_match == 0.7


def test_where_every_row_is_answered_f1_follows_from_accuracy():
    """The contest's note: no empty truth, no silence: F1 = 2a / (1 + a)."""
    result = score(["TP"] * 7 + ["FP"] * 3)
    assert math.isclose(result.contest_f1, 2 * 0.7 / 1.7)


@pytest.mark.parametrize("outcomes", [[], ["TN"], ["FN"], ["FP"]])
def test_scores_without_a_denominator_are_zero(outcomes):
    assert score(outcomes).contest_f1 == 0.0


@given(st.lists(st.sampled_from(["TP", "FP", "FN", "TN"]), max_size=50))
def test_ratios_are_shares(outcomes):
    result = score(outcomes)
    assert result.rows == len(outcomes)
    for ratio in (result.precision, result.recall, result.contest_f1, result.exact_match):
        assert 0.0 <= ratio <= 1.0
    low, high = sorted((result.precision, result.recall))
    assert low - 1e-12 <= result.contest_f1 <= high + 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_base_unit(kind):
    assert 1.0 in [unit.factor for unit in UNITS.values() if unit.kind == kind]
