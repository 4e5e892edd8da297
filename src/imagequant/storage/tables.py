"""Tables as parquet files whose bytes depend on the rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imagequant.core.errors import InputError
from imagequant.core.files import replacing
from imagequant.core.iteration import chunks
from imagequant.core.locations import at_hand

# A file's rows lie in groups of so many, whoever writes and reads it: few enough to be held as Python objects, and
# fixed, so that the bytes depend on the rows alone.
_GROUP_ROWS = 4096
# Rows are read in portions: a row of Python objects takes many times its room on disk.
_READ_ROWS = 1024


def write_table(path: Path, rows: Iterable[dict[str, Any]], schema: pa.Schema) -> None:
    """Writes rows in their order under ``schema``, a few thousand in memory at a time; other columns are an error.

    Args:
        path: The parquet file.
        rows: Mappings with the schema's names as keys.
        schema: Column names and types; file-level metadata in it is kept.
    """
    with replacing(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        written = False
        for group in chunks(rows, _GROUP_ROWS):
            for row in group:
                if row.keys() != set(schema.names):
                    raise ValueError(f"{path}: row has columns {sorted(row)}, the schema has {sorted(schema.names)}")
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
            written = True
        if not written:
            writer.write_table(schema.empty_table())


def read_rows(path: Path, columns: list[str] | None = None) -> list[dict[str, Any]]:
    """Reads a table as mappings of plain Python values.

    Raises:
        InputError: If the file is missing or is no parquet.
    """
    return list(iterate_rows(path, columns))


def iterate_rows(path: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a table one after the other, never all of them in memory; see ``read_rows``."""
    for batch in iterate_batches(path, _READ_ROWS, columns):
        yield from batch.to_pylist()


def iterate_batches(path: Path, rows: int, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The table as Arrow holds it, so many rows at a time; see ``read_rows``."""
    with _opened(path) as file:
        yield from file.iter_batches(rows, columns=columns)


def read_rows_where(path: Path, columns: list[str], column: str, value: int) -> list[dict[str, Any]]:
    """The rows with a value in a column; groups of rows that cannot have it are passed over. See ``read_rows``."""
    import pyarrow.compute as pc  # noqa: PLC0415  (takes as long to load as the rest of Arrow; few stages ask for it)

    with _opened(path) as file:
        found: list[dict[str, Any]] = []
        at = file.schema_arrow.get_field_index(column)
        for number in range(file.num_row_groups):
            bounds = file.metadata.row_group(number).column(at).statistics
            if bounds is None or not bounds.has_min_max or bounds.min <= value <= bounds.max:
                group = file.read_row_group(number, columns=[*columns, column], use_threads=False)
                found += group.filter(pc.field(column) == value).select(columns).to_pylist()
        return found


def read_arrow(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Reads a table as Arrow holds it, a tenth of what it takes as Python objects; see ``read_rows``."""
    with _opened(path) as file:
        return file.read(columns=columns)


def read_schema(path: Path) -> pa.Schema:
    """Names and types of the columns; see ``read_rows``."""
    with _opened(path) as file:
        return file.schema_arrow


def read_metadata(path: Path) -> dict[str, str]:
    """The file-level metadata given with the schema."""
    metadata = read_schema(path).metadata or {}
    return {key.decode(): value.decode() for key, value in metadata.items() if key != b"ARROW:schema"}


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with at_hand(path) as local, pq.ParquetFile(local) as file:
            yield file
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `dvc repro` makes it") from None
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: not a readable parquet file: {error}") from None
