"""The records of local files from run to run, as a parquet file with a checksum beside it."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from imagequant.core.errors import InputError
from imagequant.core.files import file_digest, write_text
from imagequant.fetch import local_files
from imagequant.fetch.local_files import RECORD, FileRecord
from imagequant.storage.code import code_fingerprint
from imagequant.storage.tables import iterate_rows, read_metadata, write_table
from imagequant.storage.work_cache import fingerprint

_TYPES = {"url": pa.string(), "sha256": pa.string(), "format": pa.string(), "width": pa.int32(), "height": pa.int32()}


def read_index(index: Path) -> Iterator[FileRecord]:
    """Yields the records of an earlier run; none if the index is missing, damaged or by other code."""
    try:
        # Parquet does not notice a flipped bit in a cell.
        if (
            _digest_path(index).read_bytes() == file_digest(index).encode()
            and read_metadata(index).get("key") == _key()
        ):
            yield from (FileRecord.from_cells(*row.values()) for row in iterate_rows(index, RECORD))
    except (OSError, InputError):
        return


def write_index(index: Path, records: Iterable[FileRecord]) -> None:
    """Writes the records of a run for the next one."""
    schema = pa.schema([(name, _TYPES.get(name, pa.int64())) for name in RECORD], metadata={"key": _key()})
    write_table(index, (dict(zip(RECORD, record.cells(), strict=True)) for record in records), schema)
    write_text(_digest_path(index), file_digest(index))


def _digest_path(index: Path) -> Path:
    return index.with_name(f"{index.name}.sha256")


@cache
def _key() -> str:
    """Identifies the code that checked the images and wrote the index."""
    return fingerprint(code_fingerprint(local_files.__name__), code_fingerprint(__name__), version("pillow"))
