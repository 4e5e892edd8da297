"""Photos and OCR readings for the review, from the pipeline's shards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.records import Box
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import encoded
from imagequant.quantity.scoring import Quantity
from imagequant.quantity.units import ENTITY_UNITS
from imagequant.server.review.rows import ReviewRow
from imagequant.storage.candidates import Readings
from imagequant.storage.checks import OK
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.manifest import ManifestRow, iterate_manifest
from imagequant.storage.shards import shard_path
from imagequant.storage.tars import read_tar

# Large enough to read small print.
_SIDE = 1600
_QUALITY = 88
# The number of digit keys.
_CHOICES = 9


@dataclass(frozen=True)
class PrintedQuantity:
    """A quantity read on the photo, with its text and position."""

    text: str
    words: str
    box: Box


@dataclass(frozen=True)
class PhotoEvidence:
    """A photo's size in pixels and the quantities read on it, the answer first."""

    width: int
    height: int
    choices: tuple[PrintedQuantity, ...]


class Photos:
    """Photos by content hash. Only opens shards named in manifests."""

    def __init__(self, layout: Layout) -> None:
        """Read the manifests."""
        self._files: dict[str, tuple[Path, ManifestRow]] = {}
        for split in SPLITS:
            folder = layout.data("download") / split
            for row in iterate_manifest(folder):
                if row.status == OK:
                    self._files[row.sha256] = shard_path(folder, row.shard, "tar"), row
        self._readings = {split: Readings(layout.data("candidates") / split) for split in SPLITS}

    def file(self, sha256: str) -> bytes:
        """Return the photo's original file.

        Raises:
            InputError: If there is no such photo.
        """
        if sha256 in self._files:
            for name, payload in read_tar(self._files[sha256][0]):
                if name == sha256:
                    return payload
        raise InputError(f"no photo {sha256}")

    def picture(self, sha256: str) -> bytes:
        """Return the photo as an upright JPEG with a long side of at most ``_SIDE`` pixels.

        Raises:
            InputError: If there is no such photo.
        """
        return encoded(Image.fromarray(decode_rgb(self.file(sha256), _SIDE)), "JPEG", quality=_QUALITY)

    def evidence(self, row: ReviewRow) -> PhotoEvidence:
        """Return the distinct quantities on a row's photo in units of its entity, the answer first."""
        _, photo = self._files[row.sha256]
        reading = self._readings[row.split].get(row.sha256)
        found: dict[str, PrintedQuantity] = {}
        for each in reading.candidates if reading else ():
            if each.unit in ENTITY_UNITS[row.entity]:
                text = str(Quantity(each.value, each.unit))
                found.setdefault(text, PrintedQuantity(text, each.text, each.box))
        ordered = sorted(found.values(), key=lambda choice: choice.text != row.prediction)
        return PhotoEvidence(photo.width, photo.height, tuple(ordered[:_CHOICES]))
