from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from imagequant.core.errors import InputError
from imagequant.evaluation.folds import SplitRow, split_rows
from imagequant.experiments.cross_validation.folds import CATALOGUE_ONLY, parts
from imagequant.experiments.cross_validation.inputs import CATALOGUE_TRAIN
from imagequant.params import Params
from imagequant.storage.labels import LabelRow

FOLDS = 4


@pytest.fixture
def labels(label: Callable[..., LabelRow]) -> list[LabelRow]:
    """Two files that share half of their photos, and a catalogue; one row without a photo."""
    return [
        *(label("5 gram", photo=f"c{n}", row=n, source=CATALOGUE_TRAIN) for n in range(60)),
        *(label("5 gram", photo=f"p{n}", row=n, source="one.csv") for n in range(60)),
        *(label("5 gram", photo=f"p{n}", row=n, source="two.csv", entity="width") for n in range(30, 90)),
        replace(label("5 gram", row=90, source="two.csv"), sha256=""),
    ]


def test_no_photo_is_on_two_sides_and_each_is_held_out_once(labels: list[LabelRow], params: Params) -> None:
    held_out: list[int] = []
    for fold in range(FOLDS):
        split = parts(labels, fold, FOLDS, params.labels)
        sides: dict[str, set[str | None]] = {}
        for label, part in zip(labels, split, strict=True):
            if label.sha256:
                sides.setdefault(label.sha256, set()).add(part)
        assert all(len(each) == 1 for each in sides.values())
        assert {"train", "development", "validation"} == set().union(*sides.values())
        held_out += [number for number, part in enumerate(split) if part == "validation"]
    real = [number for number, label in enumerate(labels) if label.source != CATALOGUE_TRAIN and label.sha256]
    assert sorted(held_out) == real


def test_the_catalogue_is_only_ever_trained_on_in_folds(labels: list[LabelRow], params: Params) -> None:
    for catalogue, part in ((True, "train"), (False, None)):
        split = parts(labels, 0, FOLDS, params.labels, catalogue=catalogue)
        assert set(split[:60]) == {part}
        assert split[-1] is None


def test_the_catalogue_alone_is_split_as_dvc_repro_splits_it(labels: list[LabelRow], params: Params) -> None:
    split = parts(labels, CATALOGUE_ONLY, FOLDS, params.labels)
    assert set(split[60:-1]) == {"validation"}
    rows = [SplitRow(label.source, label.sha256, label.group_id) for label in labels[:60]]
    expected = split_rows(rows, params.labels)
    assert split[:60] == [None if part == "validation" else part for part in expected]
    assert {"train", "development", None} == set(split[:60])


def test_sources_named_for_one_side_do_not_matter_here(labels: list[LabelRow], params: Params) -> None:
    named = replace(params.labels, validation_only=("one.csv",), train_only=("two.csv",))
    assert parts(labels, 1, FOLDS, named) == parts(labels, 1, FOLDS, params.labels)


def test_too_few_photos_say_so(params: Params) -> None:
    from imagequant.experiments.cross_validation.folds import require

    with pytest.raises(InputError, match="fold 2 of 5 has no rows to hold out; label more, or give fewer --folds"):
        require(["train", "development"], 1, 5)
    with pytest.raises(InputError, match="training on the catalogue alone has no rows to stop by"):
        require(["train", "validation"], CATALOGUE_ONLY, 5)
    require(["train", "development", "validation"], 1, 5)
