"""Tables as parquet files whose bytes depend on the rows alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from imagequant.errors import InputError
from imagequant.storage.files import replacing


def write_table(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    """Writes rows in their order under ``schema``; columns beyond it are an error.

    Args:
        path: The parquet file.
        rows: Mappings with the schema's names as keys.
        schema: Column names and types; file-level metadata in it is kept.
    """
    for row in rows:
        if row.keys() != set(schema.names):
            raise ValueError(f"{path}: row has columns {sorted(row)}, the schema has {sorted(schema.names)}")
    table = pa.Table.from_pylist(rows, schema=schema)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", store_schema=True)


def read_rows(path: Path, columns: list[str] | None = None) -> list[dict[str, Any]]:
    """Reads a table as mappings of plain Python values.

    Raises:
        InputError: If the file is missing or is no parquet.
    """
    return cast("list[dict[str, Any]]", _read(path, columns).to_pylist())


def read_metadata(path: Path) -> dict[str, str]:
    """The file-level metadata given with the schema."""
    metadata = pq.read_schema(path).metadata or {}
    return {key.decode(): value.decode() for key, value in metadata.items() if key != b"ARROW:schema"}


def _read(path: Path, columns: list[str] | None) -> pa.Table:
    try:
        return pq.ParquetFile(path).read(columns=columns)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `dvc repro` makes it") from None
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: not a readable parquet file: {error}") from None
