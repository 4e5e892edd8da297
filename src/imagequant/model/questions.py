"""Labelled rows to examples: what training and evaluation both read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from imagequant.model.examples import Example, Limits, blank_features, make_example
from imagequant.storage.candidates import PhotoReading
from imagequant.storage.features import PhotoFeatures
from imagequant.storage.labels import LabelRow


@dataclass(frozen=True)
class Question:
    """A labelled row with the example made of it."""

    label: LabelRow
    example: Example


def label_questions(
    labels: Iterable[LabelRow],
    readings: Mapping[str, PhotoReading],
    features: Mapping[str, PhotoFeatures],
    limits: Limits,
) -> Iterator[Question]:
    """Makes the examples of all rows that can be scored, in order.

    Rejected labels are left out, and so are rows whose photo could not be had. A photo the CNN could not take has
    blank features.
    """
    channels = next((feature.grid.shape[0] for feature in features.values()), 1)
    blank = blank_features(channels)
    for label in labels:
        reading = readings.get(label.sha256)
        if label.status == "rejected" or reading is None:
            continue
        photo = features.get(label.sha256, blank)
        example = make_example(
            reading, label.entity, label.group_id, photo, limits, label.truths, answerable=label.answerable
        )
        yield Question(label, example)
