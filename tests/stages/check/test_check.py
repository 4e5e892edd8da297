"""Declared tables: rows as stages write them pass, and each rule catches a row that breaks it, by file and row."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imagequant.stages.check import schemas
from imagequant.stages.check.tables import Reference, Table
from imagequant.stages.check.validate import Checked, Portion, Violation, check_table

HASH = "0123456789abcdef" * 4
BOX = {"x0": 0.0, "y0": 2.5, "x1": 30.0, "y1": 12.0}
PATH = Path("table.parquet")

# For each schema rows that are right, and what makes the first of them wrong, with the rule that says so.
ROWS = {
    "RAW": [{"image_link": "a.jpg", "entity_name": "height"}],
    "MANIFEST": [
        {
            "source": "s.csv",
            "status": "ok",
            "reason": "",
            "sha256": HASH,
            "width": 4,
            "height": 3,
            "bytes": 9,
            "shard": 0,
        },
        {
            "source": "s.csv",
            "status": "failed",
            "reason": "timeout",
            "sha256": "",
            "width": 0,
            "height": 0,
            "bytes": 0,
            "shard": -1,
        },
    ],
    "PIXELS": [
        {"sha256": HASH, "shard": 0, "row": 0, "status": "ok", "reason": ""},
        {"sha256": HASH, "shard": 0, "row": 1, "status": "failed", "reason": "damaged PNG"},
    ],
    "LABELS": [
        {
            "row_id": 0,
            "source_row": 1,
            "sha256": HASH,
            "entity": "height",
            "status": "ok",
            "value": 5.0,
            "low": 5.0,
            "high": 5.0,
            "unit": "inch",
            "split": "train",
        },
        {
            "row_id": 1,
            "source_row": 2,
            "sha256": "",
            "entity": "height",
            "status": "ok",
            "value": 8.0,
            "low": 7.0,
            "high": 9.0,
            "unit": "foot",
            "split": "validation",
        },
        {
            "row_id": 2,
            "source_row": 3,
            "sha256": "",
            "entity": "height",
            "status": "empty",
            "value": math.nan,
            "low": math.nan,
            "high": math.nan,
            "unit": "",
            "split": "development",
        },
    ],
    "READINGS": [{"sha256": HASH, "engine": "rapidocr", "status": "ok", "reason": "", "words": 0, "shard": 0}],
    "WORDS": [{"sha256": HASH, "engine": "tesseract", "text": " 5 kg", **BOX, "confidence": 0.9, "angle": 270}],
    "PHOTOS": [{"sha256": HASH, "width": 4, "height": 3}],
    "QUANTITIES": [
        {
            "sha256": HASH,
            "unit": "gram",
            "text": "5-9 g",
            **BOX,
            "confidence": 1.0,
            "angle": 0,
            "low": 5.0,
            "value": 7.0,
            "high": 9.0,
            "place": 0,
            "places": 1,
        }
    ],
    "RESULTS": [
        {
            "sha256": HASH,
            "entity": "width",
            "confidence": "0.5",
            "outcome": "FP",
            "prediction": "5 inch",
            "read": "True",
        },
        {"sha256": HASH, "entity": "width", "confidence": "0", "outcome": "TN", "prediction": "", "read": "False"},
    ],
    "ANSWERS": [
        {"entity_name": "item_weight", "prediction": "5.5 kilogram", "confidence": "0.9"},
        {"entity_name": "no entity", "prediction": "", "confidence": ""},
    ],
}
BROKEN = [
    ("RAW", {"image_link": " "}, "column image_link: not empty"),
    ("RAW", {"entity_name": "colour"}, "column entity_name: one of width, "),
    ("MANIFEST", {"source": ""}, "column source: not empty"),
    ("MANIFEST", {"status": "unknown"}, "column status: one of ok, failed"),
    ("MANIFEST", {"sha256": HASH[1:]}, "column sha256: a SHA-256 or nothing"),
    ("MANIFEST", {"shard": -1}, "an image with its size and shard"),
    ("MANIFEST", {"reason": "timeout"}, "an image with its size and shard"),
    ("PIXELS", {"reason": "damaged"}, "a reason where status is not ok"),
    ("PIXELS", {"row": -1}, "column row: 0 or more"),
    ("LABELS", {"value": 0.0, "low": 0.0}, "column value: above 0"),
    ("LABELS", {"value": 6.0}, "low <= value <= high"),
    ("LABELS", {"unit": "gram"}, "a unit of the entity"),
    ("LABELS", {"status": "rejected"}, "value, low and high where status is ok"),
    ("LABELS", {"high": math.nan}, "value, low and high where status is ok"),
    ("LABELS", {"split": "test"}, "column split: one of train, development, validation"),
    ("READINGS", {"engine": "eye"}, "column engine: one of rapidocr, tesseract"),
    ("READINGS", {"words": -1}, "column words: 0 or more"),
    ("WORDS", {"x0": 31.0}, "x0 <= x1 and y0 <= y1"),
    ("WORDS", {"confidence": 1.5}, "column confidence: from 0 to 1"),
    ("WORDS", {"confidence": math.nan}, "column confidence: "),
    ("WORDS", {"angle": 360}, "column angle: from 0 to 359"),
    ("WORDS", {"text": " "}, "column text: not empty"),
    ("PHOTOS", {"width": 0}, "column width: 1 or more"),
    ("QUANTITIES", {"unit": "furlong"}, "column unit: one of "),
    ("QUANTITIES", {"place": 1}, "place < places"),
    ("QUANTITIES", {"low": 8.0}, "low <= value <= high"),
    ("RESULTS", {"outcome": "FN"}, "a prediction where the outcome is TP or FP"),
    ("RESULTS", {"confidence": "high"}, "column confidence: from 0 to 1"),
    ("ANSWERS", {"prediction": "5.5kg"}, "column prediction: `x unit` or nothing"),
    ("ANSWERS", {"prediction": "5.5 inch"}, "a unit of the entity"),
    ("ANSWERS", {"confidence": ""}, "a confidence where there is a prediction"),
]


def table(name: str = "RAW", **declared) -> Table:
    return Table("mine", (PATH,), None, getattr(schemas, name), **declared)


def portion(rows: list[dict], start: int = 1) -> Portion:
    return Portion(PATH, pd.DataFrame(rows, index=pd.RangeIndex(start, start + len(rows))))


@pytest.mark.parametrize("name", ROWS)
def test_rows_as_stages_write_them_pass(name):
    found = check_table(table(name), [portion(ROWS[name])], {}, examples=5)
    assert found.rows == len(ROWS[name])
    assert not found.violations
    assert found.examples == []


@pytest.mark.parametrize(("name", "change", "rule"), BROKEN)
def test_each_rule_catches_the_row_that_breaks_it(name, change, rule):
    rows = [*ROWS[name], {**ROWS[name][0], **change}]
    found = check_table(table(name), [portion(rows)], {}, examples=5)
    broken = {violation.row for violation in found.examples}
    assert broken == {len(rows)}
    assert any(told.startswith(rule) for told in found.violations)


def test_violations_are_counted_once_a_row_and_few_are_kept():
    rows = [{"image_link": "", "entity_name": "height"}] * 9
    found = check_table(table(), [portion(rows), portion(rows, start=10)], {}, examples=2)
    assert found.violations == {"column image_link: not empty": 18}
    assert found.examples == [Violation(PATH, row, "column image_link: not empty", "''") for row in (1, 2)]
    assert str(found.examples[0]) == "table.parquet, row 1: column image_link: not empty, not ''"


def test_rows_that_agree_in_the_key_are_found_across_portions():
    rows = ROWS["PHOTOS"]
    found = check_table(table("PHOTOS", key=("sha256",)), [portion(rows), portion(rows, 2)], {}, examples=5)
    assert found.violations == {"sha256: no two rows agree": 1}


def test_cells_refer_to_rows_of_earlier_tables():
    declared = table("PHOTOS", references=(Reference("sha256", "before", "sha256"),))
    before = {"before": check_table(table("PHOTOS", referred=("sha256",)), [portion(ROWS["PHOTOS"])], {}, 0)}
    assert isinstance(before["before"], Checked)
    assert before["before"].referred["sha256"].shape == (1,)
    other = {**ROWS["PHOTOS"][0], "sha256": HASH[::-1]}
    found = check_table(declared, [portion([*ROWS["PHOTOS"], other])], before, examples=5)
    assert found.violations == {"column sha256: in column sha256 of before": 1}
    assert found.examples[0].row == 2
    # Numbers are looked for as they are written.
    numbers = pd.DataFrame({"row_id": np.array([7])}, index=pd.RangeIndex(1, 2))
    empty = Table("numbers", (PATH,), None, schemas.DataFrameSchema({}), referred=("row_id",))
    known = {"numbers": check_table(empty, [Portion(PATH, numbers)], {}, 0)}
    text = pd.DataFrame({"row_id": ["7", "8"]}, index=pd.RangeIndex(1, 3))
    asking = Table(
        "text", (PATH,), None, schemas.DataFrameSchema({}), references=(Reference("row_id", "numbers", "row_id"),)
    )
    assert [violation.value for violation in check_table(asking, [Portion(PATH, text)], known, 5).examples] == ["'8'"]
