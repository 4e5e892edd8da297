"""Properties of the split, over arbitrary rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scored_rows import make_label

from imagequant.core.errors import InputError
from imagequant.evaluation.folds import SplitRow, make_folds, plan_split, split_rows
from imagequant.params import LabelsParams, load_params
from imagequant.storage.labels import LabelRow

BASE: LabelsParams = load_params(Path(__file__).parents[2] / "params.yaml").labels
SOURCES = ("a.csv", "b.csv", "c.csv")

rows = st.lists(
    st.builds(
        SplitRow,
        source=st.sampled_from(SOURCES),
        image=st.integers(0, 30).map(lambda number: f"image{number}"),
        group=st.integers(0, 8).map(str),
    ),
    max_size=40,
)
settings = st.builds(
    lambda seed, folds, fold, development, split_by, train_only, validation_only: replace(
        BASE,
        seed=seed,
        folds=folds,
        fold=fold % folds,
        development=development,
        split_by=split_by,
        train_only=tuple(train_only),
        validation_only=tuple(validation_only),
    ),
    seed=st.integers(0, 2**31 - 1),
    folds=st.integers(2, 6),
    fold=st.integers(0, 5),
    development=st.floats(0.05, 0.95),
    split_by=st.sampled_from(["image", "group"]),
    train_only=st.lists(st.sampled_from(SOURCES), max_size=2, unique=True),
    validation_only=st.lists(st.sampled_from(SOURCES), max_size=2, unique=True),
)


def parts_by(rows, parts, key) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row, part in zip(rows, parts, strict=True):
        found.setdefault(getattr(row, key), set()).add(part)
    return found


def named_units(rows, split_by) -> list[str]:
    """What each row is assigned with, found the slow way: names spread to neighbours until nothing changes."""
    if split_by == "image":
        return [row.image for row in rows]
    names = [min(f"image:{row.image}", f"group:{row.group}" if row.group else "image:~") for row in rows]
    while True:
        joined = [
            min(
                name
                for other, name in zip(rows, names, strict=True)
                if other.image == row.image or (other.group == row.group != "")
            )
            for row in rows
        ]
        if joined == names:
            return names
        names = joined


@given(
    st.lists(
        st.builds(SplitRow, st.sampled_from(SOURCES), st.sampled_from("abcdef"), st.sampled_from(["", *"123"])),
        max_size=12,
    ),
    settings,
)
def test_parts_are_drawn_by_the_name_of_what_is_assigned_as_a_whole(rows, params):
    plain = replace(params, train_only=(), validation_only=())
    units = named_units(rows, params.split_by)
    expected = split_rows([SplitRow("a.csv", unit, "") for unit in units], replace(plain, split_by="image"))
    assert split_rows(rows, plain) == expected


@given(rows, settings)
def test_a_plan_is_made_of_rows_that_are_not_kept(rows, params):
    plan = plan_split(iter(rows), params)
    assert [plan.part(row) for row in rows] == split_rows(rows, params)


@given(rows, settings)
def test_an_image_is_never_on_two_sides(rows, params):
    parts = split_rows(rows, params)
    assert len(parts) == len(rows)
    assert set(parts) <= {"train", "development", "validation"}
    assert all(len(found) == 1 for found in parts_by(rows, parts, "image").values())


@given(rows, settings)
def test_groups_stay_together_when_asked_for(rows, params):
    parts = split_rows(rows, replace(params, split_by="group"))
    assert all(len(found) == 1 for found in parts_by(rows, parts, "group").values())
    assert all(len(found) == 1 for found in parts_by(rows, parts, "image").values())


@given(rows, rows, settings)
def test_appended_rows_move_no_other(before, more, params):
    """By image and with sources that are not treated apart; there a new row of another source may claim an image."""
    params = replace(params, split_by="image", train_only=(), validation_only=())
    assert split_rows([*before, *more], params)[: len(before)] == split_rows(before, params)


@given(rows, settings, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, params, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    parts = split_rows(rows, params)
    assert split_rows([rows[place] for place in order], params) == [parts[place] for place in order]


@given(rows, settings)
def test_every_image_is_validation_in_exactly_one_fold(rows, params):
    params = replace(params, train_only=(), validation_only=())
    runs = [split_rows(rows, replace(params, fold=fold)) for fold in range(params.folds)]
    for parts in zip(*runs, strict=True):
        assert parts.count("validation") == 1


@given(rows, settings)
def test_development_images_do_not_depend_on_the_fold(rows, params):
    """Between folds an image moves to or from validation only."""
    params = replace(params, train_only=(), validation_only=())
    runs = [split_rows(rows, replace(params, fold=fold)) for fold in range(params.folds)]
    for parts in zip(*runs, strict=True):
        assert len(set(parts) - {"validation"}) == 1


@given(rows, settings)
def test_train_only_sources_are_never_validated_on(rows, params):
    parts = split_rows(rows, replace(params, train_only=("a.csv",), validation_only=()))
    assert all(part != "validation" for row, part in zip(rows, parts, strict=True) if row.source == "a.csv")


@given(rows, settings)
def test_validation_only_sources_are_all_of_validation(rows, params):
    params = replace(params, split_by="image", validation_only=("b.csv",))
    parts = split_rows(rows, params)
    theirs = {row.image for row in rows if row.source == "b.csv"}
    for row, part in zip(rows, parts, strict=True):
        assert (part == "validation") == (row.image in theirs)


def many(count: int) -> list[SplitRow]:
    return [SplitRow("a.csv", f"image{number}", str(number)) for number in range(count)]


@pytest.mark.parametrize("split_by", ["image", "group"])
def test_shares_are_those_asked_for(split_by):
    parts = split_rows(many(4000), replace(BASE, split_by=split_by, folds=5, development=0.12))
    assert parts.count("validation") / 4000 == pytest.approx(1 / 5, abs=0.03)
    assert parts.count("development") / (4000 - parts.count("validation")) == pytest.approx(0.12, abs=0.03)


def test_another_seed_gives_another_split():
    assert split_rows(many(50), BASE) != split_rows(many(50), replace(BASE, seed=BASE.seed + 1))


def test_groups_that_share_a_photo_are_one():
    """Photo 2 belongs to both groups, so photos 1 and 3 go where it goes, whatever the seed."""
    rows = [SplitRow("a", "1", "x"), SplitRow("a", "2", "x"), SplitRow("a", "2", "y"), SplitRow("a", "3", "y")]
    for seed in range(20):
        assert len(set(split_rows(rows, replace(BASE, split_by="group", seed=seed)))) == 1


def test_rows_without_a_group_are_not_one_group():
    rows = [SplitRow("a.csv", f"image{number}", "") for number in range(200)]
    assert len(set(split_rows(rows, replace(BASE, split_by="group")))) > 1


def test_appended_photos_of_known_groups_move_no_other_row():
    """Whatever the new photos are called; only a photo that lies in two groups may move the rows of one."""
    params = replace(BASE, split_by="group")
    old = [SplitRow("a.csv", f"image9{number}", str(number)) for number in range(100)]
    new = [SplitRow("a.csv", f"image0{number}", str(number)) for number in range(100)]
    assert split_rows([*old, *new], params)[:100] == split_rows(old, params)


def labelled(number: int, photo: str = "", source: str = "mine.csv") -> LabelRow:
    return make_label("5 gram", photo=photo or f"photo{number}", row=number, source=source)


def test_every_row_is_held_out_once_and_shares_no_photo_with_the_others_of_its_fold() -> None:
    labels = [labelled(number, f"photo{number // 3}") for number in range(120)]
    folds = make_folds(labels, replace(BASE, seed=3), 4)
    assert sorted(row for fold in folds for row in fold.validation) == list(range(120))
    for fold in folds:
        assert sorted(fold.train + fold.development + fold.validation) == list(range(120))
        sides = [{labels[row].sha256 for row in rows} for rows in (fold.train, fold.development, fold.validation)]
        assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    assert make_folds(labels, replace(BASE, seed=4), 4) != folds


def test_sources_that_are_only_trained_on_are_never_validation() -> None:
    labels = [labelled(number, source="made.csv" if number % 2 else "mine.csv") for number in range(80)]
    folds = make_folds(labels, replace(BASE, train_only=("made.csv",)), 3)
    assert {labels[row].source for fold in folds for row in fold.validation} == {"mine.csv"}
    with pytest.raises(InputError, match="fold 1 of 3 has no rows to hold out; label more, or use fewer folds"):
        make_folds(labels, replace(BASE, train_only=("made.csv", "mine.csv")), 3)
