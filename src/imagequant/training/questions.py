"""Labelled rows to examples: what training and evaluation both read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from imagequant.core.records import Candidate, PhotoFeatures, PhotoReading
from imagequant.model.examples import Example, Limits, asked_candidates, blank_features, make_example
from imagequant.storage.candidates import Readings
from imagequant.storage.features import Features
from imagequant.storage.labels import LabelRow, iterate_labels
from imagequant.storage.layout import Layout

Keep = Callable[[LabelRow], bool]


@dataclass(frozen=True)
class Question:
    """A labelled row with what was read on its photo, the candidates it is about, and the example made of it."""

    label: LabelRow
    reading: PhotoReading
    candidates: tuple[Candidate, ...]
    example: Example


@dataclass(frozen=True)
class Questions:
    """The labelled rows of a run, made into questions one after the other; readings and features stay on disk."""

    layout: Layout
    limits: Limits
    readings: Mapping[str, PhotoReading]
    features: Features

    @classmethod
    def of(cls, layout: Layout, limits: Limits) -> Questions:
        """Looks at which photos ``data/candidates`` and ``data/cnn`` have."""
        readings = Readings(layout.data("candidates") / "train")
        return cls(layout, limits, readings, Features(layout.data("cnn") / "train"))

    def labels(self) -> Iterator[LabelRow]:
        """All rows of ``data/labels``."""
        return iterate_labels(self.layout.data("labels"))

    def usable(self) -> Iterator[LabelRow]:
        """The rows that can be asked about, in order: not rejected, and with a photo that could be had."""
        return (label for label in self.labels() if label.status != "rejected" and label.sha256 in self.readings)

    def ask(self, keep: Keep = lambda _: True) -> Iterator[Question]:
        """The usable rows that are wanted as questions, in order."""
        # A photo the CNN could not take has none.
        blank = blank_features(self.features.channels)
        for label in self.usable():
            if keep(label):
                photo = self.features.get(label.sha256, blank)
                yield _question(label, self.readings[label.sha256], photo, self.limits)


def _question(label: LabelRow, reading: PhotoReading, photo: PhotoFeatures, limits: Limits) -> Question:
    example = make_example(
        reading, label.entity, label.group_id, photo, limits, label.truths, answerable=label.answerable
    )
    return Question(label, reading, asked_candidates(reading, label.entity, limits), example)
