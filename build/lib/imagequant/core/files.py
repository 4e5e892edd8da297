"""Writes files so that a reader never sees half of one."""

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imagequant.core.errors import InputError, about
from imagequant.core.locations import empty, is_remote, send


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields a temporary path; its file becomes ``path`` if the block succeeds, and is removed if not."""
    if is_remote(path):
        with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
            local = Path(folder) / path.name
            yield local
            send(local, path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as temporary:
        yield temporary


def write_bytes(path: Path, payload: bytes) -> None:
    """Writes ``payload`` completely or not at all."""
    if is_remote(path):
        path.write_bytes(payload)
        return
    with _beside(path) as temporary:
        try:
            temporary.write_bytes(payload)
        except FileNotFoundError:
            # Only if needed: for small files system calls are the whole cost, and most folders exist.
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(payload)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yields a temporary path in the same folder; see ``replacing``."""
    # Not tempfile, which makes twice the system calls.
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            raise about(path, error) from error
        raise


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 text completely or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes a table with a header and Unix line ends, completely or not at all; takes rows one at a time.

    A row has one value per column; ``None`` becomes an empty cell.
    """
    with writing_csv(path, columns) as write:
        for row in rows:
            write(row)


@contextmanager
def writing_csv(path: Path, columns: Sequence[str]) -> Iterator[Callable[[Sequence[object]], object]]:
    """Yields a function that writes a row (see ``write_csv``), for tables that are written at the same time."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        yield writer.writerow


def csv_records(lines: Iterable[str], columns: Iterable[str], origin: str) -> Iterator[dict[str, str]]:
    """Reads the records of a CSV file with a header; if it lacks one of the columns, the error names ``origin``."""
    reader = csv.DictReader(lines)
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{origin}: no column {', '.join(missing)}")
    return iter(reader)


def write_json(path: Path, value: Any) -> None:
    """Writes JSON with sorted keys, two spaces and a final newline: the same value, the same bytes."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Reads JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `dvc repro` makes it") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: not JSON: {error}") from None


def figure_png(figure: Any, **options: Any) -> bytes:
    """Returns a figure of matplotlib as PNG, without the software's name: the bytes depend on the data alone."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None}, **options)
    return buffer.getvalue()


def file_digest(path: Path) -> str:
    """Returns the SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fresh_folder(path: Path) -> Path:
    """Removes ``path`` (a stage's own output folder) with its content and makes it anew."""
    empty(path)
    if not is_remote(path):  # object stores have no folders
        path.mkdir(parents=True)
    return path
