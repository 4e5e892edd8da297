"""Photos in a folder and below, on this machine or in an object store, and the files that are no photos."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from imagequant.core.errors import InputError
from imagequant.core.locations import is_remote
from imagequant.imaging.load import SUFFIXES

# What systems leave in folders; hidden files (.DS_Store, ._photo.jpg) are none of the user's either.
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class FolderContent:
    """The photos, sorted, and one line for each file or folder that is not read."""

    photos: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def find_in_folder(folder: Path) -> FolderContent:
    """Return the photos in a folder and below.

    Raises:
        InputError: If there are none.
    """
    photos: list[str] = []
    skipped: list[str] = []
    for name, problem in _remote_files(folder) if is_remote(folder) else _local_files(folder):
        if problem:
            skipped.append(f"{name}: skipped: {problem}")
        else:
            photos.append(name)
    if not photos:
        raise InputError(f"{folder}: no photos in it; looked for {', '.join(sorted(SUFFIXES))}")
    return FolderContent(tuple(sorted(photos, key=lambda name: name.split("/"))), tuple(sorted(skipped)))


def _local_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each file with the reason why it is not read, empty if it is."""
    unreadable: list[tuple[str, str]] = []

    def note(error: OSError) -> None:
        unreadable.append((str(error.filename), f"the folder cannot be read: {error.strerror}"))

    for parent, folders, files in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in filter(_is_wanted, files):
            path = Path(parent) / name
            yield str(path), _problem(name) or ("" if path.is_file() else "not a file, or a link to none")
        for name in folders:
            if (Path(parent) / name).is_symlink():  # might lead back here
                yield str(Path(parent) / name), "a link to a folder; name it as well"
    yield from unreadable


def _remote_files(folder: Path) -> Iterator[tuple[str, str]]:
    files: Any = cast("Any", folder).fs
    for key in files.find(cast("Any", folder).path):
        name = PurePosixPath(key).name
        if _is_wanted(name):
            yield files.unstrip_protocol(key), _problem(name)


def _is_wanted(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in _SYSTEM_FILES


def _problem(name: str) -> str:
    if PurePosixPath(name).suffix.lower() in SUFFIXES:
        return ""
    return f"not named like a photo ({', '.join(sorted(SUFFIXES))})"
