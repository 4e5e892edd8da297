"""Checks a submission for everything that the contest's checker rejects, and for missing or extra rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.quantity.scoring import parse_prediction

COLUMNS = ("index", "prediction")


def check_output(path: Path, expected: Iterable[tuple[str, str]]) -> None:
    """Checks a predictions file as a stream.

    Args:
        path: CSV with the columns ``index,prediction``.
        expected: (index, entity) of every test row, in order.

    Raises:
        InputError: Names the file, the line, and what is wrong with it.
    """
    rows = tests = 0
    problem = ""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        if tuple(header) != COLUMNS:
            raise InputError(f"{path}: header is {','.join(header) or 'missing'}, not {','.join(COLUMNS)}")
        for number, (row, test) in enumerate(zip_longest(lines, expected), start=2):
            rows += row is not None
            tests += test is not None
            if not problem and row is not None and test is not None and (wrong := _problem(row, *test)):
                problem = f"{path}, line {number}: {wrong}"
    if rows != tests:
        # Reported first: after a missing row all indices are wrong.
        raise InputError(f"{path}: {rows} rows for {tests} test rows")
    if problem:
        raise InputError(problem)


def _problem(row: Sequence[str], index: str, entity: str) -> str:
    """Return what is wrong with a row; empty if nothing is."""
    if len(row) != len(COLUMNS):
        return f"{len(row)} cells, not {len(COLUMNS)}"
    if row[0] != index:
        return f"index {row[0]}, the test file has {index} there"
    try:
        parse_prediction(row[1], entity)
    except ValueError as error:
        return str(error)
    return ""
