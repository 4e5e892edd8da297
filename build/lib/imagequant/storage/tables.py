"""Parquet files whose bytes depend on the rows alone."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imagequant.core.files import replacing
from imagequant.core.iteration import chunks
from imagequant.core.locations import readable

# Rows in each group of a file: few enough to be held as Python objects, and fixed, so that the bytes depend on the rows
# alone.
_GROUP_ROWS = 4096
# Rows read at a time: as Python objects they take many times their size on disk.
_READ_ROWS = 1024


def write_table(
    path: Path,
    rows: Iterable[dict[str, Any]],
    schema: pa.Schema,
    verify: Callable[[pa.Table, int], None] = lambda _group, _start: None,
) -> None:
    """Writes rows in their order under ``schema``, a few thousand in memory at a time; other columns are an error.

    ``verify`` takes each group of rows and the number of rows before it; it raises if the group must not be written.
    """
    with replacing(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        written = 0
        for group in chunks(rows, _GROUP_ROWS):
            for row in group:
                if row.keys() != set(schema.names):
                    raise ValueError(f"{path}: row has columns {sorted(row)}, the schema has {sorted(schema.names)}")
            table = pa.Table.from_pylist(group, schema=schema)
            verify(table, written)
            writer.write_table(table)
            written += len(group)
        if not written:
            writer.write_table(schema.empty_table())


def iterate_rows(path: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yields the rows of a table as mappings of plain Python values, never all of them in memory."""
    for batch in iterate_batches(path, _READ_ROWS, columns):
        yield from batch.to_pylist()


def iterate_batches(path: Path, rows: int, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yields the table as Arrow batches of at most ``rows`` rows; see ``iterate_rows``."""
    with _opened(path) as file:
        yield from file.iter_batches(rows, columns=columns)


def read_rows_where(path: Path, columns: list[str], column: str, value: int) -> list[dict[str, Any]]:
    """Reads the rows with a value in a column; skips groups of rows that cannot have it. See ``iterate_rows``."""
    with _local(path) as local:
        matching = [(column, "=", value)]
        table = pq.read_table(local, columns=columns, filters=matching, use_threads=False, partitioning=None)
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows


def read_arrow(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Reads a table as an Arrow table, a tenth of the size of Python objects; see ``iterate_rows``."""
    with _opened(path) as file:
        return file.read(columns=columns)


def read_schema(path: Path) -> pa.Schema:
    """Reads names and types of the columns; see ``iterate_rows``."""
    with _opened(path) as file:
        return file.schema_arrow


def read_metadata(path: Path) -> dict[str, str]:
    """Reads the file-level metadata that was given with the schema."""
    metadata = read_schema(path).metadata or {}
    return {key.decode(): value.decode() for key, value in metadata.items() if key != b"ARROW:schema"}


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    with _local(path) as local, pq.ParquetFile(local) as file:
        yield file


def _local(path: Path) -> AbstractContextManager[Path]:
    return readable(path, "not a readable parquet file", pa.ArrowInvalid)
