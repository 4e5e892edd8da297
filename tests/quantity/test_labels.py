"""Labels as the raw files give them, the good forms and each reason for a rejection."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contest import CONTEST

from imagequant.quantity.labels import parse_label


@pytest.mark.parametrize(
    ("text", "entity", "low", "high", "unit", "shown"),
    [
        ("500.0 gram", "item_weight", 500, 500, "gram", "500 gram"),
        ("  500  gram ", "item_weight", 500, 500, "gram", "500 gram"),  # blanks around and between
        ("12.5 Centimetre", "height", 12.5, 12.5, "centimetre", "12.5 centimetre"),  # capitals
        ("1.5e3 gram", "item_weight", 1500, 1500, "gram", "1500 gram"),  # pandas writes exponents
        ("1e-05 kilogram", "item_weight", 1e-5, 1e-5, "kilogram", "0.00001 kilogram"),
        ("2.0 fluid  ounce", "item_volume", 2, 2, "fluid ounce", "2 fluid ounce"),  # two blanks inside a unit
        ("[100.0, 240.0] volt", "voltage", 100, 240, "volt", "100 volt to 240 volt"),
        ("[240.0, 100.0] volt", "voltage", 100, 240, "volt", "100 volt to 240 volt"),  # the wrong way round
        ("[ 5 ,5 ]gram", "item_weight", 5, 5, "gram", "5 gram"),  # two equal ends are no range
        ("9 kilogram to 18 kilogram", "item_weight", 9, 18, "kilogram", "9 kilogram to 18 kilogram"),
        ("9 foot to 18 feet", "height", 9, 18, "foot", "9 foot to 18 foot"),  # one unit in two spellings
        ("3 centimeter", "height", 3, 3, "centimetre", "3 centimetre"),
        ("3 millimeter", "height", 3, 3, "millimetre", "3 millimetre"),
        ("3 meter", "height", 3, 3, "metre", "3 metre"),
        ("3 feet", "height", 3, 3, "foot", "3 foot"),
        ("3 liter", "item_volume", 3, 3, "litre", "3 litre"),
        ("3 milliliter", "item_volume", 3, 3, "millilitre", "3 millilitre"),
        ("3 centiliter", "item_volume", 3, 3, "centilitre", "3 centilitre"),
        ("3 deciliter", "item_volume", 3, 3, "decilitre", "3 decilitre"),
        ("3 microliter", "item_volume", 3, 3, "microlitre", "3 microlitre"),
    ],
)
def test_good_labels(text, entity, low, high, unit, shown):
    label = parse_label(text, CONTEST.entities[entity])
    assert (label.status, label.reason, label.unit, label.text) == ("ok", "", unit, shown)
    assert (label.low, label.high, label.value) == (low, high, high), "of a range the value is the upper end"
    assert label.is_range == (low != high)


@pytest.mark.parametrize(
    ("text", "entity", "reason"),
    [
        ("2 horsepower", "wattage", "unknown_unit"),
        ("22 kilowatt hour", "wattage", "unit_of_another_entity"),  # no allowed unit with a word behind it
        ("4 person", "maximum_weight_recommendation", "unknown_unit"),
        ("10 ounce", "item_volume", "unit_of_another_entity"),  # a weight
        ("5 volt", "wattage", "unit_of_another_entity"),
        ("0.0 gram", "item_weight", "not_positive"),
        ("-5 gram", "item_weight", "not_positive"),
        ("[0.0, 5.0] gram", "item_weight", "not_positive"),  # one end is enough
        ("1e999 gram", "item_weight", "not_positive"),  # more than a float holds
        ("2006 gallon", "item_volume", "implausible_value"),  # a year
        ("13321010000023.0 gallon", "item_volume", "implausible_value"),  # a bar code
        ("[1, 99999999999] gram", "item_weight", "implausible_value"),
        ("1 gram to 2 kilogram", "item_weight", "range_of_two_units"),
        ("heavy", "item_weight", "not_a_quantity"),
        ("500", "item_weight", "not_a_quantity"),
        ("gram", "item_weight", "not_a_quantity"),
        ("31/2 inch", "height", "not_a_quantity"),  # 3 1/2 or 15.5
        ("6 330 gram", "item_weight", "not_a_quantity"),  # 6330, or six of 330
        ("500 k9", "item_weight", "not_a_quantity"),  # nobody writes kg like this, only OCR reads it
        ("7:4 inch", "height", "not_a_quantity"),
        ("12 inch x 5", "height", "not_a_quantity"),
        ("10 oz", "item_volume", "unit_of_another_entity"),
        ("-5 g", "item_weight", "not_positive"),
        ("0g", "item_weight", "not_positive"),
        ("0 kilogram to 2kilogram", "item_weight", "not_a_quantity"),
        ("5 gram; 6 gram", "item_weight", "not_a_quantity"),
        ("[1, 2, 3] volt", "voltage", "not_a_quantity"),
        ("nan gram", "item_weight", "not_a_quantity"),
    ],
)
def test_rejected_labels_say_why(text, entity, reason):
    label = parse_label(text, CONTEST.entities[entity])
    assert (label.status, label.reason, label.unit, label.text) == ("rejected", reason, "", "")
    assert math.isnan(label.value)
    assert not label.is_range


@pytest.mark.parametrize(
    ("text", "entity", "shown"),
    [
        ("500 g", "item_weight", "500 gram"),
        ("500gram", "item_weight", "500 gram"),
        ("330ml", "item_volume", "330 millilitre"),
        ("125 grams", "item_weight", "125 gram"),
        ("12 inches", "width", "12 inch"),
        ('12"', "width", "12 inch"),
        ("10 centimeters", "width", "10 centimetre"),
        ("1/2 inch", "width", "0.5 inch"),
        ("1 1/2 in.", "width", "1.5 inch"),
        ("1½ inches", "width", "1.5 inch"),
        ("1,000 gram", "item_weight", "1000 gram"),
        ("1,234,567 mg", "item_weight", "1234567 milligram"),
        ("1,5 kg", "item_weight", "1.5 kilogram"),  # a decimal comma
        ("0,500 kg", "item_weight", "0.5 kilogram"),
        ("12 fl. oz.", "item_volume", "12 fluid ounce"),
        ("220V AC", "voltage", "220 volt"),
        ("[100, 240] V", "voltage", "100 volt to 240 volt"),
        ("9 kg to 18 kilograms", "item_weight", "9 kilogram to 18 kilogram"),
        ("1.000 g", "item_weight", "1 gram"),  # as 1.000 gram always was
    ],
)
def test_labels_as_people_write_them(text, entity, shown):
    label = parse_label(text, CONTEST.entities[entity])
    assert (label.status, label.text) == ("ok", shown)


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "nan", " NaN "])
def test_empty_labels_are_no_rejects(text):
    label = parse_label(text, CONTEST.entities["height"])
    assert (label.status, label.reason, label.text) == ("empty", "", "")


@given(st.text(max_size=60), st.sampled_from(CONTEST.names))
def test_any_text_gives_a_status(text, entity):
    label = parse_label(text, CONTEST.entities[entity])
    assert label.status in ("ok", "empty", "rejected")
    assert (label.status == "rejected") == bool(label.reason)
    if label.status == "ok":
        assert label.unit in CONTEST.entities[entity].allowed_units
        assert 0 < label.low <= label.value <= label.high


@given(
    st.decimals(min_value="0.000001", max_value=1000, places=6).map(float),
    st.sampled_from(
        [(entity, unit) for entity in CONTEST.names for unit in sorted(CONTEST.entities[entity].allowed_units)]
    ),
)
def test_labels_survive_being_printed(value, pair):
    entity, unit = pair
    label = parse_label(f"{value!r} {unit}", CONTEST.entities[entity])
    if label.status == "ok":  # a thousand of some units is implausible
        assert parse_label(label.text, CONTEST.entities[entity]) == label
    else:
        assert label.reason == "implausible_value"
