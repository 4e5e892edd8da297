"""Numbers as printed and as OCR gives them; how units are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contest import CONTEST

from imagequant.quantity.cues import CUES, find_cues
from imagequant.quantity.numbers import CONFUSABLE, NUMBER, decimal_values, format_number, number_values
from imagequant.quantity.spelling import match_unit


def values(text: str) -> tuple[float, ...]:
    match = NUMBER.fullmatch(text)
    assert match is not None, text
    return number_values(match)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500", (500.0,)),
        ("12.5", (12.5,)),
        ("12,5", (12.5,)),  # decimal comma
        ("12·5", (12.5,)),  # raised point, British
        (".5", (0.5,)),
        (",5", (0.5,)),
        ("1,234", (1234.0, 1.234)),  # a comma before three digits groups first
        ("1.234", (1.234, 1234.0)),  # a point before three digits is decimal first
        ("0,125", (0.125,)),  # a leading zero settles it
        ("0.125", (0.125,)),
        ("1.234,5", (1234.5,)),  # German
        ("1,234.5", (1234.5,)),  # English
        ("1,234,567", (1234567.0,)),  # two equal marks can only group
        ("1'000", (1000.0,)),  # Swiss
        ("1 234", (1234.0, 234.0)),  # French; or a count and what is counted
        ("3/4", (0.75,)),
        ("½", (0.5,)),
        ("12½", (12.5,)),
        ("12 ½", (12.5,)),
        ("12½2", (12.5,)),  # the denominator read twice
        ("3¾4", (3.75,)),
        ("3 1/2", (3.5,)),
        ("3-1/2", (3.5,)),
        ("3+1/2", (3.5,)),
        ("3 & 1/2", (3.5,)),
        ("3 1⁄2", (3.5,)),  # fraction slash
        ("31/2", (3.5, 15.5)),  # the blank was lost: a half is likelier than a numerator of 31
        ("115/16", (11.3125, 1.9375, 7.1875)),  # 11 5/16, 1 15/16, 115/16
        ("22/4", (5.5,)),  # 2 2/4 is not in lowest terms
        ("5/8", (0.625,)),
    ],
)
def test_readings_of_a_number(text, expected):
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5OO", (500.0,)),
        ("1O0", (100.0,)),
        ("l2", (12.0,)),
        ("I2", (12.0,)),
        ("|2", (12.0,)),
        ("2o.5", (20.5,)),
        ("1O,5", (10.5,)),
    ],
)
def test_look_alikes_of_digits(text, expected):
    match = CONFUSABLE.fullmatch(text)
    assert match is not None
    assert number_values(match) == expected


@pytest.mark.parametrize("text", ["OO", "lI", "500", "Oil"])  # without a digit a word, without a letter a number
def test_what_is_no_confusable_run(text):
    assert CONFUSABLE.fullmatch(text) is None


@given(st.text(alphabet="0123456789.,' ’·", min_size=1, max_size=20))
def test_every_number_in_a_text_has_a_finite_reading(text):
    for match in NUMBER.finditer(text):
        assert all(0 <= value < 1e16 for value in number_values(match))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (500.0, "500"),
        (12.5, "12.5"),
        (0.000001, "0.000001"),  # no exponent
        (1e15, "1000000000000000"),
        (0.1 + 0.2, "0.3"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e-9, "0"),
        (-12.5, "-12.5"),
        (100.0, "100"),  # zeros of the whole part stay
    ],
)
def test_printing_numbers(value, expected):
    assert format_number(value) == expected


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_printed_numbers_read_back(number):
    assert decimal_values(format_number(float(number)))[0] == pytest.approx(float(number), rel=1e-12, abs=5e-7)


SPELLINGS = {
    "microgram": ("mcg", "µg", "μg", "ug", "micrograms"),
    "milligram": ("mg", "MG", "mgs", "milligrams", "毫克"),
    "gram": ("g", "G", "gr", "gm", "gms", "grams", "grammes", "Gramm", "gramos", "г", "克"),
    "kilogram": ("kg", "KG", "kgs", "kilos", "kilogramos", "кг", "公斤"),
    "ton": ("tons", "tonnes"),
    "ounce": ("oz", "OZ", "ozs", "ounces", "0z", "onzas"),
    "pound": ("lb", "lbs", "LBS", "1bs", "Ibs", "pounds", "libras"),
    "millimetre": ("mm", "MM", "millimeters", "мм", "毫米"),
    "centimetre": ("cm", "CM", "cms", "centimeters", "crn", "см", "厘米"),
    "metre": ("m", "M", "mtr", "meters", "metros", "м", "米"),
    "inch": ("in", "inches", "INCH", '"', "″", "”", "''", "Zoll", "pulgadas", "pouces", "lnch"),
    "foot": ("ft", "FT", "feet", "'", "′", "pieds"),
    "yard": ("yd", "yards"),
    "millivolt": ("mV", "millivolts"),
    "volt": ("V", "v", "volts", "VAC", "VDC", "Vdc", "V~", "В"),
    "kilovolt": ("kV", "KV"),
    "watt": ("W", "w", "watts", "Вт", "瓦"),
    "kilowatt": ("kW", "KW", "kilowatts"),
    "microlitre": ("µl", "uL", "microliters"),
    "millilitre": ("ml", "mL", "ML", "milliliters", "мл", "m1", "毫升"),
    "centilitre": ("cl", "centiliters"),
    "decilitre": ("dl", "deciliters"),
    "litre": ("l", "L", "liters", "litros", "ltr", "л", "升"),
    "cubic inch": ("cu in", "cu.in.", "in³", "cubic inches"),
    "cubic foot": ("cu ft", "cu.ft", "ft³", "cubic feet"),
    "cup": ("cups", "tazas"),
    "fluid ounce": ("fl oz", "FL OZ", "fl.oz", "fl. oz.", "floz", "fluid ounces", "oz fl", "fI oz"),
    "pint": ("pt", "pints"),
    "quart": ("qt", "quarts"),
    "gallon": ("gal", "gallons"),
    "imperial gallon": ("imp gal", "imperial gallons"),
}


def test_the_table_of_spellings_covers_every_unit():
    assert set(SPELLINGS) == set(CONTEST.units)


@pytest.mark.parametrize(
    ("unit", "text"), [(unit, text) for unit, texts in SPELLINGS.items() for text in (unit, *texts)]
)
def test_spellings(unit, text):
    found = match_unit(text, 0, CONTEST.kinds)
    assert found is not None
    assert found[0] == unit
    assert text[found[1] :].strip(".") == "", "nothing of it is left over but an abbreviation's point"


@pytest.mark.parametrize(
    "text",
    [
        "garlic", "mango", "volume", "inside", "winter",  # words that begin like a unit
        "mAh", "Hz", "kcal", "lumens",  # units the contest does not know
        "in 1", "in one", "in the box",  # functions counted, or a place
        "m²", "cm²", "cm³", "m2",  # areas and volumes
        "", " g",  # nothing, and not right here
    ],
)  # fmt: skip
def test_what_is_no_unit(text):
    assert match_unit(text, 0, CONTEST.kinds) is None


@pytest.mark.parametrize(
    ("text", "unit", "end"),
    [
        ("cmx20cm", "centimetre", 2),  # the next factor glued on
        ("inW", "inch", 2),  # an axis letter glued on
        ('"W', "inch", 1),
        ("V500W", "volt", 1),  # the next number glued on
        ("ml)", "millilitre", 2),
        ("grams of", "gram", 5),  # the longest spelling
        ("fl oz", "fluid ounce", 5),
    ],
)
def test_where_a_unit_ends(text, unit, end):
    assert match_unit(text, 0, CONTEST.kinds) == (unit, end)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Net Wt.", "net_weight"),
        ("Poids net", "net_weight"),
        ("HÖHE", "axis_height"),
        ("Largeur:", "axis_width"),
        ("Глубина", "axis_depth"),
        ("长", "axis_length"),
        ("load capacity", "load"),
        ("Input voltage", "voltage"),
        ("per serving", "dose"),
        ("$", "price"),
    ],
)
def test_cues_in_several_languages(text, cue):
    assert cue in find_cues(text)


def test_cues_are_sorted_and_none_where_there_are_none():
    assert find_cues("xyzzy") == ()
    found = find_cues("height width depth length")
    assert list(found) == sorted(found)
    assert set(found) <= set(CUES)
