from __future__ import annotations

from pathlib import Path

import pytest
from tests.scored_rows import make_label, make_row

from imagequant.core.errors import InputError
from imagequant.core.files import write_csv
from imagequant.evaluation.scored_row import (
    COLUMNS,
    ScoredRow,
    csv_cells,
    is_within,
    is_wrong_unit,
    parse_rows,
)
from imagequant.quantity.scoring import Quantity

HEADER = "row_id,source,source_row,image_link,sha256,entity,truth,prediction,confidence,outcome,bucket,read\n"


def line(row: int, photo: str = "a", outcome: str = "TP", confidence: float = 0.5, truth: str = "5 gram") -> str:
    return f"{row},s.csv,{row},l,{photo},item_weight,{truth},,{confidence},{outcome},right,True\n"


@pytest.mark.parametrize(
    ("row", "outcome", "bucket"),
    [
        (make_row("500 gram", ("500 gram", 0.9)), "TP", "right"),
        (make_row("", ("500 gram", 0.1)), "TN", "right"),  # withheld: too uncertain
        (make_row("", ("500 gram", 0.9)), "FP", "should be empty"),
        (make_row("500 gram", ("20 gram", 0.9), ("500 gram", 0.1)), "FP", "wrong candidate"),
        (make_row("500 gram", ("500 gram", 0.1)), "FN", "should not be empty"),
        (make_row("500 gram", ("500 milligram", 0.9), read=("500 gram",)), "FP", "wrong unit"),
        # the other printed unit of the same amount
        (make_row("340 gram", ("12 ounce", 0.9), read=("340 gram",)), "FP", "wrong unit"),
        (make_row("500 gram", ("20 gram", 0.9)), "FP", "not read by OCR"),
        (make_row("500 gram"), "FN", "not read by OCR"),
        # the number is in the text, but the grammar did not parse it
        (make_row("500 gram", ("20 gram", 0.9), text="about500gr."), "FP", "read but not parsed"),
        (make_row("1.5 kilogram", text="1,5"), "FN", "read but not parsed"),
        # 500 inside 1500 does not count
        (make_row("500 gram", text="1500"), "FN", "not read by OCR"),
        (make_row("10 kilogram", ("10 kilogram", 0.9), high=15.0), "FP", "label is a range"),
        # listed alternatives are accepted
        (make_row("12 inch", ("30 centimetre", 0.9), entity="width", alternatives="30 centimetre"), "TP", "right"),
    ],
)
def test_outcome_and_bucket(row: ScoredRow, outcome: str, bucket: str) -> None:
    assert (row.outcome, row.bucket) == (outcome, bucket)


def test_strict_outcome_accepts_only_the_label() -> None:
    width = {"entity": "width", "alternatives": "30 centimetre"}
    assert make_row("12 inch", ("12 inch", 0.9), **width).strict_outcome == "TP"
    assert make_row("12 inch", ("30 centimetre", 0.9), **width).strict_outcome == "FP"
    assert make_row("12 inch", **width).strict_outcome == "FN"
    assert make_row("", entity="width").strict_outcome == "TN"
    assert make_row("10 inch", ("15 inch", 0.9), high=15.0, entity="width").strict_outcome == "FP"


def test_a_withheld_answer_is_still_the_best() -> None:
    row = make_row("500 gram", ("500 gram", 0.1), ("20 gram", 0.05))
    assert (row.prediction, row.confidence, row.best_is_right) == (None, 0.1, True)
    assert row.first == Quantity(500, "gram")


def test_units_are_converted_before_comparing() -> None:
    assert is_within(Quantity(12, "inch"), [Quantity(30.5, "centimetre")], 0.02)
    assert not is_within(Quantity(12, "inch"), [Quantity(12, "gram")], 0.02)
    assert is_wrong_unit(Quantity(12, "inch"), [Quantity(12, "centimetre")])
    assert not is_wrong_unit(Quantity(12, "inch"), [Quantity(12, "centimetre"), Quantity(12, "inch")])


def test_the_group_of_a_label_is_who_made_it_or_its_file() -> None:
    assert make_label("5 gram", label_source=" hand ").group == "hand"
    assert make_label("5 gram", source="/photos/mine.csv").group == "mine"


def test_rows_are_written_and_parsed(tmp_path: Path) -> None:
    rows = [
        make_row("500 gram", ("500 gram", 0.98765432), photo="a", row=1),
        make_row("", ("9 gram", 0.2), photo="b", row=2, source='odd, "name".csv'),
    ]
    write_csv(tmp_path / "rows.csv", COLUMNS, map(csv_cells, rows))
    text = (tmp_path / "rows.csv").read_text()
    assert text == HEADER + (
        "1,mine.csv,1,a.jpg,a,item_weight,500 gram,500 gram,0.987654,TP,right,True\n"
        '2,"odd, ""name"".csv",2,b.jpg,b,item_weight,,,0.2,TN,right,False\n'
    )
    parsed = parse_rows(text, "rows.csv")
    for row, other in zip(rows, parsed, strict=True):
        values = {name: getattr(row, name) for name in COLUMNS}
        assert {name: getattr(other, name) for name in COLUMNS} == {**values, "confidence": round(row.confidence, 6)}
        assert (other.key, other.right, other.answerable) == (row.key, row.right, row.answerable)


def test_unknown_columns_are_ignored() -> None:
    (row,) = parse_rows(HEADER.replace("\n", ",new\n") + line(3, "abc", "FN", 0.25).replace("\n", ",x\n"), "rows.csv")
    assert (row.key, row.confidence, row.outcome, row.read) == (("s.csv", 3, "abc", "item_weight"), 0.25, "FN", True)
    assert row.answerable
    assert not row.right
    assert not parse_rows(HEADER + line(3, truth=""), "rows.csv")[0].answerable


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (HEADER.replace("bucket,", ""), "main: rows.csv: no column bucket"),
        ("", "no column row_id, source, source_row"),
        (HEADER + line(1) + line(2, outcome="XX"), "main: rows.csv, line 3: outcome: 'XX'"),
        (HEADER + line(1).replace("0.5", "much"), "main: rows.csv, line 2: row_id, source_row, prediction or confide"),
        (HEADER + line(1).replace(",,0.5", ",much,0.5"), "line 2: row_id, source_row, prediction or confidence"),
    ],
)
def test_errors_name_file_line_and_column(text: str, names: str) -> None:
    with pytest.raises(InputError, match=names):
        parse_rows(text, "main: rows.csv")
