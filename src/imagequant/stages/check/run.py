"""All tables -> ``metrics/check/tables.json``: rows and violations; an error if there are any."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_json
from imagequant.core.iteration import chunks
from imagequant.core.locations import at_hand
from imagequant.params import Params
from imagequant.stages.check.tables import CheckedTable, tables
from imagequant.storage.layout import Layout
from imagequant.storage.lookup import DIGEST_BYTES, Digests, as_digests, digest
from imagequant.storage.raw import iterate_raw_file
from imagequant.storage.tables import iterate_batches, read_schema

_GROUP_ROWS = 4096


@dataclass(frozen=True)
class RowGroup:
    """Consecutive rows of one file; ``start`` counts the file's rows before them."""

    path: Path
    start: int
    rows: pa.Table


@dataclass(frozen=True)
class Finding:
    """A row of a file that breaks a rule; ``row`` counts from 1."""

    path: Path
    row: int
    rule: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.path}, row {self.row}: {self.rule}" + (f", not {self.value}" if self.value else "")


@dataclass
class Result:
    """The result of checking one table.

    Attributes:
        rows: Number of rows.
        violations: Number of violations by rule.
        examples: The first few.
        targets: Sorted digests of the cells that later tables refer to, by column.
    """

    rows: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    examples: list[Finding] = field(default_factory=list)
    targets: dict[str, Digests] = field(default_factory=dict)


def check_table(
    table: CheckedTable, groups: Iterable[RowGroup], earlier: Mapping[str, Result], examples: int
) -> Result:
    """Checks the rows of one table; keeps at most ``examples`` violations. ``earlier`` has the tables it refers to."""
    result = Result()
    keys = bytearray()
    targets = {column: bytearray() for column in table.targets}
    for group in groups:
        result.rows += group.rows.num_rows
        by_value = _by_value(table, group) if table.is_text else ()
        for finding in (*by_value, *_by_reference(table, group, earlier)):
            result.violations[finding.rule] += 1
            if len(result.examples) < examples:
                result.examples.append(finding)
        if table.key:
            keys += _digests(*(group.rows.column(name).to_pylist() for name in table.key))
        for column, packed in targets.items():
            packed.extend(_digests(group.rows.column(column).unique().to_pylist()))
    repeated = len(keys) // DIGEST_BYTES - len(np.unique(as_digests(keys)))
    if repeated:
        result.violations[f"{', '.join(table.key)} must be unique"] += repeated
    result.targets = {column: np.unique(as_digests(packed)) for column, packed in targets.items()}
    return result


def _by_value(table: CheckedTable, group: RowGroup) -> Iterator[Finding]:
    for violation in sorted(table.declared.violations(group.rows), key=lambda each: each.row):
        yield Finding(group.path, group.start + violation.row + 1, violation.rule, violation.value)


def _by_reference(table: CheckedTable, group: RowGroup, earlier: Mapping[str, Result]) -> Iterator[Finding]:
    for column, target in table.references.items():
        # Of equal cells, the first row is reported.
        first: dict[str, int] = {}
        for row, cell in enumerate(map(str, group.rows.column(column).to_pylist()), start=group.start + 1):
            first.setdefault(cell, row)
        first.pop("", None)
        is_known = np.isin(as_digests(_digests(list(first))), earlier[target].targets[column])
        for (cell, row), there in zip(first.items(), is_known, strict=True):
            if not there:
                yield Finding(group.path, row, f"column {column} must be in column {column} of {target}", repr(cell))


def _digests(*columns: Sequence[object]) -> bytes:
    return b"".join(digest(*map(str, cells)) for cells in zip(*columns, strict=True))


def run(params: Params, layout: Layout) -> None:
    """Checks every table and writes the results.

    Raises:
        InputError: If a row of a stage's table breaks a rule; names the file, the row and the rule. Violations in raw
            files are only counted: the ``sources`` stage decides about them.
    """
    folder = fresh_folder(layout.metrics("check"))
    results: dict[str, Result] = {}
    wrong: list[tuple[str, Result]] = []
    for table in tables(layout):
        result = check_table(table, row_groups(table), results, params.check.examples)
        results[table.name] = result
        if result.violations and table.raw is None:
            wrong.append((table.name, result))
    counts = {name: {"rows": result.rows, "violations": dict(result.violations)} for name, result in results.items()}
    write_json(folder / "tables.json", counts)
    rows = sum(result.rows for result in results.values())
    found = [f"{name} {result.violations.total()}" for name, result in results.items() if result.violations]
    summary = f"violations: {', '.join(found)}" if found else "no violations"
    print(f"check: {len(results)} tables, {rows} rows, {summary}", file=sys.stderr)
    for finding in (finding for _, result in wrong for finding in result.examples):
        print(finding, file=sys.stderr)
    for name, result in wrong:
        rule, count = result.violations.most_common(1)[0]
        raise InputError(f"{name}: {count} violations in {result.rows} rows: {rule}")


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
    names = list(dict.fromkeys((*table.declared.schema.names, *table.targets)))
    schema = pa.schema([(name, pa.string()) for name in names])
    rows = map(vars, iterate_raw_file(path, path.name, table.raw)) if table.raw else _csv_rows(path, names)
    for some in chunks(rows, _GROUP_ROWS):
        yield pa.Table.from_pylist(some, schema=schema)


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
