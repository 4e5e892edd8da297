"""The download manifest: which image, if any, each link of the raw rows gave.

One row per distinct (``source``, ``image_link``), the key on which raw rows join it. Links that lead to the same place
share their outcome; rows with the same ``sha256`` share the image.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from imagequant.storage.checks import AT_LEAST_0, FAILED, NOT_EMPTY, OK, OK_OR_FAILED, SHA256_OR_EMPTY
from imagequant.storage.declare import Cells, Expression, RowRule, Table
from imagequant.storage.lookup import Lookup, digest

MANIFEST_NAME = "manifest.parquet"
_HASH_BYTES = 64  # of a SHA-256 in hexadecimal digits


@dataclass(frozen=True)
class ManifestRow:
    """What became of one link: an image, or the reason why there is none."""

    source: Annotated[str, NOT_EMPTY, "The raw file, as ``params.yaml`` names it."]
    image_link: Annotated[str, "The link, as the raw file has it."]
    status: Annotated[str, OK_OR_FAILED, "Whether it gave an image."]
    reason: Annotated[str, "Why it failed, as a short code (``http_404``, ``timeout``, ...); else empty."]
    detail: Annotated[str, "The reason in one line for people; the same on every machine."]
    sha256: Annotated[str, SHA256_OR_EMPTY, "Content hash of the image, its key in the tar; empty if failed."]
    width: Annotated[int, pa.int32(), "Upright width in pixels; 0 if failed."]
    height: Annotated[int, pa.int32(), "Upright height in pixels; 0 if failed."]
    format: Annotated[str, "``jpeg``, ``png``, ...; empty if failed."]
    bytes: Annotated[int, AT_LEAST_0, "Size of the file; 0 if failed."]
    shard: Annotated[int, pa.int32(), "Number of the tar that holds it; -1 if failed."]


def _is_image_or_failure(cells: Cells) -> Expression:
    name, width, height, shard, reason = map(cells, ("sha256", "width", "height", "shard", "reason"))
    is_image = (name != "") & (width > 0) & (height > 0) & (shard >= 0) & (reason == "")
    is_failure = (name == "") & (width == 0) & (height == 0) & (shard == -1) & (reason != "")
    return ((cells("status") == OK) & is_image) | ((cells("status") == FAILED) & is_failure)


MANIFEST = Table(
    ManifestRow,
    f"data/download/<split>/{MANIFEST_NAME}",
    RowRule("an image with its size and shard, or a reason and none of them", _is_image_or_failure),
)


def iterate_manifest(folder: Path) -> Iterator[ManifestRow]:
    """Yields the rows of one split's manifest, never all of them in memory."""
    return MANIFEST.iterate(folder / MANIFEST_NAME)


@dataclass(frozen=True)
class ImagesByLink:
    """``sha256`` by (``source``, ``image_link``) for the links that gave an image."""

    places: Lookup
    hashes: NDArray[np.bytes_]

    def get(self, key: tuple[str, str]) -> str:
        """Returns the hash of a link's image; empty if there is none."""
        place = self.places.get(digest(*key))
        return "" if place is None else self.hashes[place].decode()


def images_by_link(rows: Iterable[ManifestRow]) -> ImagesByLink:
    """Indexes a manifest's images by link, in about a hundred bytes per link."""
    packed = bytearray()

    def places() -> Iterator[tuple[bytes, int]]:
        good = (row for row in rows if row.status == OK)
        for number, row in enumerate(good):
            packed.extend(row.sha256.encode().ljust(_HASH_BYTES, b"\0"))
            yield digest(row.source, row.image_link), number

    return ImagesByLink(Lookup.from_pairs(places()), np.frombuffer(packed, dtype=f"S{_HASH_BYTES}"))
