from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.scored_rows import make_row

from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.report import sections
from imagequant.experiments.report.sections import code, match_rows, shorten, signed, table
from imagequant.experiments.report.snapshot import Snapshot
from imagequant.experiments.report.times import Times
from imagequant.params import EvaluateParams
from imagequant.quantity.scoring import Outcome, Quantity

PARAMS = EvaluateParams(bootstrap=300, seed=2, worst_errors=0, report_rows=0, report_photos=0)


def row(number: int, outcome: Outcome = "TP", **changes: Any) -> ScoredRow:
    made = make_row("5 inch", ("5 inch", 0.5), entity="width", photo=f"photo{number // 2}", row=number, source="s.csv")
    return replace(made, outcome=outcome, **changes)


def side(name: str, rows: Sequence[ScoredRow] | None = None, **changes: Any) -> Snapshot:
    empty: Mapping[str, Any] = {"risk_coverage": []}
    return replace(
        Snapshot(name, {"rows": 2, "photos": 1, "cnn_weights": "random"}, rows, empty, {"train": {"torch": "2.14.1"}}),
        **changes,
    )


def cells(text: str) -> list[list[str]]:
    """A Markdown table's cells, header first."""
    lines = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_table_aligns_numbers_right() -> None:
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("5 gram", "`5 gram`"),
        ("", ""),
        ("a|b", "`a\\|b`"),  # would end the cell
        ("`@all` <b>", "`'@all' <b>`"),  # would end the span, and call everybody
        ("two\nlines", "`two lines`"),
    ],
)
def test_what_strangers_wrote_formats_nothing(text: str, made: str) -> None:
    assert code(text) == made


def test_differences_have_a_sign_and_zero_is_positive() -> None:
    assert [signed(0.01), signed(-0.0001), signed(-0.5, bold=True)] == ["+0.010", "+0.000", "**-0.500**"]


def test_too_long_a_comment_is_cut_after_a_line() -> None:
    text = "| a | b |\n" * 100
    cut = shorten(text, 300)
    assert len(cut) <= 300
    assert "artifact" in cut
    assert set(cut.partition("\n\n(")[0].splitlines()) == {"| a | b |"}
    assert shorten("short", 300) == "short"


def test_noise_says_which_figures_moved_and_which_rows_are_not_in_both() -> None:
    wrong = Quantity(4, "inch")
    base = [row(n, "FP", prediction=wrong, best=wrong, read=True) for n in range(40)]
    change = [row(n) for n in range(1, 42)]
    text = sections.noise(side("main"), side("change"), match_rows(base, change), PARAMS)
    moved = "contest F1, exact match, coverage at 95% precision, coverage at 99% precision"
    assert f"**More than noise: {moved}.**" in text
    assert "39 of 39 common rows have another answer. Rows only in `main`: 1; only here: 2." in text
    assert cells(text)[1] == ["contest F1", "39", "0.000", "1.000", "**+1.000** (+1.000 to +1.000)"]
    assert cells(text)[3] == ["oracle recall", "39", "1.000", "1.000", "+0.000 (+0.000 to +0.000)"]
    assert cells(text)[4] == ["coverage at 95% precision", "39", "0.000", "1.000", "**+1.000** (+1.000 to +1.000)"]
    assert cells(text)[6][0] == "contest F1, width"
    assert "moved beyond the noise" in sections.noise(side("main"), side("change"), match_rows(change, change), PARAMS)


def test_other_versions_or_arithmetic_come_first_and_leave_no_verdict() -> None:
    base = side("main", versions={"train": {"torch": "2.14.0", "arithmetic": "portable x86-64"}})
    change = side("change", versions={"train": {"torch": "2.14.0", "arithmetic": "native Some CPU"}})
    text = sections.opening(base, change, "0" * 40, None)
    first = "**Made with other versions or arithmetic:** `train: arithmetic portable x86-64 -> native Some CPU`."
    assert text.startswith(first)
    pairs = match_rows([row(n, "FP") for n in range(40)], [row(n) for n in range(40)])
    assert "No verdict" in sections.noise(base, change, pairs, PARAMS)
    assert "More than noise" not in sections.noise(base, change, pairs, PARAMS)
    assert "More than noise" in sections.noise(base, base, pairs, PARAMS)


def test_without_rows_or_without_common_rows_it_says_so() -> None:
    assert "cannot be estimated" in sections.noise(side("main"), side("change"), None, PARAMS)
    assert "cannot be compared" in sections.flips(side("main"), None, 3, {})
    apart = match_rows([row(1)], [row(2), row(3)])
    assert "No row is in both." in sections.noise(side("main"), side("change"), apart, PARAMS)


def test_rows_that_changed_sides_are_shown_with_their_photos() -> None:
    base = [row(1), row(2), row(3, "FN", prediction=None, bucket="not read by OCR")]
    change = [
        row(1, "FP", prediction=Quantity(7, "| inch"), bucket="wrong candidate", confidence=0.9),
        row(2, "FP", prediction=Quantity(8, "inch"), bucket="wrong unit", confidence=0.6),
        row(3),
    ]
    text = sections.flips(side("main"), match_rows(base, change), 1, {"photo0": "photos/0.jpg"})
    assert "**From right to wrong: 2**" in text
    assert "And 1 more." in text
    assert "| ![width](photos/0.jpg) | width | `5 inch` | `5 inch` 0.50 | `7 \\| inch` 0.90 | wrong candidate |" in text
    assert "| - | width | `5 inch` | (none) 0.50 | `5 inch` 0.50 | not read by OCR | `s.csv:3` |" in text
    without = sections.flips(side("main"), match_rows(base, change), 5, {})
    assert "photo" not in without
    assert "more" not in without


def test_opening_tells_whether_the_run_repeated_what_is_committed() -> None:
    base, mine = side("main"), [row(1), row(2)]
    same = sections.opening(base, side("here", mine), "0123456789abcdef", mine)
    assert "Against `main` (0123456789)" in same
    assert "Every row has the committed answer." in same
    other = sections.opening(base, side("here", mine), "0", [row(1), row(2, prediction=Quantity(9, "inch"))])
    assert "differs from the committed one in 1 of 2 answers" in other
    assert "committed" not in sections.opening(base, side("here", mine), "0", None)


def test_curves_are_told_in_figures() -> None:
    points = [{"coverage": "0.25", "risk": "0.0"}, {"coverage": "0.8", "risk": "0.125"}]
    text = sections.curves(side("main"), side("here", tables={"risk_coverage": points}))
    assert cells(text)[1:] == [
        ["`main`", "-", "-", "-", "-", "-"],
        ["this change", "0.000", "0.000", "0.000", "0.125", "0.125"],
    ]


def test_run_time_names_the_stages_that_ran() -> None:
    text = sections.run_time(Times(65.0, {"train": 40.25, "evaluate": 3.0}))
    assert "65 s, 2 stages ran" in text
    assert cells(text)[1:] == [["train", "40.2"], ["evaluate", "3.0"], ["all, DVC's own included", "65.0"]]
    assert sections.run_time(Times(2.0, {})) == "No stage ran (2 s)."
