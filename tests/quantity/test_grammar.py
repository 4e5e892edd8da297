"""Lines of text as they stand on products, and the quantities in them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contest import CONTEST, parse

from imagequant.core.records import Mention
from imagequant.quantity.grammar import bare_numbers, parse_quantities
from imagequant.quantity.numbers import format_number
from imagequant.quantity.units import UNITS

CM, INCH, FOOT = "centimetre", "inch", "foot"


def pairs(text: str) -> list[tuple[float, str]]:
    return [(mention.value, mention.unit) for mention in parse(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500 g", [(500, "gram")]),
        ("500g", [(500, "gram")]),
        ("500-gram", [(500, "gram")]),  # a hyphen before a word
        ("Net Wt. 500 g (17.6 oz)", [(500, "gram"), (17.6, "ounce"), (17.6, "fluid ounce")]),
        ("12,5 cm", [(12.5, CM)]),
        ("0,75 l", [(0.75, "litre")]),
        ("1,234 g", [(1234, "gram"), (1.234, "gram")]),
        ("1.234 g", [(1.234, "gram"), (1234, "gram")]),
        ("1.234,5 g", [(1234.5, "gram")]),
        ("12½ in", [(12.5, INCH)]),
        ("3 1/2 in", [(3.5, INCH)]),
        ('31/2"', [(3.5, INCH), (15.5, INCH)]),  # OCR lost the blank
        ('115/16"', [(11.3125, INCH), (1.9375, INCH), (7.1875, INCH)]),
        ('8-1/2" x 11"', [(8.5, INCH), (11, INCH)]),
        ("5' 3\"", [(63, INCH), (5.25, FOOT), (5, FOOT)]),
        ("5'3", [(63, INCH), (5.25, FOOT), (5, FOOT)]),  # the inch mark left out
        ("5 ft 3 in", [(63, INCH), (5.25, FOOT), (5, FOOT)]),
        ("5' 10 1/2\"", [(70.5, INCH), (5.875, FOOT), (5, FOOT)]),
        ("6' 24\"", [(6, FOOT), (24, INCH)]),  # more inches than a foot has: two lengths
        ("2 lb 8 oz", [(40, "ounce"), (2.5, "pound"), (2, "pound")]),
        ("100-240V", [(240, "volt"), (100, "volt")]),
        ("9 kg to 18 kg", [(18, "kilogram"), (9, "kilogram")]),
        ("10 bis 12 cm", [(12, CM), (10, CM)]),
        ("110/220V", [(220, "volt"), (110, "volt")]),
        ("5kg/11lb", [(5, "kilogram"), (11, "pound")]),  # two units: one weight told twice
        ("10 x 20 x 5 cm", [(10, CM), (20, CM), (5, CM)]),
        ("10cm x 20cm x 5cm", [(10, CM), (20, CM), (5, CM)]),
        ("10 mm x 20", [(10, "millimetre"), (20, "millimetre")]),  # the unit stands at the first only
        ("30cmx20cm", [(30, CM), (20, CM)]),
        ("20*30cm", [(20, CM), (30, CM)]),
        ("10 by 20 inches", [(10, INCH), (20, INCH)]),
        ("6'x4'", [(6, FOOT), (4, FOOT)]),
        ("6 x 330 ml", [(330, "millilitre"), (1980, "millilitre")]),  # a part, or all of them
        ("500 W x 2", [(500, "watt"), (1000, "watt")]),
        ("5OO g", [(500, "gram")]),
        ("l2 cm", [(12, CM)]),
        ("1O0 ml", [(100, "millilitre")]),
        ("12° x 8°", [(12, INCH), (8, INCH)]),  # a raised circle for an inch mark
        ("NETWT500g", [(500, "gram")]),
        ("48V500W", [(48, "volt"), (500, "watt")]),
        ("190Ccm", [(190, CM)]),  # a letter doubled by OCR
        ("7:4V", [(7.4, "volt"), (4, "volt")]),  # a decimal point doubled
        ("18650.7.4V.5200mAh", [(7.4, "volt"), (4, "volt")]),  # blanks read as points
        ("12:30:15 h", []),
        ("NET WT.180G", [(180, "gram")]),  # the point of an abbreviation
        ("WT .5 kg", [(0.5, "kilogram")]),
        ("16 Fl. o (474 mL)", [(16, "fluid ounce"), (474, "millilitre")]),
        ("12 oz", [(12, "ounce"), (12, "fluid ounce")]),  # bottles print oz for fl oz
        ("16 fl. oz.", [(16, "fluid ounce")]),
        ("AC 110V 50/60Hz", [(110, "volt")]),
        ("220V~50Hz", [(220, "volt")]),
        ("Füllmenge: 0,5 Liter", [(0.5, "litre")]),
        ("Poids net 250 grammes", [(250, "gram")]),
        ("Peso neto: 1,5 kilos", [(1.5, "kilogram")]),
        ("净含量 500克", [(500, "gram")]),
        ("Вес 2 кг", [(2, "kilogram")]),
        ("7 дюймов", [(7, INCH)]),
        ("30 pulg", [(30, INCH)]),
        ("15.1xH25.2 inches", [(15.1, INCH), (25.2, INCH)]),
        # The unit stands with the name of what is measured.
        ("Power (W): 33", [(33, "watt")]),
        ("Wattage, W 64", [(64, "watt")]),
        ("Voltage(V) 220", [(220, "volt")]),
        ("Weight in kg: 2.5", [(2.5, "kilogram")]),
        ("Size(cm):20x30", [(20, CM), (30, CM)]),
        ("Power (W): 33 W", [(33, "watt")]),  # and with the number: once is enough
    ],
)
def test_lines(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "g",
        "2006",
        "3 in 1",
        "5 m²",
        "20 cm³",
        "1000mAh",
        "50/60Hz",
        "24 / 7",
        "model X200",
        "12 months",
        "5 lumens",
        "Width (W): 33",  # the letter of an axis, no unit
        "Length (L): 40",
        "Model (W): 33",  # names nothing that is measured
        "Power (W) and more: 33",
    ],
)
def test_lines_without_a_quantity(text):
    assert parse(text) == []


def test_size_string_with_letters_gives_axes_and_places():
    mentions = parse("H10 x W20 x D5 cm")
    assert [(m.axis, m.value, m.unit, m.place, m.places, m.form) for m in mentions] == [
        ("height", 10, CM, 0, 3, "factor"),
        ("width", 20, CM, 1, 3, "factor"),
        ("depth", 5, CM, 2, 3, "factor"),
    ]


def test_letters_may_follow_the_sign_between():
    assert [(m.axis, m.value) for m in parse("W15.1xH25.2 inches")] == [("width", 15.1), ("height", 25.2)]


def test_letters_may_follow_the_numbers():
    assert [(m.axis, m.value) for m in parse('10"H x 20"W x 5"D')] == [
        ("height", 10),
        ("width", 20),
        ("depth", 5),
    ]


def test_size_string_without_letters_counts_places_and_names_no_axis():
    assert [(m.axis, m.place, m.places) for m in parse("10 x 20 cm")] == [("", 0, 2), ("", 1, 2)]


@pytest.mark.parametrize(
    ("text", "axis"),
    [("H12cm", "height"), ("W: 12cm", "width"), ("Ø 12 cm", "diameter"), ("L=12cm", "length"), ("12 cm (D)", "depth")],
)
def test_single_axes(text, axis):
    assert [m.axis for m in parse(text)] == [axis]


@pytest.mark.parametrize(
    ("text", "axes"),
    [
        ("Altezza = 6 cm", ["height"]),
        ("Overall height 20cm", ["height"]),
        ("Height: 20 cm Width: 30 cm", ["height", "width"]),
        ("20 cm high 30 cm wide", ["height", "width"]),  # an adjective belongs to the number before it
        ("高: 20cm", ["height"]),
        ("Wavelength 20 cm", [""]),
        ("20 cm widescreen", [""]),
        ("high 20 cm", [""]),
        ("Height of the table, without the feet: 20 cm", [""]),  # cues tell of words further off
    ],
)
def test_axis_words_right_beside_a_number(text, axes):
    assert [m.axis for m in parse(text)] == axes


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("5 g", "plain"),
        ("5 x 6 cm", "factor factor"),
        ("6 x 5 ml", "plain product"),
        ("5-6 cm", "range range"),
        ("5' 6\"", "compound compound compound"),
        ("5°", "degree"),
        ("5O g", "confusable"),
        ("5 oz", "plain fluid"),
        ("1,234 g", "plain alternative"),
        ("Power (W): 33", "noted"),
    ],
)
def test_forms(text, form):
    assert " ".join(m.form for m in parse(text)) == form


def test_ranges_keep_both_ends():
    high, low = parse("Input: 100-240 V")
    assert (high.low, high.high) == (low.low, low.high) == (100, 240)
    assert "Input: 100-240 V"[high.start : high.end] == "100-240 V"


def test_bare_numbers_are_those_without_a_unit():
    found = bare_numbers("H 350 x 20 cm, 7")
    assert [(m.value, m.unit, m.axis) for m in found] == [(350, "", "height"), (7, "", "")]


ABBREVIATIONS = {
    "microgram": "mcg", "milligram": "mg", "gram": "g", "kilogram": "kg", "ton": "tons", "ounce": "oz", "pound": "lbs",
    "millimetre": "mm", "centimetre": "cm", "metre": "m", "inch": "in", "foot": "ft", "yard": "yd",
    "millivolt": "mV", "volt": "V", "kilovolt": "kV", "watt": "W", "kilowatt": "kW",
    "microlitre": "µl", "millilitre": "ml", "centilitre": "cl", "decilitre": "dl", "litre": "L",
    "cubic inch": "cu in", "cubic foot": "cu ft", "cup": "cups", "fluid ounce": "fl oz", "pint": "pt", "quart": "qt",
    "gallon": "gal", "imperial gallon": "imp gal",
}  # fmt: skip
printable = st.decimals(min_value="0.000001", max_value=10**6 - 1, places=6).map(float)


@given(printable, st.sampled_from(sorted(CONTEST.units)))
def test_printed_quantities_read_back(value, unit):
    """The likeliest reading of what the project prints, in the contest's spelling or abbreviated, is the same."""
    number = format_number(value)
    for text in (f"{number} {unit}", f"{number} {ABBREVIATIONS[unit]}", f"{number}{ABBREVIATIONS[unit]}"):
        first = parse(text)[0]
        assert first.unit == unit
        assert math.isclose(first.value, float(number), rel_tol=1e-12)
        assert (first.start, first.end) == (0, len(text))


def check(text: str, mentions: list[Mention]) -> None:
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert any(character.isnumeric() for character in text[mention.start : mention.end])
        assert mention.unit in UNITS
        assert math.isfinite(mention.value)
        assert 0 <= mention.place < mention.places
        if mention.form == "range":
            assert mention.value in (mention.low, mention.high)
        assert mention.low <= mention.value <= mention.high
    # A product ("6 x 330 ml") spans what was listed before it; all else comes in reading order.
    starts = [mention.start for mention in mentions if mention.form != "product"]
    assert starts == sorted(starts)


@given(st.text(max_size=80))
def test_any_text_is_survived(text):
    check(text, parse(text))
    assert all(0 <= number.start < number.end <= len(text) for number in bare_numbers(text))


PIECES = [
    *"0123456789.,'\"°/½-–x×OlI|:()HWDL²³٥", "12", "500", " ", "  ", " x ", "to", " to ", "1/2",
    "cm", "mm", "g", "kg", "lb", "oz", "fl oz", "V", "ml", "in", "ft", "Ø", "克", "кг",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_mixture_of_numbers_units_and_marks_is_survived(text):
    check(text, parse(text))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["1", "1 ", "1,", "1 x ", "1' ", "O", "1/", "fl ", "1-", ".1", "' "])
def test_long_repetitions_come_to_an_end(piece):
    """No pattern backtracks without bounds: a hostile label must not hang the stage."""
    parse(piece * 1000)


@pytest.mark.parametrize("text", ["0 g", "0g sugar", "0.00 mg", "0 x 0 cm"])
def test_nothing_measures_zero(text):
    assert pairs(text) == []


def test_a_range_from_zero_has_one_end():
    assert pairs("0-10 kg") == [(10, "kilogram")]


def axes(text: str) -> list[tuple[float, str]]:
    return [(mention.value, mention.axis) for mention in parse(text)]


@pytest.mark.parametrize(
    "text",
    [
        "$12.99",
        "19,99 €",
        "EUR 25",
        "Only US$ 30",
        "Store below 25°C",
        "up to 65 °C",
        "360° rotation",
        "5G Router",
        "4G LTE 5G",
        "8G+128G",
        "64G ROM",
        "806lm",
        "5 ATM",
        "4K Camera",
        "75 g/m²",
        "2 L/min",
        "600 L/h",
        "220 W/m²",
        "5 g/L",
        "30 kg/m³",
        "12 g per 100 g of it",
        "10 ft2",
        "49 cm³",
        "500 cm3",
        "100 sq ft",
        "760094310634 G",
        "57008000 V00",
        "ISBN 979-0-2600-0043-8",
        "2A",
        "24 in 1",
        "Fibre, g/100g",
        "Energy (kcal/100gm)",
        "Average values per 100 ml",
        "PRO 100 G",
        "112 kcal / 100 g",
        "112 kcal/100 g",
        "12 g / 100 g",
        "250mg/5ml",
        "18,55g/20 ml",
        "monitor 31XQ720-W",
        "AB-SW260F012W36-LED",
        "N°0471 L",
        "Mémoire 32G",
        "TF 64G",
        "2.4G wireless mouse",
        "2.4G / 5G dual-band Wi-Fi",
    ],
)
def test_what_counts_something_else(text):
    assert pairs(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Net 500 g $5", [(500, "gram")]),  # the price is another number's
        ("5kg/m, 11 kg", [(11, "kilogram")]),
        ("2.5 ft3", [(2.5, "cubic foot")]),
        ("5G net weight", [(5, "gram")]),
        ("420 g/450 ml", [(420, "gram"), (450, "millilitre")]),  # both on one jar, no density
        ("3.5 oz / 100 g", [(3.5, "ounce"), (3.5, "fluid ounce"), (100, "gram")]),
        ("3.5oz/100g", [(3.5, "ounce"), (3.5, "fluid ounce"), (100, "gram")]),
        ("100g/3.52oz", [(100, "gram"), (3.52, "ounce"), (3.52, "fluid ounce")]),
        ("Pro 250 g", [(250, "gram")]),
        ("A19 60-W bulb", [(60, "watt")]),
        ("0.5 L", [(0.5, "litre")]),
        ("500 ge", [(500, "gram")]),  # the estimated sign as OCR reads it
        ("330ml\u212e", [(330, "millilitre")]),
        ("10 lb. 5 oz.", [(165, "ounce"), (10.3125, "pound"), (10, "pound")]),
        ("2 lb., 3 oz.", [(35, "ounce"), (2.1875, "pound"), (2, "pound")]),
        ("6 ft. 2 in.", [(74, INCH), (6.166667, FOOT), (6, FOOT)]),
        ("24 in. x 36 in.", [(24, INCH), (36, INCH)]),
        ("5'3\" x 4'2\"", [(63, INCH), (50, INCH)]),
        ("1 PT 0.9 FL OZ", [(16.9, "fluid ounce"), (1.05625, "pint"), (1, "pint")]),
        ("1 gal 16 oz", [(144, "fluid ounce"), (1.125, "gallon"), (1, "gallon")]),
        ("1 kg 200 g", [(1200, "gram"), (1.2, "kilogram"), (1, "kilogram")]),
        ("1m20", [(1.2, "metre")]),
        ("2L25", [(2.25, "litre")]),
        ("CR2032/3V", [(3, "volt")]),
        ("NP-50/3.7V", [(3.7, "volt")]),
        ("G9/5W", [(5, "watt")]),
        ("MR16/12V", [(12, "volt")]),
        ("T5/14W", [(14, "watt")]),
        ("E14/7W 230V", [(7, "watt"), (230, "volt")]),
        ("16A/250V~", [(250, "volt")]),
        ("1/10 W", [(0.1, "watt")]),
        ("2A 9V", [(9, "volt")]),
        ("3~400V", [(400, "volt")]),
        ("0.5l in glass", [(0.5, "litre")]),
        ("Gr. 400", [(400, "gram")]),
        ("PESO NETTO g 500", [(500, "gram")]),
        ("cl 75", [(75, "centilitre")]),
        ("Potenza W 45", [(45, "watt")]),
        ("Lt.3", [(3, "litre")]),
        ("- V 230", [(230, "volt")]),
        ("cm 50 x 70", [(50, CM), (70, CM)]),
        ("Width 12 ± 0.5 cm", [(12, CM)]),
        ("16±0.3mm", [(16, "millimetre")]),
        ("20 cm +/- 1 cm", [(20, CM)]),
        ("Altezza 7 cm (tolleranza ± 0,5 cm)", [(7, CM)]),
        ("measuring error 1 cm", []),
        ("2.000 W", [(2000, "watt"), (2, "watt")]),
        ("1.000 ml", [(1000, "millilitre"), (1, "millilitre")]),
        ("1 US GAL", [(1, "gallon")]),
        ("128 U.S. FL. OZ.", [(128, "fluid ounce")]),
        ("500\u3396 2\u338f 3\u339d 1\u2113", [(500, "millilitre"), (2, "kilogram"), (3, CM), (1, "litre")]),
        ("\uff15\uff10\uff10\uff47", [(500, "gram")]),
        ("300\u516c\u514b", [(300, "gram")]),
        ("WLL 2 tonnes", [(2000, "kilogram")]),
        ("1.25 tons", [(1.25, "ton")]),
    ],
)
def test_kinds_of_print(text, expected):
    assert pairs(text) == [(pytest.approx(value), unit) for value, unit in expected]


@pytest.mark.parametrize("text", ["112 kcal / 100 g", "112 kcal/100 g", "112 kcal per 100 ml"])
def test_energy_for_an_amount_of_food_is_read_and_the_amount_is_not(text):
    assert [(m.value, m.unit) for m in parse_quantities(text)] == [(112, "kilocalorie")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20L x 30W x 40H cm", [(20, "length"), (30, "width"), (40, "height")]),
        ("20(L) x 30(W) x 40(H) cm", [(20, "length"), (30, "width"), (40, "height")]),
        ("9.6w x 8d x 14h in", [(9.6, "width"), (8, "depth"), (14, "height")]),
        ("36H x 24W inches", [(36, "height"), (24, "width")]),
        ("34 in. W. x 82 in. H.", [(34, "width"), (82, "height")]),
        ("23.6 x 15.7 x 31.5 in (W x D x H)", [(23.6, "width"), (15.7, "depth"), (31.5, "height")]),
        ("L x W x H: 30 x 20 x 12 cm", [(30, "length"), (20, "width"), (12, "height")]),
        ("Width x Height 30 x 20 cm", [(30, "width"), (20, "height")]),
        ("L x l x H : 30 x 20 x 12 cm", [(30, "length"), (20, "width"), (12, "height")]),  # French
        ("H50 x L60 x P70 cm", [(50, "height"), (60, "width"), (70, "depth")]),
        ("B 70 x T 30 x H 150 cm", [(70, "width"), (30, "depth"), (150, "height")]),  # German
        ("An 85 x Al 167 x F 32 cm", [(85, "width"), (167, "height"), (32, "depth")]),  # Spanish
        ("szer. 51 x gł. 36 x wys. 92 cm", [(51, "width"), (36, "depth"), (92, "height")]),  # Polish
        ("L:24cm W:17.5cm H:8cm", [(24, "length"), (17.5, "width"), (8, "height")]),
        ("Largeur totale 35 cm", [(35, "width")]),
        ("60 cm width", [(60, "width")]),
        ("60 cm width: 30 cm", [(60, ""), (30, "width")]),
        ("P 70 cm", [(70, "")]),  # alone it may be anything
    ],
)
def test_axes_by_letters_words_and_legends(text, expected):
    assert axes(text) == expected


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [("1.500 g", ",", 1500), ("1.500 g", ".", 1.5), ("1.500 g", "", 1.5), ("1,500 g", ",", 1.5), ("1,500 g", "", 1500)],
)
def test_the_photos_decimal_mark_decides_between_thousands_and_decimals(text, mark, value):
    assert parse(text, mark)[0].value == value
