"""What the cells of the project's tables may hold; see ``declare``."""

from collections.abc import Iterable
from typing import get_args

from imagequant.params import OcrEngineName
from imagequant.storage.declare import Check, Expression, RowRule

OK = "ok"
FAILED = "failed"


def matches(rule: str, pattern: str) -> Check:
    """Text with a match of a regular expression."""

    def test(cells: Expression) -> Expression:
        from pyarrow.compute import match_substring_regex  # noqa: PLC0415  (see ``declare``)

        return match_substring_regex(cells, pattern)

    return Check(rule, test)


def one_of(names: Iterable[str]) -> Check:
    """One of a few texts."""
    listed = list(names)
    return Check(f"one of {', '.join(listed)}", lambda cells: cells.isin(listed))


SHA256 = matches("a SHA-256", r"\A[0-9a-f]{64}\z")
SHA256_OR_EMPTY = matches("a SHA-256 or empty", r"\A([0-9a-f]{64})?\z")
NOT_EMPTY = matches("text that is not empty", r"\S")
AT_LEAST_0 = Check("0 or more", lambda cells: cells >= 0)
AT_LEAST_1 = Check("1 or more", lambda cells: cells >= 1)
ABOVE_0 = Check("above 0", lambda cells: cells > 0)
SHARE = Check("from 0 to 1", lambda cells: (cells >= 0) & (cells <= 1))
DEGREES = Check("from 0 to 359", lambda cells: (cells >= 0) & (cells <= 359))
OK_OR_FAILED = one_of((OK, FAILED))
ENGINE = one_of(get_args(OcrEngineName))
# In CSV files, where cells are text.
SHARE_TEXT = matches("from 0 to 1", r"\A(0|1|[01]\.0*|0?\.\d+|\d(\.\d+)?[eE]-\d+)\z")
SHARE_TEXT_OR_EMPTY = matches("from 0 to 1, or empty", r"\A(|0|1|[01]\.0*|0?\.\d+|\d(\.\d+)?[eE]-\d+)\z")

UPRIGHT_BOX = RowRule(
    "x0 <= x1 and y0 <= y1", lambda cells: (cells("x0") <= cells("x1")) & (cells("y0") <= cells("y1"))
)
VALUE_IN_RANGE = RowRule(
    "low <= value <= high",
    lambda cells: cells("value").is_null() | ((cells("low") <= cells("value")) & (cells("value") <= cells("high"))),
)
REASON_UNLESS_OK = RowRule(
    "a reason where status is not ok, none where it is",
    lambda cells: (cells("status") == OK) == (cells("reason") == ""),
)
