"""Declared tables: rows that are right are written and come back, and each rule refuses a row that breaks it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Annotated

import pyarrow as pa
import pytest

from imagequant.core.records import Box
from imagequant.storage.candidates import CANDIDATES, PHOTOS, TOKENS, CandidateRow, PhotoRow, TokenRow
from imagequant.storage.checks import AT_LEAST_1, NOT_EMPTY
from imagequant.storage.declare import RowRule, Table
from imagequant.storage.labels import LABELS, LabelRow
from imagequant.storage.manifest import MANIFEST, ManifestRow
from imagequant.storage.tensors import PIXEL_INDEX, PixelIndexRow
from imagequant.storage.words import STATUS, WORDS, StatusRow, WordRow

HASH = "0123456789abcdef" * 4
BOX = Box(0.0, 2.5, 30.0, 12.0)

# For each table, rows that are right.
ROWS = {
    MANIFEST: [
        ManifestRow("s.csv", "a.jpg", "ok", "", "", HASH, 4, 3, "png", 9, 0),
        ManifestRow("s.csv", "b.jpg", "failed", "timeout", "no answer in time", "", 0, 0, "", 0, -1),
    ],
    PIXEL_INDEX: [PixelIndexRow(HASH, 0, 0, "ok", ""), PixelIndexRow(HASH, 0, 1, "failed", "damaged PNG")],
    LABELS: [
        LabelRow(0, "s", 1, "a", HASH, "", "height", "5 in", "ok", "", 5.0, "inch", 5.0, 5.0, "train", "{}"),
        LabelRow(1, "s", 2, "a", "", "", "height", "7-9 ft", "ok", "", 8.0, "foot", 7.0, 9.0, "validation", "{}"),
        LabelRow(2, "s", 3, "a", "", "", "height", "", "empty", "", None, "", None, None, "development", "{}"),
        LabelRow(3, "s", 4, "a", "", "", "colour", "x", "rejected", "bad_row", None, "", None, None, "train", "{}"),
    ],
    STATUS: [StatusRow(HASH, "rapidocr", "ok", "", 0, 4, 3, 0)],
    WORDS: [WordRow(HASH, "rapidocr", "5 kg", BOX, 0.5, 270, True, (), (0.125, 0.375, 0.625, 0.875))],
    PHOTOS: [PhotoRow(HASH, 4, 3)],
    TOKENS: [TokenRow(HASH, " 5 kg", BOX, 0.5, 270, "tesseract")],
    CANDIDATES: [
        CandidateRow(
            HASH, 7.0, "gram", 5.0, 9.0, "5-9 g", BOX, (0, 2), 1.0, 0, ("net_weight",), ("rapidocr",), "range", "", "",
            0, 1, 0, (0.5,),
        )
    ],
}  # fmt: skip
# What makes the first row wrong, and the rule that says so.
BROKEN = [
    (MANIFEST, {"source": ""}, "column source must be text that is not empty"),
    (MANIFEST, {"status": "unknown"}, "column status must be one of ok, failed"),
    (MANIFEST, {"sha256": HASH[1:]}, "column sha256 must be a SHA-256 or empty"),
    (MANIFEST, {"shard": -1}, "must have an image with its size and shard"),
    (MANIFEST, {"reason": "timeout"}, "must have an image with its size and shard"),
    (MANIFEST, {"format": None}, "column format must be string, not None"),
    (PIXEL_INDEX, {"reason": "damaged"}, "must have a reason where status is not ok"),
    (PIXEL_INDEX, {"row": -1}, "column row must be 0 or more"),
    (LABELS, {"value": 0.0, "low": 0.0}, "must have a value above 0 unless it is a temperature"),
    (LABELS, {"value": 6.0}, "must have low <= value <= high"),
    (LABELS, {"unit": "parsec"}, "must have a known unit where status is ok"),
    (LABELS, {"status": "rejected"}, "must have value, low and high where status is ok"),
    (LABELS, {"high": None}, "must have value, low and high where status is ok"),
    (LABELS, {"split": "test"}, "column split must be one of train, development, validation"),
    (STATUS, {"engine": "eye"}, "column engine must be one of rapidocr, tesseract"),
    (STATUS, {"words": -1}, "column words must be 0 or more"),
    (WORDS, {"box": Box(31.0, 2.5, 30.0, 12.0)}, "must have x0 <= x1 and y0 <= y1"),
    (WORDS, {"box": Box(0.0, -2.5, 30.0, 12.0)}, "column y0 must be 0 or more"),
    (WORDS, {"confidence": 1.5}, "column confidence must be from 0 to 1"),
    (WORDS, {"confidence": math.nan}, "column confidence must be from 0 to 1"),
    (WORDS, {"angle": 360}, "column angle must be from 0 to 359"),
    (TOKENS, {"text": " "}, "column text must be text that is not empty"),
    (PHOTOS, {"width": 0}, "column width must be 1 or more"),
    (CANDIDATES, {"unit": "furlong"}, "column unit must be one of "),
    (CANDIDATES, {"place": 1}, "must have place < places"),
    (CANDIDATES, {"low": 8.0}, "must have low <= value <= high"),
]


@pytest.mark.parametrize("table", ROWS, ids=lambda table: table.row.__name__)
def test_rows_that_are_right_come_back(tmp_path, table):
    path = tmp_path / "t.parquet"
    table.write(path, ROWS[table])
    assert list(table.iterate(path)) == ROWS[table]


@pytest.mark.parametrize(("table", "change", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_not_written(tmp_path, table, change, rule):
    path = tmp_path / "t.parquet"
    rows = [*ROWS[table], {**vars(ROWS[table][0]), **change}]
    with pytest.raises(ValueError) as error:
        table.write(path, rows)
    violations = [str(each) for each in table.violations(cells_of(table, rows))]
    assert str(error.value) == f"{path}, row {len(rows)}: {violations[0]}"
    assert any(violation.startswith(rule) for violation in violations)
    assert not path.exists()


def cells_of(table: Table, rows: list) -> pa.Table:
    values = (row if isinstance(row, dict) else vars(row) for row in rows)
    return pa.Table.from_pylist([table.to_cells(value) for value in values], schema=table.schema)


@dataclass(frozen=True)
class SmallRow:
    """A row for tests."""

    name: Annotated[str, NOT_EMPTY, "Its name."]
    count: Annotated[int | None, pa.int32(), AT_LEAST_1, "How many, if known."]


SMALL = Table(SmallRow, "small.parquet", RowRule("a short name", lambda cells: cells("name") != "long"))


def test_columns_follow_from_the_class():
    assert pa.schema([("name", pa.string()), ("count", pa.int32())]).equals(SMALL.schema)
    assert [(column.meaning, column.optional) for column in SMALL.columns] == [
        ("Its name.", False),
        ("How many, if known.", True),
    ]


def test_the_row_in_the_file_is_named_in_later_groups_too(tmp_path):
    rows = (SmallRow("x" if number < 5000 else "", None) for number in range(5001))
    with pytest.raises(ValueError, match=r"t\.parquet, row 5001: column name must be text that is not empty, not ''"):
        SMALL.write(tmp_path / "t.parquet", rows)


def test_a_million_rows_are_checked_in_seconds():
    count = 1_000_000
    rows = pa.table({"name": ["x"] * count, "count": pa.array([1] * count, pa.int32())})
    started = time.monotonic()
    assert not list(SMALL.violations(rows))
    assert time.monotonic() - started < 5.0
