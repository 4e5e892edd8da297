"""Local files. As with git's index, a file that was not changed since an earlier run is not read again."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Any

from imagequant.fetch.outcome import FetchedImage, FetchError, check_image, too_large

# Two changes within one tick of the file system's clock look the same. Ticks are two seconds at most (FAT), so the
# state of a file that was changed less than that before it was read is not trusted.
_MIN_AGE_NS = 2_500_000_000


@dataclass(frozen=True, slots=True)
class FileState:
    """Changes whenever the file does; ``ctime_ns`` changes even if a tool restores ``mtime_ns``."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def from_stat(cls, found: os.stat_result) -> FileState:
        """Builds it from the system's answer."""
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def is_settled(self, read_at_ns: int) -> bool:
        """Returns whether every later change would show."""
        return read_at_ns - max(self.mtime_ns, self.ctime_ns) > _MIN_AGE_NS


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A local file with its image as a run found them."""

    url: str
    state: FileState
    image: FetchedImage

    @classmethod
    def from_cells(cls, url: str, *cells: Any) -> FileRecord:
        """Builds it from the cells of ``RECORD``."""
        return cls(url, FileState(*cells[: len(STATE)]), FetchedImage(*cells[len(STATE) :]))

    def cells(self) -> tuple[Any, ...]:
        """Returns the cells of ``RECORD``."""
        # Not dataclasses.astuple, which copies values.
        return (self.url, *_state_of(self.state), *_image_of(self.image))


STATE = [field.name for field in fields(FileState)]
IMAGE = [field.name for field in fields(FetchedImage)]
RECORD = ["url", *STATE, *IMAGE]
_state_of, _image_of = attrgetter(*STATE), attrgetter(*IMAGE)


def check_file(path: Path, max_bytes: int, known: FileRecord | None = None) -> tuple[FetchedImage, FileState | None]:
    """Checks an image of at most ``max_bytes``; it is not read again if its state is that of an earlier run's record.

    Returns the image, and the file's state if the file can be recognised later.
    """
    read_at = time.time_ns()
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would block, a device might never end
            raise FetchError("unreadable_file", "not a regular file")
        state = FileState.from_stat(found)
        if state.size > max_bytes:
            raise too_large(max_bytes)
        if known is not None and known.state == state:
            return known.image, state
        payload = path.read_bytes()
        unchanged = FileState.from_stat(path.stat()) == state
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte in the path
        raise FetchError("missing_file", "no such file") from None
    except OSError as error:
        raise FetchError("unreadable_file", type(error).__name__) from None
    image = check_image(payload, max_bytes)
    return image, state if unchanged and state.is_settled(read_at) else None
