"""All tables -> ``metrics/check/tables.json``: rows and violations; an error where there are any."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, write_json
from imagequant.core.iteration import chunks
from imagequant.params import Params
from imagequant.stages.check.tables import Table, tables
from imagequant.stages.check.validate import Checked, Portion, check_table
from imagequant.storage.layout import Layout, Split
from imagequant.storage.raw import iterate_raw_file
from imagequant.storage.tables import iterate_batches, read_schema

_ROWS = 4096


def run(params: Params, layout: Layout) -> None:
    """Checks every table and writes what was found.

    Raises:
        InputError: If a row of a stage's table is not as declared; names the file, the row and the rule. Rows of raw
            files are counted only: the ``sources`` stage decides about them.
    """
    folder = fresh_folder(layout.metrics("check"))
    found: dict[str, Checked] = {}
    declared = tuple(tables(layout))
    for table in declared:
        found[table.name] = check_table(table, portions(table), found, params.check.examples)
    write_json(
        folder / "tables.json",
        {name: {"rows": checked.rows, "violations": dict(checked.violations)} for name, checked in found.items()},
    )
    rows = sum(checked.rows for checked in found.values())
    print(f"check: {len(found)} tables, {rows} rows, {told(found)}", file=sys.stderr)
    _refuse_violations(
        {table.name: found[table.name] for table in declared if table.raw is None and found[table.name].violations}
    )


def told(found: Mapping[str, Checked]) -> str:
    """``all as declared``, or how many violations each table has."""
    odd = [f"{name} {checked.violations.total()}" for name, checked in found.items() if checked.violations]
    return f"violations: {', '.join(odd)}" if odd else "all as declared"


def portions(table: Table) -> Iterator[Portion]:
    """The rows of a table's files, some thousand at a time.

    Raises:
        InputError: If a file is missing, unreadable, or has other columns than declared.
    """
    for path in table.paths:
        frames = _text_frames(path, table.raw) if table.columns is None else _typed_frames(path, table.columns)
        start = 1
        for frame in frames:
            yield Portion(path, frame.set_axis(pd.RangeIndex(start, start + len(frame)), axis=0))
            start += len(frame)


def _typed_frames(path: Path, columns: pa.Schema) -> Iterator[pd.DataFrame]:
    there = read_schema(path)
    if not there.equals(columns):
        raise InputError(f"{path}: columns {_listed(there)}; declared are {_listed(columns)}")
    for batch in iterate_batches(path, _ROWS):
        yield batch.to_pandas()


def _text_frames(path: Path, raw: Split | None) -> Iterator[pd.DataFrame]:
    if raw is not None:
        for some in chunks(iterate_raw_file(path, path.name, raw), _ROWS):
            yield pd.DataFrame(map(vars, some))
        return
    try:
        with pd.read_csv(path, dtype=str, keep_default_na=False, chunksize=_ROWS) as frames:
            yield from frames
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `dvc repro` makes it") from None


def _listed(columns: pa.Schema) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in columns)


def _refuse_violations(wrong: Mapping[str, Checked]) -> None:
    if not wrong:
        return
    for checked in wrong.values():
        for violation in checked.examples:
            print(violation, file=sys.stderr)
    name, checked = next(iter(wrong.items()))
    rule, count = checked.violations.most_common(1)[0]
    raise InputError(f"{name}: {count} of {checked.rows} rows are not as declared: {rule}")
