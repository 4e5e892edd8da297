"""The download manifest: which image, if any, each link of the raw rows gave.

One row a distinct (``source``, ``image_link``), the pair raw rows carry, so the two join on it. Rows whose links
lead to the same place share their outcome; rows with the same ``sha256`` share the image.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from imagequant.storage.lookup import Lookup, digest
from imagequant.storage.tables import iterate_rows, write_table

OK = "ok"
FAILED = "failed"
MANIFEST_NAME = "manifest.parquet"
_HASH_BYTES = 64  # of a SHA-256 in hexadecimal digits

MANIFEST_SCHEMA = pa.schema(
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
    write_table(folder / MANIFEST_NAME, (vars(row) for row in rows), MANIFEST_SCHEMA)


def read_manifest(folder: Path) -> list[ManifestRow]:
    """All of one split's manifest (``data/download/<split>``); see ``iterate_manifest``."""
    return list(iterate_manifest(folder))


def iterate_manifest(folder: Path) -> Iterator[ManifestRow]:
    """The rows of one split's manifest one after the other, never all of them in memory.

    Raises:
        InputError: If it is missing or unreadable.
    """
    return (ManifestRow(**row) for row in iterate_rows(folder / MANIFEST_NAME))


class Images(Protocol):
    """``sha256`` by (``source``, ``image_link``), as a dictionary has it too."""

    def get(self, key: tuple[str, str], /) -> str | None:
        """The hash of a link's image; empty or None where there is none."""


@dataclass(frozen=True)
class ImagesByLink:
    """``sha256`` by (``source``, ``image_link``), for the links that gave an image."""

    places: Lookup
    hashes: NDArray[np.bytes_]

    def get(self, key: tuple[str, str]) -> str:
        """The hash of a link's image; empty where there is none."""
        place = self.places.get(digest(*key))
        return "" if place is None else self.hashes[place].decode()

    def __contains__(self, key: tuple[str, str]) -> bool:
        return self.places.get(digest(*key)) is not None

    def __getitem__(self, key: tuple[str, str]) -> str:
        if key not in self:
            raise KeyError(key)
        return self.get(key)

    def __len__(self) -> int:
        return len(self.places)


def images_by_link(rows: Iterable[ManifestRow]) -> ImagesByLink:
    """The images of a manifest by the links that gave them, in about a hundred bytes a link."""
    packed = bytearray()

    def places() -> Iterator[tuple[bytes, int]]:
        good = (row for row in rows if row.status == OK)
        for number, row in enumerate(good):
            packed.extend(row.sha256.encode().ljust(_HASH_BYTES, b"\0"))
            yield digest(row.source, row.image_link), number

    return ImagesByLink(Lookup.of(places()), np.frombuffer(packed, dtype=f"S{_HASH_BYTES}"))
