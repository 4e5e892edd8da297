"""Labelled rows as examples, for training and evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from imagequant.core.records import Candidate, PhotoFeatures, PhotoReading
from imagequant.model.examples import Example, Limits, limited_candidates, make_example
from imagequant.quantity.domain import Domain, Entity
from imagequant.storage.candidates import Readings
from imagequant.storage.features import Features
from imagequant.storage.labels import LabelRow, groups_that_abstain, groups_that_calibrate, iterate_labels
from imagequant.storage.layout import Layout

Condition = Callable[[LabelRow], bool]


@dataclass(frozen=True)
class LabelledQuestion:
    """A labelled row with its entity, the reading of its photo, its candidates, and its example."""

    label: LabelRow
    entity: Entity
    reading: PhotoReading
    candidates: tuple[Candidate, ...]
    example: Example


@dataclass(frozen=True)
class Questions:
    """The labelled rows of a run, turned into questions one at a time; readings and features stay on disk."""

    layout: Layout
    limits: Limits
    domain: Domain
    readings: Mapping[str, PhotoReading]
    features: Features

    @classmethod
    def from_layout(cls, layout: Layout, limits: Limits, domain: Domain) -> Questions:
        """Opens ``data/candidates`` and ``data/cnn``."""
        readings = Readings(layout.data("candidates") / "train")
        return cls(layout, limits, domain, readings, Features(layout.data("cnn") / "train"))

    @cached_property
    def abstaining(self) -> frozenset[str]:
        """The groups of labels that also say when a photo gives no answer."""
        return groups_that_abstain(self.labels())

    @cached_property
    def calibrating(self) -> frozenset[str]:
        """The groups of labels that show how sure an answer is."""
        return groups_that_calibrate(self.labels(), self.abstaining)

    def labels(self) -> Iterator[LabelRow]:
        """Yields all rows of ``data/labels``."""
        return iterate_labels(self.layout.data("labels"))

    def usable(self) -> Iterator[LabelRow]:
        """Yields the rows that can be used, in order: not rejected, and with a readable photo."""
        return (label for label in self.labels() if label.status != "rejected" and label.sha256 in self.readings)

    def select(self, condition: Condition = lambda _: True) -> Iterator[LabelledQuestion]:
        """Yields the usable rows that meet a condition as questions, in order."""
        for label in self.usable():
            if condition(label):
                photo = self.features.get(label.sha256, self.features.blank)
                yield self._question(label, self.readings[label.sha256], photo)

    def _question(self, label: LabelRow, reading: PhotoReading, photo: PhotoFeatures) -> LabelledQuestion:
        limits, domain = self.limits, self.domain
        example = make_example(
            reading, label.entity, label.group_id, photo, limits, domain, label.truths, answerable=label.answerable
        )
        abstains, calibrates = label.group in self.abstaining, label.group in self.calibrating
        example = replace(example, source_abstains=abstains, calibrates=calibrates)
        candidates = limited_candidates(reading, label.entity, limits, domain)
        return LabelledQuestion(label, domain.entities[label.entity], reading, candidates, example)
