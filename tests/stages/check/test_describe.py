"""The page of tables is the one that the declarations give."""

from __future__ import annotations

from pathlib import Path

from imagequant.stages.check.tables import TABLES, describe

PAGE = Path(__file__).parents[3] / "docs" / "tables.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == describe(TABLES), "python -m imagequant.stages.check.tables makes it"


def test_every_column_has_a_meaning():
    assert not [column.name for table in TABLES for column in table.columns if not column.meaning]
