"""A CSV file of answers that grows row by row, so that a later run can go on where one was stopped."""

import csv
import io
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from imagequant.cli.predict.answering import Answered
from imagequant.cli.predict.columns import Columns, as_csv, file_rows
from imagequant.cli.predict.outputs import Output
from imagequant.cli.predict.rows import Row
from imagequant.core.errors import InputError
from imagequant.core.locations import is_remote, location, send

# Object stores cannot append, so the whole file is sent again.
_SECONDS_BETWEEN_UPLOADS = 30.0
# What a row of the file has from its question.
_KEY = ("photo", "index", "group_id", "entity")


@dataclass(frozen=True)
class Progress:
    """What a file has: complete rows under the header, how many of them failed, photos, and bytes with the header."""

    rows: int = 0
    failed: int = 0
    photos: int = 0
    bytes: int = 0


def skip_answered(rows: Iterator[Row], path: Path, target: str, names: Sequence[str], model: str) -> Progress:
    """Take the rows from the input that a file has answered; an unfinished last row of the file does not count.

    Args:
        rows: The rows of the input.
        path: A local copy of the file.
        target: Its name for errors.
        names: The columns that this run writes.
        model: The label of the model that answers now.

    Raises:
        InputError: If the file was written with other columns or another model, or about other rows.
    """
    lines = _complete_lines(path)
    reader = csv.reader(text for text, _ in lines)
    header = next(reader, None)
    if header is None:
        return Progress()
    if header != list(names):
        raise InputError(f"--resume: {target} has other columns than this run writes; name another file")
    done = failed = photos = 0
    previous: Row | None = None
    for done, cells in enumerate(reader, start=1):
        written = dict(zip_longest(names, cells[: len(names)], fillvalue=""))
        row = next(rows, None)
        expected = [row.photo, row.index, row.group_id, row.entity] if row else []
        if [written[name] for name in _KEY] != expected:
            raise InputError(
                f"--resume: {target}, row {done}: about {written['entity']} on {written['photo']}, but the input has"
                f" {f'{row.entity} on {row.photo}' if row else 'no more rows'} there; give the same input"
            )
        if written["model"] not in ("", model):
            raise InputError(f"--resume: {target}, row {done}: answered by {written['model']}, not by {model}")
        failed += bool(written["error"])
        photos += previous is not None and row is not None and row.source != previous.source
        previous = row
    return Progress(done, failed, photos, sum(size for _, size in _complete_lines(path)))


def _complete_lines(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each complete record of a CSV file with its size in bytes."""
    if not path.exists():
        return
    record = b""
    with path.open("rb") as file:
        for line in file:
            record += line
            # Within quotes, a line end is text; quotes in text are doubled.
            if line.endswith(b"\n") and record.count(b'"') % 2 == 0:
                yield record.decode("utf-8"), len(record)
                record = b""


@contextmanager
def local_copy(target: str, *, resume: bool) -> Iterator[Path]:
    """Yield the local file to write: the target, or for a URL a copy, which is sent there after the block."""
    path = location(target)
    if not is_remote(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
        copy = Path(folder) / "answers.csv"
        if resume and path.exists():
            copy.write_bytes(path.read_bytes())
        try:
            yield copy
        finally:
            # Also when stopped: answers so far are kept.
            if copy.exists():
                send(copy, path)


@contextmanager
def csv_output(path: Path, target: str, columns: Columns, kept: Progress) -> Iterator[Output]:
    """Yield an output that appends rows to the local file of a target, after those kept."""
    remote, sent = location(target), time.monotonic()
    with path.open("r+b" if kept.bytes else "wb") as binary:
        binary.truncate(kept.bytes)
        binary.seek(kept.bytes)
        with io.TextIOWrapper(binary, encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if not kept.bytes:
                writer.writerow(columns.names)

            def write(answered: Answered) -> None:
                nonlocal sent
                writer.writerows(map(as_csv, file_rows(answered, columns)))
                file.flush()
                if is_remote(remote) and time.monotonic() - sent > _SECONDS_BETWEEN_UPLOADS:
                    send(path, remote)
                    sent = time.monotonic()

            yield write
