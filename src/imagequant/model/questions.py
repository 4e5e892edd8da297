"""Labelled rows to examples: what training and evaluation both read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from imagequant.layout import Layout
from imagequant.model.examples import Example, Limits, blank_features, make_example
from imagequant.storage.candidates import PhotoReading, read_readings
from imagequant.storage.features import PhotoFeatures, read_features
from imagequant.storage.labels import LabelRow, read_labels


@dataclass(frozen=True)
class Question:
    """A labelled row with the example made of it."""

    label: LabelRow
    example: Example


@dataclass(frozen=True)
class Loaded:
    """The labelled rows of a run that can be scored.

    ``readings`` are all photos' by hash, ``cnn`` is the metadata of the CNN's features.
    """

    labels: Sequence[LabelRow]
    questions: Sequence[Question]
    readings: Mapping[str, PhotoReading]
    cnn: dict[str, str]


def load_questions(layout: Layout, limits: Limits) -> Loaded:
    """Reads ``data/labels``, ``data/candidates`` and ``data/cnn``, and makes their questions."""
    features, cnn = read_features(layout.data("cnn") / "train")
    readings = {reading.sha256: reading for reading in read_readings(layout.data("candidates") / "train")}
    labels = read_labels(layout.data("labels"))
    return Loaded(labels, list(label_questions(labels, readings, features, limits)), readings, cnn)


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
