"""Which files may be read: links are strangers' text, and this machine has files that are none of theirs.

A CSV's links may lead into its own folder, and into those that ``download.folders`` names. Symbolic links count by what
they lead to, since an unpacked archive may bring some. The same holds in object stores, which are asked with the
owner's credentials.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from imagequant.core.locations import is_remote, under
from imagequant.fetch.links import is_in_store, local_path, resolve_link
from imagequant.storage.raw import RawRow

# Before the URL of a file that its row may not name.
OUTSIDE = "outside:"
_PARENTS_KEPT = 1 << 16


class Folders:
    """The folders that may be read; the CSVs' own are added as their rows come. Threads may share it."""

    def __init__(self, named: Iterable[str] = (), root: Path = Path()) -> None:
        """Takes those that the parameters name, relative to the project's ``root`` where they are not absolute."""
        # Photos share their folders: one look at the disk serves them all.
        self._real = lru_cache(_PARENTS_KEPT)(os.path.realpath)
        self._named = frozenset(_name(under(root, name)) for name in named)
        self._origins: dict[Path, str] = {}

    def place_of(self, row: RawRow) -> str:
        """Where a row's link leads, as a URL; ``OUTSIDE`` is before it where its CSV may not lead there."""
        url = resolve_link(row.image_link, row.origin)
        path = local_path(url)
        if path is not None:
            allowed = self._may_name(str(path), self._folder_of(row))
        elif is_in_store(url):
            # Stores know no "..", but what reads from them may.
            allowed = ".." not in url.split("/") and _is_in(url, (self._folder_of(row), *self._named))
        else:
            return url
        return url if allowed else OUTSIDE + url

    def has(self, path: Path) -> bool:
        """Whether a file, symbolic links followed, lies in one of the folders: its CSV's, another's, a named one."""
        text = str(path)
        real = os.path.realpath(text) if _is_link(text) else self._resolved(text)
        return _is_in(real, (*self._origins.values(), *self._named))

    def _folder_of(self, row: RawRow) -> str:
        known = self._origins.get(row.origin)
        return known if known is not None else self._origins.setdefault(row.origin, _name(row.origin))

    def _may_name(self, path: str, origin: str) -> bool:
        if not path.startswith("/"):
            return False
        if "/.." not in path and _is_in(path, (origin,)):
            return True
        return _is_in(self._resolved(path), (origin, *self._named))

    def _resolved(self, path: str) -> str:
        """The path with the symbolic links among its folders followed."""
        folder, name = os.path.split(path)
        return os.path.realpath(path) if name in ("", ".", "..") else os.path.join(self._real(folder), name)  # noqa: PTH118


def _name(folder: Path) -> str:
    return str(folder).rstrip("/") if is_remote(folder) else os.path.realpath(folder)


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(folder if folder.endswith("/") else f"{folder}/") for folder in folders)


def _is_link(path: str) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except (OSError, ValueError):  # missing, or no name that a file can have
        return False
