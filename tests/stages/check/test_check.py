"""Checked tables: rows as stages write them pass, and each rule catches a row that breaks it, by file and row."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from tests.contest import CONTEST

from imagequant.stages.check import tables
from imagequant.stages.check.run import RowGroup, check_table
from imagequant.stages.check.tables import CheckedTable
from imagequant.storage.candidates import PHOTOS

HASH = "0123456789abcdef" * 4
PATH = Path("table.parquet")

# For each table, rows that are right.
ROWS = {
    "QUESTIONS": [{"image_link": "a.jpg", "entity_name": "height"}],
    "SCORED": [
        {
            "row_id": "1",
            "sha256": HASH,
            "entity": "width",
            "confidence": "0.5",
            "outcome": "FP",
            "prediction": "5 inch",
            "read": "True",
        },
        {
            "row_id": "2",
            "sha256": HASH,
            "entity": "width",
            "confidence": "0",
            "outcome": "TN",
            "prediction": "",
            "read": "False",
        },
    ],
    "ANSWERS": [
        {"index": "1", "entity_name": "item_weight", "prediction": "5.5 kilogram", "confidence": "0.9"},
        {"index": "2", "entity_name": "no entity", "prediction": "", "confidence": ""},
    ],
}
# What makes the first row wrong, and the rule that says so.
BROKEN = [
    ("QUESTIONS", {"image_link": " "}, "column image_link must be text that is not empty"),
    ("QUESTIONS", {"entity_name": "colour"}, "must have a known entity in column entity_name"),
    ("SCORED", {"outcome": "FN"}, "must have a prediction where the outcome is TP or FP"),
    ("SCORED", {"confidence": "high"}, "column confidence must be from 0 to 1"),
    ("SCORED", {"confidence": "1.5"}, "column confidence must be from 0 to 1"),
    ("SCORED", {"sha256": HASH[1:]}, "column sha256 must be a SHA-256"),
    ("ANSWERS", {"prediction": "5.5kg"}, "column prediction must be `x unit` or empty"),
    ("ANSWERS", {"prediction": "5.5 inch"}, "must have a unit of the entity"),
    ("ANSWERS", {"confidence": ""}, "must have a confidence where there is a prediction"),
]


def table(name: str = "QUESTIONS", **checked) -> CheckedTable:
    return CheckedTable("mine", (PATH,), tables.for_domain(getattr(tables, name), CONTEST), **checked)


def group(rows: list[dict], start: int = 0) -> RowGroup:
    return PATH, start, pa.Table.from_pylist(rows)


@pytest.mark.parametrize("name", ROWS)
def test_rows_as_stages_write_them_pass(name):
    result = check_table(table(name), [group(ROWS[name])], {}, examples=5)
    assert result.rows == len(ROWS[name])
    assert not result.violations
    assert result.examples == []


@pytest.mark.parametrize(("name", "change", "rule"), BROKEN)
def test_each_rule_catches_the_row_that_breaks_it(name, change, rule):
    rows = [*ROWS[name], {**ROWS[name][0], **change}]
    result = check_table(table(name), [group(rows)], {}, examples=5)
    assert result.examples
    assert all(each.startswith(f"table.parquet, row {len(rows)}: ") for each in result.examples)
    assert any(broken.startswith(rule) for broken in result.violations)


def test_violations_are_counted_once_per_row_and_few_are_kept():
    rows = [{"image_link": "", "entity_name": "height"}] * 9
    result = check_table(table(), [group(rows), group(rows, start=9)], {}, examples=2)
    rule = "column image_link must be text that is not empty"
    assert result.violations == {rule: 18}
    assert result.examples == [f"table.parquet, row {row}: {rule}, not ''" for row in (1, 2)]


def photos(*hashes: str, start: int = 0) -> RowGroup:
    return group([{"sha256": sha256, "width": 4, "height": 3} for sha256 in hashes], start)


def photo_table(**checked) -> CheckedTable:
    return CheckedTable("photos", (PATH,), PHOTOS, **checked)


def test_rows_that_agree_in_the_key_are_found_across_groups():
    result = check_table(photo_table(key=("sha256",)), [photos(HASH), photos(HASH, start=1)], {}, examples=5)
    assert result.violations == {"sha256 must be unique": 1}


def test_cells_refer_to_rows_of_earlier_tables():
    earlier = {"before": check_table(photo_table(targets=("sha256",)), [photos(HASH)], {}, 0)}
    assert len(earlier["before"].targets["sha256"]) == 1
    checked = photo_table(references={"sha256": "before"})
    result = check_table(checked, [photos(HASH, HASH[::-1])], earlier, examples=5)
    assert result.violations == {"column sha256 must be in column sha256 of before": 1}
    assert result.examples[0].startswith("table.parquet, row 2: ")


def test_numbers_are_compared_with_text_as_they_are_written():
    numbers = CheckedTable("numbers", (PATH,), PHOTOS, targets=("row_id",))
    earlier = {"numbers": check_table(numbers, [group([{"row_id": 7}])], {}, 0)}
    text = CheckedTable("text", (PATH,), PHOTOS, references={"row_id": "numbers"})
    result = check_table(text, [group([{"row_id": "7"}, {"row_id": "8"}])], earlier, 5)
    assert [example.rpartition(" ")[2] for example in result.examples] == ["'8'"]
