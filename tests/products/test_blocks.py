"""Products under headings."""

from __future__ import annotations

from tests.products.layouts import Placed, products, told


def lines(*texts: str) -> list[Placed]:
    return [(text, 80.0, 100.0 + 32 * at) for at, text in enumerate(texts)]


def test_lines_below_a_heading_are_about_it() -> None:
    texts = lines("Kettle", "Power: 2200 W", "Weight: 1.1 kg", "Toaster", "Power: 900 W", "Weight: 1.7 kg")
    assert told(products(*texts)) == [
        ("Kettle", ["2200 watt", "1.1 kilogram item"]),
        ("Toaster", ["900 watt", "1.7 kilogram item"]),
    ]


def test_headings_over_different_properties_are_about_one_product() -> None:
    assert len(products(*lines("Electrics", "Power: 2200 W", "Voltage: 230 V", "Body", "Weight: 1.1 kg"))) == 1


def test_a_title_is_no_product() -> None:
    texts = lines("Our kitchen", "Kettle", "Power: 2200 W", "Toaster", "Power: 900 W")
    assert [name for name, _ in told(products(*texts))] == ["Kettle", "Toaster"]
