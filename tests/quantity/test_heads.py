"""Heads of tables that OCR read as one line."""

from __future__ import annotations

import pytest

from imagequant.quantity.heads import head_cells


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Width (cm) Depth (cm) Height (cm)", ["Width (cm)", "Depth (cm)", "Height (cm)"]),
        ("Size Width Height", ["Size", "Width", "Height"]),
        ("Breite Höhe Tiefe", ["Breite", "Höhe", "Tiefe"]),
        ("Width (cm)", ["Width (cm)"]),
        ("Height of the table", ["Height of the table"]),
        ("Seat height and width", ["Seat height and width"]),
        ("", [""]),
    ],
)
def test_cells_are_found_by_their_units_or_names(text: str, cells: list[str]) -> None:
    assert [text[start:end] for start, end in head_cells(text)] == cells
