from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.core.iteration import LazySubset
from imagequant.core.records import PhotoFeatures
from imagequant.executor import map_shards
from imagequant.model.examples import Example
from imagequant.params import ExecutorParams
from imagequant.training.stored import StoredExamples, stored_examples

BLANK = PhotoFeatures.blank(8, 2)

Packs = Callable[[int, int], list[Example]]


def assert_same(one: Example, other: Example) -> None:
    for field in fields(Example):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype, field.name
            np.testing.assert_array_equal(mine, theirs, field.name)
        elif field.name == "siblings":
            for sibling, its in zip(mine, theirs, strict=True):
                assert_same(sibling, its)
        elif field.name != "photo":
            assert mine == theirs, field.name


def of_group(example: Example, group: int) -> Example:
    return replace(example, group=group, siblings=tuple(replace(each, group=group) for each in example.siblings))


@pytest.fixture
def examples(packs: Packs) -> list[Example]:
    """Of all shapes: without text, without candidates, unanswerable, of an unknown group."""
    some = [of_group(example, number) for number, example in enumerate(packs(5, 1))]
    some[2] = replace(some[2], source_abstains=False, calibrates=False)
    silent = replace(
        some[3],
        quantities=(),
        candidate_features=some[3].candidate_features[:0],
        candidate_ids=some[3].candidate_ids[:0],
        candidate_tokens=some[3].candidate_tokens[:0],
        centers=some[3].centers[:0],
        correct=some[3].correct[:0],
        targets=some[3].targets[:0],
        printed=some[3].printed[:0],
        answerable=False,
    )
    wordless = {"ngrams": some[4].ngrams[:0], "token_features": some[4].token_features[:0]}
    siblings = tuple(replace(sibling, **wordless) for sibling in some[4].siblings)
    unread = replace(some[4], **wordless, siblings=siblings)
    return [*some[:3], silent, unread]


@pytest.fixture
def stored(examples: list[Example], tmp_path: Path) -> Iterator[StoredExamples]:
    photos = {f"photo{number}": example.photo for number, example in enumerate(examples) if number != 2}
    named = ((f"photo{number}", example) for number, example in enumerate(examples))
    with stored_examples(tmp_path / "scratch", named, photos, blank=BLANK, domain=CONTEST) as stored:
        yield stored


def test_examples_come_back_in_any_order(stored: StoredExamples, examples: list[Example]) -> None:
    assert len(stored) == 5
    for number in (4, 0, 3, 2, 1, 3):
        assert_same(stored[number], examples[number])
    assert_same(stored[-1], examples[-1])
    for one, other in zip(stored[1:4], examples[1:4], strict=True):
        assert_same(one, other)
    for one, other in zip(stored, examples, strict=True):
        assert_same(one, other)
    with pytest.raises(IndexError):
        stored[5]


def test_photos_are_those_of_their_name_and_blank_where_there_is_none(
    stored: StoredExamples, examples: list[Example]
) -> None:
    assert stored[1].photo is examples[1].photo
    assert stored[2].photo.grid.shape == (2, 7, 7)
    assert not stored[2].photo.pooled.any()


def test_other_processes_read_them_too(stored: StoredExamples, examples: list[Example]) -> None:
    wanted = LazySubset(stored, [4, 1, 0])
    read = map_shards(partial(_Reader, wanted), range(3), ExecutorParams("process", 2), "read")
    for one, number in zip(read, (4, 1, 0), strict=True):
        assert_same(one, examples[number])


@dataclass(frozen=True)
class _Reader:
    examples: Sequence[Example]

    def __call__(self, place: int) -> Example:
        return self.examples[place]


def test_only_labelled_examples_can_be_trained_on(packs: Packs, tmp_path: Path) -> None:
    unlabelled = replace(packs(1, 1)[0], correct=None, targets=None)
    with (
        pytest.raises(ValueError, match="no label"),
        stored_examples(tmp_path, [("photo", unlabelled)], {}, blank=BLANK, domain=CONTEST),
    ):
        pass


def test_where_they_do_not_fit_the_folder_is_named(examples: list[Example], tmp_path: Path, small_disk: Any) -> None:
    named = [("photo", example) for example in examples * 20]
    with (
        pytest.raises(OSError, match="large") as error,
        small_disk(),
        stored_examples(tmp_path, named, {}, blank=BLANK, domain=CONTEST),
    ):
        pass
    assert error.value.filename == str(tmp_path)
