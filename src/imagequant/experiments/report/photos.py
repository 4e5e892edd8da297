"""Small pictures of the photos in the report, from the local download shards."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

from PIL import Image

from imagequant.imaging.decode import decode_rgb
from imagequant.storage.checks import OK
from imagequant.storage.manifest import MANIFEST_NAME, iterate_manifest
from imagequant.storage.shards import shard_path
from imagequant.storage.tars import read_tar

_SIDE = 320


def small_pictures(folder: Path, wanted: Collection[str], *, pull: bool) -> Iterator[tuple[str, bytes]]:
    """Yields (content hash, JPEG) of the available photos, at most ``_SIDE`` pixels wide and high.

    Args:
        folder: One split of the download.
        wanted: Content hashes.
        pull: Whether ``dvc pull`` fetches missing shards, only those that hold a wanted photo.
    """
    manifest = folder / MANIFEST_NAME
    if not wanted or not _is_available(manifest, pull=pull):
        return
    numbers = {row.shard for row in iterate_manifest(folder) if row.status == OK and row.sha256 in wanted}
    for path in (shard_path(folder, number, "tar") for number in sorted(numbers)):
        if _is_available(path, pull=pull):
            yield from ((name, _small(payload)) for name, payload in read_tar(path) if name in wanted)


def _is_available(path: Path, *, pull: bool) -> bool:
    if not path.exists() and pull:
        # If the remote lacks it too, the report does without the picture.
        subprocess.run(["dvc", "pull", "--quiet", str(path)], check=False)
    return path.exists()


def _small(payload: bytes) -> bytes:
    picture = Image.fromarray(decode_rgb(payload))
    picture.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
