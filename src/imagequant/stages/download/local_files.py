"""Local files. As in git's index, one that has not been touched since it was last read is not read again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from imagequant.errors import InputError
from imagequant.stages.download import outcome
from imagequant.stages.download.outcome import Fetched, FetchError, judge, too_large
from imagequant.storage.code import code_fingerprint
from imagequant.storage.tables import read_metadata, read_rows, write_table
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
    def of(cls, stat: os.stat_result) -> FileState:
        """From what the system says."""
        return cls(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)

    def is_settled(self, looked_at_ns: int) -> bool:
        """Whether a later change is sure to show."""
        return looked_at_ns - max(self.mtime_ns, self.ctime_ns) > _YOUNG_NS


Seen = tuple[FileState, Fetched]


class LocalFiles:
    """Reads local files that are not known; threads may share it.

    Attributes:
        stores: Schemes of the object stores whose links are read as local files are: those the project or its CSVs lie
            in. Nobody's CSV may have a project on a disk ask a store with its owner's credentials.
    """

    def __init__(self, known: Mapping[str, Seen] | None = None, stores: Set[str] = frozenset()) -> None:
        self._known = known or {}
        self.stores = stores
        # By the path as text: a million of them are held.
        self._seen: dict[str, Seen] = {}

    @classmethod
    def from_index(cls, index: Path, stores: Set[str] = frozenset()) -> LocalFiles:
        """With what an earlier run knew; a missing or damaged index, or one made by other code, knows nothing."""
        try:
            rows = read_rows(index) if read_metadata(index).get("key") == _key() else []
        except (FileNotFoundError, pa.ArrowInvalid, InputError):
            rows = []
        return cls({os.fsdecode(row["path"]): _seen(row) for row in rows}, stores)

    def write_index(self, index: Path) -> None:
        """Writes what this run has seen, where that is not what was known."""
        if self._seen == self._known:
            return
        rows = (
            {"path": os.fsencode(path), **_values(state, _STATE), **_values(image, _IMAGE)}
            for path, (state, image) in self._seen.items()
        )
        write_table(index, rows, pa.schema({"path": pa.binary(), **_STATE, **_IMAGE}, metadata={"key": _key()}))

    def judge(self, path: Path, max_bytes: int) -> Fetched:
        """Checks an image.

        Raises:
            FetchError: If it is missing, unreadable, too large or no image.
        """
        looked_at = time.time_ns()
        try:
            state = FileState.of(path.stat())
            if state.size > max_bytes:
                raise too_large(max_bytes)
            name = os.fspath(path)
            known = self._known.get(name)
            if known is not None and known[0] == state:
                self._seen[name] = known
                return known[1]
            payload = path.read_bytes()
            unchanged = FileState.of(path.stat()) == state
        except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte in the path
            raise FetchError("missing_file", "no such file") from None
        except OSError as error:
            raise FetchError("unreadable_file", type(error).__name__) from None
        image = judge(payload, max_bytes)
        if unchanged and state.is_settled(looked_at):
            self._seen[name] = state, image
        return image


def _values(record: FileState | Fetched, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(record, name) for name in names}


def _seen(row: Mapping[str, object]) -> Seen:
    state = FileState(**{name: row[name] for name in _STATE})  # type: ignore[arg-type]  # the schema says what they are
    image = Fetched(**{name: row[name] for name in _IMAGE})  # type: ignore[arg-type]
    return state, image


@cache
def _key() -> str:
    """Names the code that judged the images."""
    return fingerprint(code_fingerprint(outcome.__name__), version("pillow"))
