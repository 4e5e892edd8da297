from __future__ import annotations

import pytest

from imagequant.core.errors import InputError
from imagequant.experiments.report.rows import match, parse_rows

HEADER = "row_id,source,source_row,image_link,sha256,entity,truth,prediction,confidence,outcome,bucket,read\n"


def line(
    row: int, photo: str = "a", outcome: str = "TP", confidence: float = 0.5, truth: str = "5 gram", answer: str = ""
) -> str:
    return f"{row},s.csv,{row},l,{photo},item_weight,{truth},{answer},{confidence},{outcome},right,True\n"


def test_rows_are_read_and_columns_beyond_pass() -> None:
    (row,) = parse_rows(HEADER + line(3, "abc", "FN", 0.25), "rows.csv")
    assert (row.key, row.confidence, row.outcome, row.read) == (("abc", "item_weight", "s.csv", 3), 0.25, "FN", True)
    assert row.answerable
    assert not row.right
    assert not parse_rows(HEADER + line(3, truth=""), "rows.csv")[0].answerable


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (HEADER.replace("bucket,", ""), "main: rows.csv: no column bucket"),
        ("", "no column source, source_row"),
        (HEADER + line(1) + line(2, outcome="XX"), "main: rows.csv, line 3: outcome: 'XX'"),
        (HEADER + line(1).replace("0.5", "much"), "main: rows.csv, line 2: source_row or confidence"),
    ],
)
def test_errors_name_file_line_and_column(text: str, names: str) -> None:
    with pytest.raises(InputError, match=names):
        parse_rows(text, "main: rows.csv")


def test_rows_match_by_photo_entity_and_place() -> None:
    base = parse_rows(HEADER + line(1) + line(2) + line(3, "b"), "x")
    change = parse_rows(HEADER + line(1) + line(2, "replaced") + line(3, "b", truth="6 gram") + line(4), "x")
    matched = match(base, change)
    assert [pair.change.source_row for pair in matched.pairs] == [1, 3]
    # Row 2's photo was replaced: one row less in the base, another one here.
    assert (matched.base_only, matched.change_only, matched.relabelled) == (1, 2, 1)


def test_rows_that_changed_sides_the_surest_first() -> None:
    base = parse_rows(HEADER + line(1) + line(2) + line(3, outcome="FP", confidence=0.9) + line(4, outcome="FN"), "x")
    change = parse_rows(
        HEADER
        + line(1, outcome="FP", confidence=0.6, answer="7 gram")
        + line(2, outcome="FN", confidence=0.8)
        + line(3)
        + line(4, outcome="TN"),
        "x",
    )
    matched = match(base, change)
    assert [pair.change.source_row for pair in matched.broken] == [2, 1]
    assert [pair.change.source_row for pair in matched.mended] == [3, 4]
    assert matched.answered_otherwise == 1
