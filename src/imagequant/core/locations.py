"""Folders and files wherever they lie: here, or under a URL that fsspec knows (``s3://bucket/project``).

Paths elsewhere are ``UPath``s of universal-pathlib: they offer what ``pathlib.Path`` does, and are treated as such.
What needs a real file (parquet, tar, safetensors) is fetched whole before it is read and sent whole when it is written:
object stores show an object only when all of it is there, so nobody sees half of one.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from imagequant.core.errors import InputError, about


def location(text: str) -> Path:
    """A path, or a URL as one.

    Raises:
        InputError: If what reads such URLs is not installed.
    """
    if "://" not in text:
        return Path(text)
    try:
        from upath import UPath  # noqa: PLC0415  (and all of fsspec)

        found = UPath(text)
        _ = found.fs
    except (ImportError, ValueError) as error:
        raise InputError(f"{text}: cannot be reached: {error} (S3 needs the extra: imagequant-reader[s3])") from None
    return cast("Path", found)


def under(root: Path, name: str) -> Path:
    """What ``name`` means in the folder ``root``: a path relative to it, an absolute one, or a URL."""
    if "://" in name or Path(name).is_absolute():
        return location(name)
    return root / name


def is_remote(path: Path) -> bool:
    """Whether a path is a URL's."""
    return not isinstance(path, Path)


def store_errors() -> tuple[type[Exception], ...]:
    """What reading an object can raise: stores' clients have errors of their own for missing keys and networks."""
    try:
        from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]  # noqa: PLC0415
    except ModuleNotFoundError:
        return (OSError,)
    return (OSError, BotoCoreError)


@contextmanager
def at_hand(path: Path) -> Iterator[Path]:
    """Yields a file of this machine with the content of ``path``: itself, or a copy for as long as the block takes.

    Raises:
        FileNotFoundError: If it is not there.
    """
    if not is_remote(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
        copy = Path(folder) / path.name
        _files(path).get_file(_key(path), str(copy))
        yield copy


def folder_at_hand(path: Path) -> tuple[Path, tempfile.TemporaryDirectory[str] | None]:
    """A folder of this machine with the same files: ``path`` itself, or copies, which go with the second value."""
    if not is_remote(path):
        return path, None
    copies = tempfile.TemporaryDirectory(prefix="imagequant-")
    _files(path).get(f"{_key(path)}/", f"{copies.name}/", recursive=True)
    return Path(copies.name), copies


@contextmanager
def local_folder(path: Path) -> Iterator[Path]:
    """Yields a folder of this machine to be filled: ``path`` itself, or one that is sent there when the block ends."""
    if not is_remote(path):
        path.mkdir(parents=True, exist_ok=True)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
        yield Path(folder)
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                send(file, path / file.relative_to(folder).as_posix())


def send(file: Path, path: Path) -> None:
    """Puts a file of this machine where a URL says; it is seen there when all of it is."""
    _files(path).put_file(str(file), _key(path))


def scratch_folder(path: Path) -> Path:
    """Where files that are no results may lie for a while: ``path``, or this machine's own place for such files."""
    if is_remote(path):
        return Path(tempfile.gettempdir())
    path.mkdir(parents=True, exist_ok=True)
    return path


def copy(source: Path, target: Path) -> None:
    """Copies a file where one of the two places is a URL's; within one store, the store does it."""
    if not is_remote(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _files(source).get_file(_key(source), str(target))
    elif is_remote(source) and _files(source) == _files(target):
        _files(source).cp_file(_key(source), _key(target))
    else:
        with at_hand(source) as file:
            send(file, target)


def empty(path: Path) -> None:
    """Removes a folder and all it holds; nothing happens where there is none."""
    if is_remote(path):
        if path.exists():
            _files(path).rm(_key(path), recursive=True)
    elif path.exists():
        try:
            shutil.rmtree(path)
        except OSError as error:
            # Only the name within its folder would be said otherwise.
            raise about(path, error) from error


def _files(path: Path) -> Any:
    return cast("Any", path).fs


def _key(path: Path) -> str:
    return str(cast("Any", path).path)
