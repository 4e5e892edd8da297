"""Folders and files on this machine, or under a URL that fsspec knows (``s3://bucket/project``).

Remote paths are ``UPath``s of universal-pathlib, which behave like ``pathlib.Path``. Formats that need a real file
(parquet, tar, safetensors) are downloaded before they are read and uploaded after they are written: object stores show
an object only when it is complete, so nobody sees half of one.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from imagequant.core.errors import InputError, about


def location(text: str) -> Path:
    """Returns the path that a path or URL names; an error if the client for such URLs is not installed."""
    if "://" not in text:
        return Path(text)
    try:
        from upath import UPath  # noqa: PLC0415  (and all of fsspec)

        path = UPath(text)
        _ = path.fs
    except (ImportError, ValueError) as error:
        raise InputError(f"{text}: cannot be reached: {error} (S3 needs the extra: imagequant-reader[s3])") from None
    return cast("Path", path)


def under(root: Path, name: str) -> Path:
    """Returns the path that ``name`` means in folder ``root``: relative to it, absolute, or a URL."""
    if "://" in name or Path(name).is_absolute():
        return location(name)
    return root / name


def is_remote(path: Path) -> bool:
    """Returns whether a path is a URL."""
    return not isinstance(path, Path)


def store_errors() -> tuple[type[Exception], ...]:
    """Returns the errors that reading an object can raise; clients have their own for networks and credentials."""
    try:
        from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]  # noqa: PLC0415
    except ModuleNotFoundError:
        return (OSError,)
    return (OSError, BotoCoreError)


@contextmanager
def at_hand(path: Path) -> Iterator[Path]:
    """Yields a local file with the content of ``path``: itself, or a copy that is removed after the block."""
    if not is_remote(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
        copy = Path(folder) / path.name
        _files(path).get_file(_key(path), str(copy))
        yield copy


@contextmanager
def readable(path: Path, problem: str, *errors: type[Exception]) -> Iterator[Path]:
    """Yields a local file as ``at_hand`` does; ``InputError`` if there is none, or ``problem`` if ``errors`` occur."""
    try:
        with at_hand(path) as local:
            yield local
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `dvc repro` makes it") from None
    except errors as error:
        raise InputError(f"{path}: {problem}: {error}") from None


def folder_at_hand(path: Path) -> tuple[Path, tempfile.TemporaryDirectory[str] | None]:
    """Returns a local folder with the same files: ``path``, or copies, which are removed with the second value."""
    if not is_remote(path):
        return path, None
    copies = tempfile.TemporaryDirectory(prefix="imagequant-")
    _files(path).get(f"{_key(path)}/", f"{copies.name}/", recursive=True)
    return Path(copies.name), copies


@contextmanager
def local_folder(path: Path) -> Iterator[Path]:
    """Yields a local folder to fill: ``path``, or one that is uploaded there after the block."""
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
    """Uploads a local file; it is visible there only when complete."""
    _files(path).put_file(str(file), _key(path))


def scratch_folder(path: Path) -> Path:
    """Returns a local folder for temporary files: ``path``, or the system's if that is remote."""
    if is_remote(path):
        return Path(tempfile.gettempdir())
    path.mkdir(parents=True, exist_ok=True)
    return path


def copy(source: Path, target: Path) -> None:
    """Copies a file from or to a URL; within one object store, the store does it."""
    if not is_remote(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _files(source).get_file(_key(source), str(target))
    elif is_remote(source) and _files(source) == _files(target):
        _files(source).cp_file(_key(source), _key(target))
    else:
        with at_hand(source) as file:
            send(file, target)


def empty(path: Path) -> None:
    """Removes a folder with its content, if there is one."""
    if is_remote(path):
        if path.exists():
            _files(path).rm(_key(path), recursive=True)
    elif path.exists():
        try:
            shutil.rmtree(path)
        except OSError as error:
            # Otherwise the message has only the name within its folder.
            raise about(path, error) from error


def _files(path: Path) -> Any:
    return cast("Any", path).fs


def _key(path: Path) -> str:
    return str(cast("Any", path).path)
