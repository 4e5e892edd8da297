"""All tables -> ``metrics/check/tables.json``: rows and violations; an error if there are any."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from imagequant.core.errors import InputError
from imagequant.core.files import csv_records, fresh_folder, write_json
from imagequant.core.iteration import chunks
from imagequant.core.locations import readable
from imagequant.params import Params
from imagequant.stages.check.tables import CheckedTable, tables
from imagequant.storage.declare import Violation
from imagequant.storage.layout import Layout
from imagequant.storage.lookup import digest
from imagequant.storage.raw import iterate_raw_file
from imagequant.storage.tables import iterate_batches, read_schema

_GROUP_ROWS = 4096
# Consecutive rows of one file, after the number of rows before them.
RowGroup = tuple[Path, int, pa.Table]


@dataclass
class Result:
    """The result of checking one table; ``examples`` are the first violations, with file and row (from 1)."""

    rows: int = 0
    violations: Counter[str] = field(default_factory=Counter)  # by rule
    examples: list[str] = field(default_factory=list)
    targets: dict[str, set[bytes]] = field(default_factory=dict)  # digests of cells, by column


def check_table(
    table: CheckedTable, groups: Iterable[RowGroup], earlier: Mapping[str, Result], examples: int
) -> Result:
    """Checks the rows of one table; keeps at most ``examples`` violations. ``earlier`` has the tables it refers to."""
    result = Result(targets={column: set() for column in table.targets})
    keys: set[bytes] = set()
    for path, start, rows in groups:
        result.rows += rows.num_rows
        by_value = sorted(table.declared.violations(rows), key=lambda each: each.row) if table.is_text else ()
        for violation in (*by_value, *_by_reference(table, rows, earlier)):
            result.violations[violation.rule] += 1
            if len(result.examples) < examples:
                result.examples.append(f"{path}, row {start + violation.row + 1}: {violation}")
        if table.key:
            keys.update(digest(*cells) for cells in zip(*(_texts(rows, name) for name in table.key), strict=True))
        for column, known in result.targets.items():
            known.update(map(digest, _texts(rows, column)))
    if table.key and len(keys) < result.rows:
        result.violations[f"{', '.join(table.key)} must be unique"] = result.rows - len(keys)
    return result


def _by_reference(table: CheckedTable, rows: pa.Table, earlier: Mapping[str, Result]) -> Iterator[Violation]:
    for column, target in table.references.items():
        cells = _texts(rows, column)
        # Of equal cells, the first row is reported.
        for cell in dict.fromkeys(cells):
            if cell and digest(cell) not in earlier[target].targets[column]:
                yield Violation(
                    cells.index(cell), f"column {column} must be in column {column} of {target}", repr(cell)
                )


def _texts(rows: pa.Table, column: str) -> list[str]:
    return list(map(str, rows.column(column).to_pylist()))


def run(params: Params, layout: Layout) -> None:
    """Checks every table and writes the results.

    Raises:
        InputError: If a row of a stage's table breaks a rule; names the file, the row and the rule. Violations in raw
            files are only counted: the ``sources`` stage decides about them.
    """
    folder = fresh_folder(layout.metrics("check"))
    results: dict[str, Result] = {}
    wrong: dict[str, Result] = {}
    for table in tables(layout, params.domain):
        results[table.name] = result = check_table(table, row_groups(table), results, params.check.examples)
        if result.violations and table.raw is None:
            wrong[table.name] = result
    counts = {name: {"rows": result.rows, "violations": dict(result.violations)} for name, result in results.items()}
    write_json(folder / "tables.json", counts)
    rows = sum(result.rows for result in results.values())
    found = [f"{name} {result.violations.total()}" for name, result in results.items() if result.violations]
    summary = f"violations: {', '.join(found)}" if found else "no violations"
    print(f"check: {len(results)} tables, {rows} rows, {summary}", file=sys.stderr)
    for example in (example for result in wrong.values() for example in result.examples):
        print(example, file=sys.stderr)
    for name, result in wrong.items():
        rule, count = result.violations.most_common(1)[0]
        raise InputError(f"{name}: {count} violations in {result.rows} rows: {rule}")


def row_groups(table: CheckedTable) -> Iterator[RowGroup]:
    """Yields the rows of a table's files, a few thousand at a time; other columns than declared are an error."""
    for path in table.paths:
        start = 0
        for rows in (_text_groups if table.is_text else _typed_groups)(table, path):
            yield path, start, rows
            start += rows.num_rows


def _typed_groups(table: CheckedTable, path: Path) -> Iterator[pa.Table]:
    schema, declared = read_schema(path), table.declared.schema
    if not schema.equals(declared):
        found, wanted = (", ".join(f"{each.name} ({each.type})" for each in columns) for columns in (schema, declared))
        raise InputError(f"{path}: columns {found}; declared are {wanted}")
    for batch in iterate_batches(path, _GROUP_ROWS):
        yield pa.Table.from_batches([batch])


def _text_groups(table: CheckedTable, path: Path) -> Iterator[pa.Table]:
    names = list(dict.fromkeys((*table.declared.schema.names, *table.targets)))
    schema = pa.schema([(name, pa.string()) for name in names])
    if table.raw:
        for some in chunks(iterate_raw_file(path, path.name, table.raw), _GROUP_ROWS):
            yield pa.Table.from_pylist(list(map(vars, some)), schema=schema)
        return
    with readable(path, "not readable", csv.Error) as local, local.open(encoding="utf-8", newline="") as file:
        for records in chunks(csv_records(file, names, str(path)), _GROUP_ROWS):
            yield pa.Table.from_pylist(records, schema=schema)
