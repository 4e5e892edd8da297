"""The download manifest: which image, if any, each link of the raw rows gave.

One row a distinct (``source``, ``image_link``), the pair raw rows carry, so the two join on it. Rows whose links
lead to the same place share their outcome; rows with the same ``sha256`` share the image.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from imagequant.storage.tables import read_rows, write_table

OK = "ok"
FAILED = "failed"
MANIFEST_NAME = "manifest.parquet"

_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("image_link", pa.string()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("sha256", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("format", pa.string()),
        ("bytes", pa.int64()),
        ("shard", pa.int32()),
    ]
)


@dataclass(frozen=True)
class ManifestRow:
    """What became of one link.

    Attributes:
        source: The raw file, as written in the params.
        image_link: The link, as written in the raw file.
        status: ``ok`` or ``failed``.
        reason: Empty, or why it failed as a short code (``http_404``, ``timeout``, ``missing_file``, ...).
        detail: The reason in one line for people; the same on every machine.
        sha256: The image's content hash and its name in the tar; empty when failed.
        width: Upright width in pixels, 0 when failed.
        height: Upright height in pixels, 0 when failed.
        format: ``jpeg``, ``png``, ...; empty when failed.
        bytes: The file's size, 0 when failed.
        shard: Number of the tar that holds it, -1 when failed.
    """

    source: str
    image_link: str
    status: str
    reason: str
    detail: str
    sha256: str
    width: int
    height: int
    format: str
    bytes: int
    shard: int


def write_manifest(folder: Path, rows: Iterable[ManifestRow]) -> None:
    """Writes ``manifest.parquet`` of one split, rows in the order given."""
    write_table(folder / MANIFEST_NAME, [vars(row) for row in rows], _SCHEMA)


def read_manifest(folder: Path) -> list[ManifestRow]:
    """Reads the manifest of one split (``data/download/<split>``).

    Raises:
        InputError: If it is missing or unreadable.
    """
    return [ManifestRow(**row) for row in read_rows(folder / MANIFEST_NAME)]


def images_by_link(rows: Iterable[ManifestRow]) -> dict[tuple[str, str], str]:
    """(``source``, ``image_link``) -> ``sha256``, for the links that gave an image."""
    return {(row.source, row.image_link): row.sha256 for row in rows if row.status == OK}
