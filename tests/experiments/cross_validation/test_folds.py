from __future__ import annotations

from dataclasses import replace

import pytest
from tests.scored_rows import PARAMS, make_label

from imagequant.core.errors import InputError
from imagequant.evaluation.folds import SYNTHETIC_ONLY, SplitRow, named_folds, split_rows
from imagequant.storage.labels import SYNTHETIC_TRAIN

FOLDS = 4
# Two files that share half of their photos, and a synthetic.
LABELS = [
    *(make_label("5 gram", photo=f"c{n}", row=n, source=SYNTHETIC_TRAIN) for n in range(60)),
    *(make_label("5 gram", photo=f"p{n}", row=n, source="one.csv") for n in range(60)),
    *(make_label("5 gram", photo=f"p{n}", row=n, source="two.csv", entity="width") for n in range(30, 90)),
]
CATALOGUE, REAL = set(range(60)), set(range(60, len(LABELS)))


def test_no_photo_is_in_two_parts_and_each_is_held_out_once() -> None:
    held_out: list[int] = []
    for number in range(FOLDS):
        fold = named_folds(LABELS, PARAMS.labels, FOLDS)[str(number)]
        parts = [{LABELS[row].sha256 for row in rows} for rows in (fold.train, fold.development, fold.validation)]
        assert all(parts)
        assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])
        held_out += fold.validation
    assert sorted(held_out) == sorted(REAL)


def test_the_synthetic_is_only_trained_on_in_folds() -> None:
    fold = named_folds(LABELS, PARAMS.labels, FOLDS)["0"]
    assert fold.train[:60] == tuple(range(60)), "in the order of the rows"
    assert not CATALOGUE & {*fold.development, *fold.validation}
    without = named_folds(LABELS, PARAMS.labels, FOLDS, synthetic=False)["0"]
    assert without.train == fold.train[60:]
    assert (without.development, without.validation) == (fold.development, fold.validation)


def test_the_synthetic_alone_is_split_as_dvc_repro_splits_it() -> None:
    fold = named_folds(LABELS, PARAMS.labels, FOLDS)[SYNTHETIC_ONLY]
    assert set(fold.validation) == REAL
    expected = split_rows([SplitRow(label.source, label.sha256, "g") for label in LABELS[:60]], PARAMS.labels)
    assert [row in fold.train for row in range(60)] == [part == "train" for part in expected]
    assert [row in fold.development for row in range(60)] == [part == "development" for part in expected]


def test_sources_named_for_one_part_do_not_matter_here() -> None:
    named = replace(PARAMS.labels, validation_only=("one.csv",), train_only=("two.csv",))
    assert named_folds(LABELS, named, FOLDS) == named_folds(LABELS, PARAMS.labels, FOLDS)


def test_too_few_photos_are_an_error() -> None:
    with pytest.raises(InputError, match="fold 1 of 4 has no rows to stop by; label more, or use fewer folds"):
        named_folds(LABELS[:65], PARAMS.labels, FOLDS)
    with pytest.raises(InputError, match="training on the generated photos alone has no rows to train on"):
        named_folds(LABELS[60:], PARAMS.labels, FOLDS)
