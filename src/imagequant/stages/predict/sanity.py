"""The check that a submission must pass: what the contest's own checker rejects, and a wrong set of rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from imagequant.errors import InputError
from imagequant.quantity.scoring import parse_prediction

COLUMNS = ("index", "prediction")


def check_output(path: Path, expected: Sequence[tuple[str, str]]) -> None:
    """Checks a predictions file.

    Args:
        path: CSV with the columns ``index,prediction``.
        expected: (index, entity) of every test row, in order.

    Raises:
        InputError: Names the file, the line, and what is wrong with it.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InputError(f"{path}: header is {','.join(lines[0]) if lines else 'missing'}, not {','.join(COLUMNS)}")
    rows = lines[1:]
    if len(rows) != len(expected):
        raise InputError(f"{path}: {len(rows)} rows for {len(expected)} test rows")
    for number, (row, (index, entity)) in enumerate(zip(rows, expected, strict=True), start=2):
        if len(row) != len(COLUMNS):
            raise InputError(f"{path}, line {number}: {len(row)} cells, not {len(COLUMNS)}")
        if row[0] != index:
            raise InputError(f"{path}, line {number}: index {row[0]}, the test file has {index} there")
        try:
            parse_prediction(row[1], entity)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {error}") from None
