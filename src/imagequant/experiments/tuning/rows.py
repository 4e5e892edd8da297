"""The rows that a search may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import overload

from imagequant.model.examples import Example, Limits
from imagequant.params import Params
from imagequant.storage.labels import LabelRow
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions
from imagequant.training.stored import stored_examples


@dataclass(frozen=True)
class SearchRows:
    """Labelled rows outside the validation part, with their examples, which are on disk."""

    labels: Sequence[LabelRow]
    examples: Sequence[Example]


class Subset(Sequence[Example]):
    """A subset of examples, by number."""

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
def load_search_rows(params: Params, layout: Layout) -> Iterator[SearchRows]:
    """Loads training and development rows; the validation rows of ``evaluate`` are never read."""
    questions = Questions.from_layout(layout, Limits(params.train.max_words, params.train.max_candidates))
    labels: list[LabelRow] = []

    def examples() -> Iterator[tuple[str, Example]]:
        for question in questions.select(lambda label: label.split != "validation"):
            labels.append(question.label)
            yield question.label.sha256, question.example

    with stored_examples(layout.work_cache, examples(), questions.features, questions.features.channels) as stored:
        yield SearchRows(labels, stored)
