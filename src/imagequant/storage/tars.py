"""Shards of image files: tar archives with deterministic bytes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import replacing
from imagequant.core.locations import at_hand


def write_tar(path: Path, members: Iterable[tuple[str, bytes]]) -> None:
    """Writes (name, bytes) members in the order given; owner, mode and time are fixed."""
    with replacing(path) as temporary, tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, payload in members:
            info = tarfile.TarInfo(name)
            info.size = len(payload)
            info.mtime = 0
            info.mode = 0o644
            archive.addfile(info, io.BytesIO(payload))


def list_tar(path: Path) -> list[str]:
    """The members' names, in archive order; their content is passed over.

    Raises:
        InputError: If the archive is missing or damaged.
    """
    with _opened(path) as archive:
        return archive.getnames()


def read_tar(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yields (name, bytes) in archive order, one member in memory at a time.

    Raises:
        InputError: If the archive is missing or damaged.
    """
    with _opened(path) as archive:
        for info in archive:
            member = archive.extractfile(info)
            if member is not None:
                yield info.name, member.read()


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        # A tar cut between two members reads like a shorter one; only its ending tells.
        with at_hand(path) as local:
            if local.stat().st_size % tarfile.RECORDSIZE:
                raise InputError(f"{path}: damaged image shard: cut short")
            with tarfile.open(local, "r:") as archive:
                yield archive
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `dvc repro` makes it") from None
    except tarfile.TarError as error:
        raise InputError(f"{path}: damaged image shard: {error}") from None
