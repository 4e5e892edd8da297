from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contest import CONTEST

from imagequant.core.errors import InputError
from imagequant.params import parse_params
from imagequant.quantity.domain import Domain, Entity, Typical
from imagequant.quantity.grammar import Context, parse_quantities

BATTERY = Entity(
    "charge",
    names={"en": ("battery capacity", "battery"), "de": ("Akku",), "zh": ("电池容量",)},
    typical=Typical(500, 5000, ("milliampere hour",)),
)
STANDBY = Entity("charge", names={"en": ("standby",)})
OWN = Domain({"battery_capacity": BATTERY, "standby": STANDBY})


def read(text: str, kind: str = "") -> list[str]:
    mentions = parse_quantities(text, Context(kinds=frozenset((kind,)))) if kind else parse_quantities(text)
    return [f"{mention.value:g} {mention.unit}" for mention in mentions]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Battery 10000mAh/37Wh", ["10000 milliampere hour", "37 watt hour"]),
        ("2.5 Ah", ["2.5 ampere hour"]),
        ("350 kcal", ["350 kilocalorie"]),
        ("1470 kJ", ["1470 kilojoule"]),
        ("0.9 kWh", ["0.9 kilowatt hour"]),
        ("2.4 GHz", ["2.4 gigahertz"]),
        ("50 Hz", ["50 hertz"]),
        ("1.5A", ["1.5 ampere"]),
        ("500 mA", ["500 milliampere"]),
        ("25°C", ["25 degree celsius"]),
        ("104 ºF", ["104 degree fahrenheit"]),
        ("-18 °C", ["-18 degree celsius"]),
        ("4000K", ["4000 kelvin"]),
        ("-10 to 40 °C", ["40 degree celsius", "-10 degree celsius"]),
        ("-20°C ~ +60°C", ["60 degree celsius", "-20 degree celsius"]),
        ("0°C -40°C", ["40 degree celsius", "0 degree celsius"]),
        ("12 eggs", ["12 piece"]),
        ("pack of 6", ["6 piece"]),
        ("Qty: 4", ["4 piece"]),
        ("6-Pack", ["6 piece"]),
        ("24 Stück", ["24 piece"]),
        ("60 tablets", ["60 tablet"]),
        ("100 sheets", ["100 sheet"]),
        ("1 dozen", ["1 dozen"]),
        ("6 x 330 ml", ["6 piece", "330 millilitre", "1980 millilitre"]),
        ("25 m²", ["25 square metre"]),
        ("30 sq ft", ["30 square foot"]),
        ("120 km/h", ["120 kilometre per hour"]),
        ("75 mph", ["75 mile per hour"]),
        ("3200 rpm", ["3200 revolution per minute"]),
        ("150 PSI", ["150 pound per square inch"]),
        ("2.5 bar", ["2.5 bar"]),
        ("128GB", ["128 gigabyte"]),
        ("1 TB", ["1 terabyte"]),
        ("806lm", ["806 lumen"]),
        ("10 hours", ["10 hour"]),
        ("45 Nm", ["45 newton metre"]),
        ("12 MP", ["12 megapixel"]),
        ("65 dB", ["65 decibel"]),
    ],
)
def test_all_kinds_are_read(text: str, amounts: list[str]) -> None:
    assert read(text) == amounts


@pytest.mark.parametrize("text", ["3 in 1", "250 mg/5 ml", "80 g/m²", "500 ml/min", "CR2032", "No. 0699"])
def test_what_is_no_amount_is_none_of_any_kind(text: str) -> None:
    assert read(text) in ([], ["250 milligram"])


def test_only_the_kinds_asked_for_are_read() -> None:
    assert read("5 V 2 A 10 W", "current") == ["2 ampere"]


def test_a_model_for_the_contest_reads_no_other_kind() -> None:
    assert CONTEST.kinds == {"length", "weight", "voltage", "power", "volume"}
    assert {unit.kind for unit in CONTEST.units.values()} == CONTEST.kinds


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("Battery capacity: ", "", "battery_capacity"),
        ("BATTERY", "", "battery_capacity"),
        ("Akku ", "", "battery_capacity"),
        ("电池容量", "", "battery_capacity"),
        ("Batterypack ", "", ""),
        ("Battery 5000 mAh, standby ", "", "standby"),  # the last one counts
        ("", " battery", "battery_capacity"),
        ("", " for the battery", ""),
        ("Weight ", "", ""),
    ],
)
def test_declared_names_are_found_as_whole_words(before: str, after: str, name: str) -> None:
    assert OWN.printed_name("charge", before, after) == name


def test_a_name_counts_for_its_kind_only() -> None:
    assert OWN.printed_name("weight", "Battery: ") == ""


def test_a_name_decides_for_its_entity_and_against_the_others() -> None:
    assert OWN.roles["battery_capacity"].own == {"battery_capacity"}
    assert OWN.roles["battery_capacity"].others == {"standby"}
    shared = Domain({"battery_capacity": replace(BATTERY, known_as=("standby",)), "standby": STANDBY})
    assert shared.roles["battery_capacity"].others == frozenset()
    nameless = Domain({"charge": Entity("charge"), "other": Entity("charge", known_as=("charge",))})
    assert nameless.roles["other"].own == frozenset()


def test_entities_exclude_each_other_whoever_says_so() -> None:
    one = Domain({"a": Entity("charge", apart_from=("b",)), "b": Entity("charge")})
    assert one.siblings("b") == ("a",)
    assert one.exclusive_pairs == (("a", "b"),)


def test_limits_are_in_the_base_unit() -> None:
    domain = Domain({"a": Entity("charge", limits=(100, 2000))})
    assert domain.is_plausible(2, "ampere hour", "a")
    assert not domain.is_plausible(2.1, "ampere hour", "a")


def test_an_unknown_entity_is_an_error_that_names_the_others() -> None:
    with pytest.raises(InputError, match="unknown entity 'voltage'; allowed: battery_capacity, standby"):
        OWN.check(["standby", "voltage"])


@pytest.mark.parametrize(
    ("entity", "problem"),
    [
        (Entity("taste"), "domain.entities.a.kind: no kind 'taste'; allowed: weight, "),
        (Entity("charge", units=("gram",)), "domain.entities.a.units: 'gram' is no unit of charge; allowed: milliam"),
        (Entity("charge", typical=Typical(5, 1, ("ampere hour",))), "domain.entities.a.typical: needs units, and low"),
        (Entity("charge", limits=(5, 5)), "domain.entities.a.limits: the first must be below the second"),
        (Entity("charge", known_as=("colour",)), "domain.entities.a.known_as: no name 'colour'; allowed: height, "),
        (Entity("charge", apart_from=("b",)), "domain.entities.a.apart_from: 'b' is no other entity of charge"),
    ],
)
def test_a_wrong_declaration_is_named(entity: Entity, problem: str) -> None:
    assert Domain({"a": entity}).problem().startswith(problem)


def test_a_wrong_declaration_is_an_error_of_the_parameters() -> None:
    with pytest.raises(InputError, match=r"domain\.entities: none declared|missing"):
        parse_params({"domain": {"entities": {}}})
    assert "lower-case" in Domain({"Battery": BATTERY}).problem()


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("５００ｇ", ["500 gram"]),
        ("330㎖", ["330 millilitre"]),
        ("1.5ℓ", ["1.5 litre"]),
        ("50㎐", ["50 hertz"]),
        ("٥٠٠ g", ["500 gram"]),
        ("१२५ g", ["125 gram"]),
        ("۲٫۵ kg", ["2.5 kilogram"]),
    ],
)
def test_other_digits_and_squared_units_are_read(text: str, amounts: list[str]) -> None:
    assert read(text) == amounts


@pytest.mark.parametrize(
    ("text", "tolerance", "bound", "count", "part"),
    [
        ("12 ± 0.5 cm", 0.5, "", 1, 12),
        ("12 cm ± 5 mm", 0.5, "", 1, 12),
        ("100 W ±5%", 5, "", 1, 100),
        ("up to 150 kg", 0, "up to", 1, 150),
        ("Max. 60 W", 0, "up to", 1, 60),
        ("bis zu 120 kg", 0, "up to", 1, 120),
        ("150 kg max", 0, "up to", 1, 150),
        ("≤ 5 V", 0, "up to", 1, 5),
        ("≥ 5 V", 0, "at least", 1, 5),
        ("min. 10 cm", 0, "at least", 1, 10),
        ("330 ml x 6", 0, "", 6, 330),
        ("max. weight 150 kg", 0, "", 1, 150),
        ("Maximum: 150 kg", 0, "up to", 1, 150),
        ("500 g", 0, "", 1, 500),
    ],
)
def test_tolerances_limits_and_parts_are_kept(
    text: str, tolerance: float, bound: str, count: float, part: float
) -> None:
    found = next(mention for mention in parse_quantities(text) if mention.unit != "piece")
    assert (found.tolerance, found.bound, found.count, found.part) == (tolerance, bound, count, part)


def test_the_total_of_several_parts_knows_them() -> None:
    *_, total = parse_quantities("6 x 330 ml")
    assert (total.value, total.count, total.part) == (1980, 6, 330)
