"""The rows a search may look at, and the folds they are parted into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import overload

from imagequant.core.errors import InputError
from imagequant.evaluation.folds import SplitRow, split_rows
from imagequant.model.examples import Example, Limits
from imagequant.params import LabelsParams, Params
from imagequant.storage.labels import LabelRow
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.stored import stored_examples


@dataclass(frozen=True)
class Rows:
    """Labelled rows that are not validation, with their examples, which lie on disk; ``channels`` of the CNN's grid."""

    labels: Sequence[LabelRow]
    examples: Sequence[Example]
    channels: int


@dataclass(frozen=True)
class Fold:
    """Rows by number: those trained on, those that decide when to stop, and those held out."""

    train: tuple[int, ...]
    development: tuple[int, ...]
    held_out: tuple[int, ...]


class Picked(Sequence[Example]):
    """Some of many examples."""

    def __init__(self, examples: Sequence[Example], numbers: Sequence[int]) -> None:
        self._examples, self._numbers = examples, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, number: int) -> Example: ...

    @overload
    def __getitem__(self, number: slice) -> list[Example]: ...

    def __getitem__(self, number: int | slice) -> Example | list[Example]:
        if isinstance(number, slice):
            return [self._examples[each] for each in self._numbers[number]]
        return self._examples[self._numbers[number]]


@contextmanager
def searched_rows(params: Params, layout: Layout) -> Iterator[Rows]:
    """Training and development rows; those that ``evaluate`` measures by are never read."""
    questions = Questions.of(layout, Limits(params.train.max_words, params.train.max_candidates))
    labels: list[LabelRow] = []

    def named() -> Iterator[tuple[str, Example]]:
        for question in questions.ask(lambda label: label.split != "validation"):
            labels.append(question.label)
            yield question.label.sha256, question.example

    with stored_examples(layout.work_cache, named(), questions.features, questions.features.channels) as examples:
        yield Rows(labels, examples, questions.features.channels)


def make_folds(labels: Sequence[LabelRow], params: LabelsParams, folds: int, seed: int) -> list[Fold]:
    """Parts the rows by photo (or group) as the ``labels`` stage does, each part held out once.

    Args:
        labels: The rows.
        params: Section ``labels``: sources that are ``train_only`` are never held out.
        folds: How many.
        seed: Another one parts them otherwise. It must not be that of ``labels``, whose fold is missing here.

    Raises:
        InputError: If a fold has no rows to train on, to stop by or to hold out.
    """
    keys = [SplitRow(label.source, label.sha256, label.group_id) for label in labels]
    made = []
    for number in range(folds):
        split = split_rows(keys, replace(params, seed=seed, folds=folds, fold=number, validation_only=()))
        train, development, held_out = (
            tuple(row for row, part in enumerate(split) if part == name)
            for name in ("train", "development", "validation")
        )
        for name, rows in (("to train on", train), ("to stop by", development), ("to hold out", held_out)):
            if not rows:
                raise InputError(
                    f"tune: too few training rows: fold {number + 1} of {folds} has none {name}; see tune.folds"
                )
        made.append(Fold(train, development, held_out))
    return made
