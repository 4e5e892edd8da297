"""Local files. As in git's index, one that has not been touched since it was last read is not read again."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from imagequant.core.errors import InputError
from imagequant.core.files import file_digest, write_text
from imagequant.fetch.outcome import Fetched, FetchError, judge, too_large
from imagequant.storage.code import code_fingerprint
from imagequant.storage.tables import iterate_rows, read_metadata, write_table
from imagequant.storage.work_cache import fingerprint

# A file changed twice within one tick of its file system's clock looks the same after both. Ticks are two seconds at
# the most (FAT), so what was younger than that when it was read is not believed.
_YOUNG_NS = 2_500_000_000

_STATE = {name: pa.int64() for name in ("device", "inode", "size", "mtime_ns", "ctime_ns")}
_IMAGE = {"sha256": pa.string(), "width": pa.int32(), "height": pa.int32(), "format": pa.string(), "bytes": pa.int64()}


@dataclass(frozen=True, slots=True)
class FileState:
    """What changes when a file does; ``ctime_ns`` does so even where a tool restores ``mtime_ns``."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> FileState:
        """From what the system says."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def is_settled(self, looked_at_ns: int) -> bool:
        """Whether a later change is sure to show."""
        return looked_at_ns - max(self.mtime_ns, self.ctime_ns) > _YOUNG_NS


@dataclass(frozen=True, slots=True)
class Seen:
    """A local file as a run found it."""

    url: str
    state: FileState
    image: Fetched


def read_index(index: Path) -> Iterator[Seen]:
    """What an earlier run saw; a missing or damaged index, or one made by other code, knows nothing."""
    try:
        # Parquet takes a bit that flipped in a cell for what was written.
        if _digest_of(index).read_bytes() == file_digest(index).encode() and read_metadata(index).get("key") == _key():
            yield from map(_seen, iterate_rows(index))
    except (OSError, InputError):
        return


def write_index(index: Path, seen: Iterable[Seen]) -> None:
    """Writes what a run saw, for the next one."""
    rows = ({"url": item.url, **_values(item.state, _STATE), **_values(item.image, _IMAGE)} for item in seen)
    write_table(index, rows, pa.schema({"url": pa.string(), **_STATE, **_IMAGE}, metadata={"key": _key()}))
    write_text(_digest_of(index), file_digest(index))


def _digest_of(index: Path) -> Path:
    return index.with_name(f"{index.name}.sha256")


def judge_file(path: Path, max_bytes: int, known: Seen | None = None) -> tuple[Fetched, FileState | None]:
    """Checks an image.

    Args:
        path: The file.
        max_bytes: Limit of its size.
        known: As an earlier run found it: it is not read again where it has not been touched since.

    Returns:
        What it is, and how it can be known again where it can.

    Raises:
        FetchError: If it is missing, unreadable, too large or no image.
    """
    looked_at = time.time_ns()
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for, a device might never end
            raise FetchError("unreadable_file", "not a regular file")
        state = FileState.of(found)
        if state.size > max_bytes:
            raise too_large(max_bytes)
        if known is not None and known.state == state:
            return known.image, state
        payload = path.read_bytes()
        unchanged = FileState.of(path.stat()) == state
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte in the path
        raise FetchError("missing_file", "no such file") from None
    except OSError as error:
        raise FetchError("unreadable_file", type(error).__name__) from None
    image = judge(payload, max_bytes)
    return image, state if unchanged and state.is_settled(looked_at) else None


def _values(record: FileState | Fetched, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(record, name) for name in names}


def _seen(row: Mapping[str, object]) -> Seen:
    state = FileState(**{name: row[name] for name in _STATE})  # type: ignore[arg-type]  # the schema says what they are
    image = Fetched(**{name: row[name] for name in _IMAGE})  # type: ignore[arg-type]
    return Seen(str(row["url"]), state, image)


@cache
def _key() -> str:
    """Names the code that judged the images and wrote the index."""
    return fingerprint(code_fingerprint(__name__), version("pillow"))
