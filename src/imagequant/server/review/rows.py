"""The rows to review, least certain first, training rows last."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.records import Box
from imagequant.evaluation.scored_row import ROWS_FILE, parse_rows
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import encoded
from imagequant.quantity.domain import Domain
from imagequant.quantity.scoring import Quantity
from imagequant.storage.candidates import Readings
from imagequant.storage.checks import OK
from imagequant.storage.labels import LABELS_FILE, iterate_labels
from imagequant.storage.layout import SPLITS, Layout, Split, shard_path
from imagequant.storage.manifest import ManifestRow, images_by_link, iterate_manifest
from imagequant.storage.raw import Correction, iterate_raw
from imagequant.storage.tars import read_images

# Large enough to read small print.
_SIDE = 1600
_QUALITY = 88
# The number of digit keys.
_CHOICES = 9


# What a row is used for. The model has answered validation and test rows.
Part = Literal["validation", "test", "training"]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A raw row, with the model's answer unless it is a training row."""

    source: str
    source_row: int
    split: Split
    image_link: str
    group_id: str
    entity: str
    sha256: str
    label: str  # as in the raw file; empty for test rows and for photos without an answer
    labelled: bool  # whether there is a (possibly empty) label
    prediction: str  # empty for an abstention
    confidence: float  # of the likeliest answer, even if it was not given; 0 if there is none
    part: Part = "validation"
    problem: str = ""  # why the label cannot be used, if so

    @property
    def key(self) -> tuple[str, int]:
        """The row's identity."""
        return self.source, self.source_row

    def corrected(self, entity_value: str, reviewer: str, decided_at: str) -> Correction:
        """Return a decision on the row for the file of corrections."""
        row = (self.source, self.source_row, self.image_link, self.group_id, self.entity)
        return Correction(*row, entity_value, reviewer, decided_at)


@dataclass(frozen=True)
class Selection:
    """Which rows to review; an empty ``entity`` or ``part`` is any."""

    entity: str = ""
    part: Part | Literal[""] = ""
    low: float = 0.0
    high: float = 1.0

    def has(self, row: ReviewRow) -> bool:
        """Whether a row is one of them."""
        return (
            self.entity in ("", row.entity) and self.part in ("", row.part) and self.low <= row.confidence <= self.high
        )


EVERYTHING = Selection()


def review_rows(layout: Layout) -> list[ReviewRow]:
    """Return all rows with a photo in the order of review; an error if there are none.

    Validation and test rows come first, the least certain ahead; then training rows, those with unusable labels ahead.
    """
    labelled = list(_labelled_rows(layout))
    training = (row for row in labelled if row.part == "training")
    validation = (row for row in labelled if row.part == "validation")
    # A test row that was decided is a training row as well.
    found = {row.key: row for row in (*training, *_test_rows(layout), *validation) if row.sha256}
    if not found:
        raise InputError("--review: no rows with a photo; run `dvc repro`")
    return sorted(found.values(), key=_order)


def _order(row: ReviewRow) -> tuple[bool, bool, float, tuple[str, int]]:
    # By the distance of the calibrated confidence from one half: sorted by confidence, photos without any readings,
    # about which the model is certain, would come first.
    return row.part == "training", not row.problem, abs(row.confidence - 0.5), row.key


def _labelled_rows(layout: Layout) -> Iterator[ReviewRow]:
    folder, path = layout.data("labels"), layout.metrics("evaluate") / ROWS_FILE
    if not (folder / LABELS_FILE).exists():
        return
    scored = parse_rows(path.read_text(encoding="utf-8"), str(path)) if path.exists() else []
    answered = {(row.source, row.source_row): row for row in scored}
    for label in iterate_labels(folder):
        row = answered.get((label.source, label.source_row))
        if row is not None and (row.sha256, row.entity) != (label.sha256, label.entity):
            row = None  # the figures are of other rows
        if row is None and label.split == "validation":
            continue
        yield ReviewRow(
            source=label.source,
            source_row=label.source_row,
            split="train",
            image_link=label.image_link,
            group_id=label.group_id,
            entity=label.entity,
            sha256=label.sha256,
            label=label.entity_value,
            labelled=True,
            prediction=str(row.prediction or "") if row else "",
            confidence=row.confidence if row else 0.0,
            part="validation" if row else "training",
            problem=label.reason.replace("_", " "),
        )


def _test_rows(layout: Layout) -> Iterator[ReviewRow]:
    path = layout.data("predict") / "details.csv"
    if not path.exists():
        return
    images = images_by_link(iterate_manifest(layout.data("download") / "test"))
    with path.open(encoding="utf-8", newline="") as file:
        for raw, answer in zip(iterate_raw(layout, "test"), csv.DictReader(file), strict=True):
            if (raw.index, raw.entity_name) != (answer["index"], answer["entity_name"]):
                raise InputError(f"{path}: has other test rows than {raw.source}; run `dvc repro predict` again")
            yield ReviewRow(
                source=raw.source,
                source_row=raw.row,
                split="test",
                image_link=raw.image_link,
                group_id=raw.group_id,
                entity=raw.entity_name,
                sha256=images.get((raw.source, raw.image_link)),
                label="",
                labelled=False,
                prediction=answer["prediction"],
                confidence=float(answer["confidence"] or 0),
                part="test",
            )


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

    def __init__(self, layout: Layout, domain: Domain) -> None:
        """Read the manifests."""
        self._domain = domain
        self._files: dict[str, tuple[Path, ManifestRow]] = {}
        for split in SPLITS:
            folder = layout.data("download") / split
            for row in iterate_manifest(folder):
                if row.status == OK:
                    self._files[row.sha256] = shard_path(folder, row.shard, "tar"), row
        self._readings = {split: Readings(layout.data("candidates") / split) for split in SPLITS}

    def file(self, sha256: str) -> bytes:
        """Return the photo's original file; an error if there is no such photo."""
        paths = [self._files[sha256][0]] if sha256 in self._files else []
        for _, payload in read_images(paths, {sha256}):
            return payload
        raise InputError(f"no photo {sha256}")

    def picture(self, sha256: str) -> bytes:
        """Return the photo as an upright JPEG with a long side of at most ``_SIDE`` pixels; see ``file``."""
        return encoded(Image.fromarray(decode_rgb(self.file(sha256), _SIDE)), "JPEG", quality=_QUALITY)

    def evidence(self, row: ReviewRow) -> PhotoEvidence:
        """Return the distinct quantities on a row's photo in units of its entity, the answer first."""
        _, photo = self._files[row.sha256]
        reading = self._readings[row.split].get(row.sha256)
        found: dict[str, PrintedQuantity] = {}
        units = self._domain.entities[row.entity].allowed_units
        for each in reading.candidates if reading else ():
            if each.unit in units:
                text = str(Quantity(each.value, each.unit))
                found.setdefault(text, PrintedQuantity(text, each.text, each.box))
        ordered = sorted(found.values(), key=lambda choice: choice.text != row.prediction)
        return PhotoEvidence(photo.width, photo.height, tuple(ordered[:_CHOICES]))
