"""The rows to review, least certain first."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from imagequant.core.errors import InputError
from imagequant.evaluation.scored_row import ROWS_FILE, parse_rows
from imagequant.storage.corrections import Correction
from imagequant.storage.labels import iterate_labels
from imagequant.storage.layout import Layout, Split
from imagequant.storage.manifest import images_by_link, iterate_manifest
from imagequant.storage.raw import iterate_raw


@dataclass(frozen=True)
class ReviewRow:
    """A raw row with the model's answer.

    Attributes:
        source: The raw file.
        source_row: The row's number in it, from 1.
        sha256: The photo's content hash.
        label: As in the raw file; empty for test rows and for photos without an answer.
        labelled: Whether there is a (possibly empty) label.
        prediction: The answer; empty for an abstention.
        confidence: Confidence of the likeliest answer, even if it was not given; 0 if there is none.
    """

    source: str
    source_row: int
    split: Split
    image_link: str
    group_id: str
    entity: str
    sha256: str
    label: str
    labelled: bool
    prediction: str
    confidence: float

    @property
    def key(self) -> tuple[str, int]:
        """The row's identity."""
        return self.source, self.source_row

    def corrected(self, entity_value: str, reviewer: str, decided_at: str) -> Correction:
        """Return a decision on the row for the file of corrections."""
        row = (self.source, self.source_row, self.image_link, self.group_id, self.entity)
        return Correction(*row, entity_value, reviewer, decided_at)


def review_rows(layout: Layout) -> list[ReviewRow]:
    """Return validation and test rows with a photo, least certain first.

    Raises:
        InputError: If there are none.
    """
    found = {row.key: row for row in (*_test_rows(layout), *_validation_rows(layout)) if row.sha256}
    if not found:
        raise InputError("--review: no validation or test rows with a photo; run `dvc repro`")
    # By the distance of the calibrated confidence from one half: sorted by confidence, photos without any readings,
    # about which the model is certain, would come first.
    return sorted(found.values(), key=lambda row: (abs(row.confidence - 0.5), row.key))


def _validation_rows(layout: Layout) -> Iterator[ReviewRow]:
    path = layout.metrics("evaluate") / ROWS_FILE
    if not path.exists():
        return
    answered = {(row.source, row.source_row): row for row in parse_rows(path.read_text(encoding="utf-8"), str(path))}
    for label in iterate_labels(layout.data("labels")):
        row = answered.get((label.source, label.source_row))
        if row is not None and (row.sha256, row.entity) == (label.sha256, label.entity):
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
                prediction=str(row.prediction or ""),
                confidence=row.confidence,
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
            )
