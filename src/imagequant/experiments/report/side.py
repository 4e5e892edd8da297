"""What one revision holds of what is compared."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from imagequant.core.errors import InputError
from imagequant.experiments.report.rows import Row, parse_rows

PARAMS_FILE = "params.yaml"
METRICS = "metrics/evaluate"
ROWS_FILE = f"{METRICS}/rows.csv"
SUMMARY_FILE = f"{METRICS}/summary.json"
# The tables that plots are drawn from.
TABLES = ("risk_coverage", "reliability", "by_entity", "buckets", "axis_confusion", "unit_confusion")
Table = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Side:
    """One of the two that are compared; what it does not have is None, or no rows of a table.

    Attributes:
        name: What readers know it by.
        params: ``params.yaml``.
        summary: ``metrics/evaluate/summary.json``.
        rows: Every validation row.
        tables: The tables that plots are drawn from, by name.
    """

    name: str
    params: Mapping[str, Any] | None
    summary: Mapping[str, Any] | None
    rows: Sequence[Row] | None
    tables: Mapping[str, Table]


def read_side(name: str, read: Callable[[str], str | None]) -> Side:
    """Reads one side.

    Args:
        name: What readers know it by.
        read: Gives a file's text, None where there is no such file.

    Raises:
        InputError: If a file is not what it should be; names it, and the side.
    """
    params, summary, rows = (read(path) for path in (PARAMS_FILE, SUMMARY_FILE, ROWS_FILE))
    try:
        return Side(
            name=name,
            params=None if params is None else yaml.safe_load(params),
            summary=None if summary is None else json.loads(summary),
            rows=None if rows is None else parse_rows(rows, f"{name}: {ROWS_FILE}"),
            tables={table: _table(read(f"{METRICS}/{table}.csv")) for table in TABLES},
        )
    except yaml.YAMLError as error:
        raise InputError(f"{name}: {PARAMS_FILE}: not YAML: {' '.join(str(error).split())}") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{name}: {SUMMARY_FILE}: not JSON: {error}") from None


def _table(text: str | None) -> Table:
    return list(csv.DictReader(io.StringIO(text or "")))
