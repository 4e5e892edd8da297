"""Shards of image files: tar archives with deterministic bytes.

An image is the member ``<sha256>.<suffix>`` (``jpg``, ``png``, ...), as webdataset and similar tools expect. Readers
get the part before the first dot, the content hash.
"""

import io
import tarfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.core.files import replacing
from imagequant.core.locations import readable


def member_name(sha256: str, image_format: str) -> str:
    """Returns the name of an image in its tar; ``image_format`` as in the manifest (``jpeg``, ``png``, ...)."""
    return f"{sha256}.{'jpg' if image_format == 'jpeg' else image_format}"


def write_tar(path: Path, members: Iterable[tuple[str, bytes]]) -> None:
    """Writes members (see ``member_name``) and their bytes in the order given; owner, mode and time are fixed."""
    with replacing(path) as temporary, tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, payload in members:
            info = tarfile.TarInfo(name)
            info.size = len(payload)
            info.mtime = 0
            info.mode = 0o644
            archive.addfile(info, io.BytesIO(payload))


def list_tar(path: Path) -> list[str]:
    """Returns the content hashes of the images in archive order, without reading the images."""
    with _opened(path) as archive:
        return [_sha256(name) for name in archive.getnames()]


def read_tar(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yields content hash and bytes of each image in archive order, one in memory at a time."""
    with _opened(path) as archive:
        for info in archive:
            member = archive.extractfile(info)
            if member is not None:
                yield _sha256(info.name), member.read()


def read_images(paths: Iterable[Path], names: Container[str]) -> Iterator[tuple[str, bytes]]:
    """Yields those images of several shards whose content hash is among ``names``; see ``read_tar``."""
    return ((name, payload) for path in paths for name, payload in read_tar(path) if name in names)


def _sha256(member: str) -> str:
    return member.partition(".")[0]


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    with readable(path, "damaged image shard", tarfile.TarError) as local:
        # A tar cut between two members reads like a shorter one; only its missing end shows it.
        if local.stat().st_size % tarfile.RECORDSIZE:
            raise InputError(f"{path}: damaged image shard: cut short")
        with tarfile.open(local, "r:") as archive:
            yield archive
