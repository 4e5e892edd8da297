"""All tables -> ``metrics/check/tables.json``: rows and violations; an error if there are any."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_json
from imagequant.core.iteration import chunks
from imagequant.core.locations import at_hand
from imagequant.params import Params
from imagequant.stages.check.tables import CheckedTable, tables
from imagequant.stages.check.validate import Result, RowGroup, check_table
from imagequant.storage.layout import Layout, Split
from imagequant.storage.raw import iterate_raw_file
from imagequant.storage.tables import iterate_batches, read_schema

_GROUP_ROWS = 4096


def run(params: Params, layout: Layout) -> None:
    """Checks every table and writes the results.

    Raises:
        InputError: If a row of a stage's table breaks a rule; names the file, the row and the rule. Violations in raw
            files are only counted: the ``sources`` stage decides about them.
    """
    folder = fresh_folder(layout.metrics("check"))
    results: dict[str, Result] = {}
    wrong: dict[str, Result] = {}
    for table in tables(layout):
        result = check_table(table, row_groups(table), results, params.check.examples)
        results[table.name] = result
        if result.violations and table.raw is None:
            wrong[table.name] = result
    write_json(
        folder / "tables.json",
        {name: {"rows": result.rows, "violations": dict(result.violations)} for name, result in results.items()},
    )
    rows = sum(result.rows for result in results.values())
    print(f"check: {len(results)} tables, {rows} rows, {format_summary(results)}", file=sys.stderr)
    _refuse_violations(wrong)


def format_summary(results: Mapping[str, Result]) -> str:
    """Returns ``no violations``, or the number of violations of each table."""
    counts = [f"{name} {result.violations.total()}" for name, result in results.items() if result.violations]
    return f"violations: {', '.join(counts)}" if counts else "no violations"


def row_groups(table: CheckedTable) -> Iterator[RowGroup]:
    """Yields the rows of a table's files, a few thousand at a time.

    Raises:
        InputError: If a file is missing, unreadable, or has other columns than declared.
    """
    for path in table.paths:
        start = 0
        for rows in _text_groups(table, path) if table.is_text else _typed_groups(path, table.declared.schema):
            yield RowGroup(path, start, rows)
            start += rows.num_rows


def _typed_groups(path: Path, declared: pa.Schema) -> Iterator[pa.Table]:
    schema = read_schema(path)
    if not schema.equals(declared):
        raise InputError(f"{path}: columns {_list_columns(schema)}; declared are {_list_columns(declared)}")
    for batch in iterate_batches(path, _GROUP_ROWS):
        yield pa.Table.from_batches([batch])


def _text_groups(table: CheckedTable, path: Path) -> Iterator[pa.Table]:
    names = dict.fromkeys((*table.declared.schema.names, *table.targets))
    schema = pa.schema([(name, pa.string()) for name in names])
    for rows in chunks(_raw_rows(path, table.raw) if table.raw else _csv_rows(path, list(names)), _GROUP_ROWS):
        yield pa.Table.from_pylist(rows, schema=schema)


def _raw_rows(path: Path, split: Split) -> Iterator[Mapping[str, Any]]:
    return (vars(row) for row in iterate_raw_file(path, path.name, split))


def _csv_rows(path: Path, names: list[str]) -> Iterator[Mapping[str, Any]]:
    try:
        with at_hand(path) as local, local.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in names if name not in (reader.fieldnames or ())]
            if missing:
                raise InputError(f"{path}: no column {', '.join(missing)}")
            yield from reader
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `dvc repro` makes it") from None


def _list_columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in schema)


def _refuse_violations(results: Mapping[str, Result]) -> None:
    if not results:
        return
    for result in results.values():
        for finding in result.examples:
            print(finding, file=sys.stderr)
    name, result = next(iter(results.items()))
    rule, count = result.violations.most_common(1)[0]
    raise InputError(f"{name}: {count} violations in {result.rows} rows: {rule}")
