"""Size charts, comparison tables and lists."""

from __future__ import annotations

import pytest
from tests.products.layouts import Placed, products, told


def table(*rows: str, pitch: float = 50.0, column: float = 200.0) -> list[Placed]:
    """Rows of cells that are separated by bars."""
    return [
        (cell.strip(), 60 + column * at, 100 + pitch * number)
        for number, row in enumerate(rows)
        for at, cell in enumerate(row.split("|"))
        if cell.strip()
    ]


def test_rows_of_a_size_chart_are_products() -> None:
    found = told(
        products(*table("Size | Width | Height", "S | 20 cm | 30 cm", "M | 25 cm | 36 cm", "L | 28 cm | 41 cm"))
    )
    assert found == [
        ("S", ["20 centimetre width", "30 centimetre height"]),
        ("M", ["25 centimetre width", "36 centimetre height"]),
        ("L", ["28 centimetre width", "41 centimetre height"]),
    ]


def test_the_head_gives_a_column_its_unit() -> None:
    found = told(products(*table("Size | Width (cm) | Weight (kg)", "Small | 20 | 1.2", "Large | 25 | 1.9")))
    assert found == [
        ("Small", ["20 centimetre width", "1.2 kilogram item"]),
        ("Large", ["25 centimetre width", "1.9 kilogram item"]),
    ]


def test_columns_of_a_comparison_are_products() -> None:
    rows = table("| Home | Office", "Power | 900 W | 1200 W", "Colour | black | grey", "Weight | 1.2 kg | 1.5 kg")
    assert told(products(*rows)) == [
        ("Home", ["900 watt", "1.2 kilogram item"]),
        ("Office", ["1200 watt", "1.5 kilogram item"]),
    ]


def test_a_row_without_its_cells_does_not_end_the_table() -> None:
    rows = table("| X1 | X2", "Bluetooth", "Power | 900 W | 1200 W", "Weight | 1.2 kg | 1.5 kg")
    assert [name for name, _ in told(products(*rows))] == ["X1", "X2"]


def test_an_empty_cell_stays_empty() -> None:
    rows = table("| X1 | X2", "Weight | 1.2 kg | 1.5 kg", "Volume | 2 L |", "Power | 900 W | 1200 W")
    assert [len(amounts) for _, amounts in told(products(*rows))] == [3, 2]


@pytest.mark.parametrize("lines", [("Table: 120 x 75 x 60 cm", "Chair: 45 x 90 x 50 cm")])
def test_lines_with_a_label_and_a_size_are_products(lines: tuple[str, ...]) -> None:
    found = told(products(*((line, 80, 100 + 40 * at) for at, line in enumerate(lines))))
    assert [(name, len(amounts)) for name, amounts in found] == [("Table", 3), ("Chair", 3)]


@pytest.mark.parametrize(
    "rows",
    [
        ("Width | 60 cm", "Depth | 40 cm", "Height | 75 cm", "Weight | 12 kg"),
        ("Net weight | 500 g", "Gross weight | 560 g"),
        ("Input | 230 V", "Output | 12 V"),
        ("| per 100 g | per serving", "Protein | 78 g | 23 g", "Fat | 6 g | 2 g"),
        ("Seat | 45 cm", "Back rest | 90 cm"),
        ("Matières grasses | 24 g", "Glucides | 31 g"),
    ],
)
def test_properties_of_one_product_are_one_product(rows: tuple[str, ...]) -> None:
    assert len(products(*table(*rows))) == 1


def test_what_is_printed_once_is_about_all_products() -> None:
    rows = [("Input: 230 V", 60.0, 30.0), *table("Size | Power | Weight", "S | 500 W | 1 kg", "L | 900 W | 2 kg")]
    assert all("230 volt" in amounts for _, amounts in told(products(*rows)))
