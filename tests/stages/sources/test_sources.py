"""The raw files a project names, checked and linked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imagequant.core.errors import InputError
from imagequant.core.files import read_json, write_text
from imagequant.params import Params, load_params
from imagequant.stages.sources.run import run
from imagequant.storage.layout import Layout
from imagequant.storage.raw import iterate_raw

BASE = load_params(Path(__file__).parents[3] / "params.yaml")
TRAIN = "image_link,group_id,entity_name,entity_value\n"
TEST = "index,image_link,group_id,entity_name\n"
GOOD = TRAIN + "a.jpg,1,height,5 inch\n"
GOOD_TEST = TEST + "0,a.jpg,1,height\n"
MIXED = GOOD + "b.jpg,1,colour,red\n" + ",1,width,5 inch\n"


def params(train="train.csv", test="test.csv", bad_rows="error") -> Params:
    return replace(BASE, sources=replace(BASE.sources, train=train, test=test, bad_rows=bad_rows))


@pytest.fixture
def root(tmp_path) -> Path:
    root = tmp_path / "project"
    write_text(root / "train.csv", GOOD)
    write_text(root / "test.csv", GOOD_TEST)
    return root


def test_files_are_linked_under_their_order_and_read_through_the_links(root):
    write_text(root / "more" / "train.csv", TRAIN + "b.jpg,1,width,6 inch\n")
    run(params(train=("train.csv", "more/train.csv")), Layout(root))
    folder = root / "data" / "sources"
    assert sorted(path.name for path in (folder / "train").iterdir()) == ["00-train.csv", "01-train.csv"]
    assert read_json(folder / "sources.json") == {
        "train": {"00-train.csv": "train.csv", "01-train.csv": "more/train.csv"},
        "test": {"00-test.csv": "test.csv"},
    }
    rows = list(iterate_raw(Layout(root), "train"))
    assert [(row.source, row.image_link) for row in rows] == [("train.csv", "a.jpg"), ("more/train.csv", "b.jpg")]
    assert rows[1].origin == root / "more"


def test_links_are_relative_inside_the_project_and_survive_its_move(root, tmp_path):
    run(params(), Layout(root))
    link = root / "data" / "sources" / "train" / "00-train.csv"
    assert str(link.readlink()) == "../../../train.csv"
    moved = tmp_path / "elsewhere"
    root.rename(moved)
    assert next(iterate_raw(Layout(moved), "train")).entity_value == "5 inch"


def test_links_are_absolute_outside_the_project(root, tmp_path):
    outside = tmp_path / "mine.csv"
    write_text(outside, GOOD)
    for name in (str(outside), "../mine.csv"):
        run(params(train=name), Layout(root))
        assert (root / "data" / "sources" / "train" / "00-mine.csv").readlink() == outside
        assert next(iterate_raw(Layout(root), "train")).source == name


def test_a_second_run_leaves_no_old_links(root):
    run(params(train=("train.csv", "train.csv")), Layout(root))
    run(params(), Layout(root))
    assert [path.name for path in (root / "data" / "sources" / "train").iterdir()] == ["00-train.csv"]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("train.csv", "", "train.csv: empty file"),
        ("train.csv", TRAIN, "train.csv: no rows"),
        ("train.csv", "image_link\na.jpg\n", "train.csv: no column group_id, entity_name, entity_value"),
        ("test.csv", TRAIN + "a,b,height,d\n", "test.csv: no column index"),
        ("train.csv", MIXED, "train.csv, row 2: unknown entity 'colour'; allowed: width, depth, height, item_weight"),
        ("test.csv", GOOD_TEST + "1,,1,height\n", "test.csv, row 2: image_link is empty"),
    ],
)
def test_bad_input_stops_before_anything_is_written(root, name, text, complaint):
    write_text(root / name, text)
    with pytest.raises(InputError) as error:
        run(params(), Layout(root))
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
    assert not (root / "data").exists()


def test_missing_files_are_named_with_the_key_and_the_folder(root):
    with pytest.raises(InputError, match=r"sources\.test: gone\.csv: no such file under .*project") as error:
        run(params(test="gone.csv"), Layout(root))
    assert "absolute path" in str(error.value), "experiments in folders of their own are where this happens"


def test_bad_rows_can_be_skipped_and_are_told_of(root, capfd):
    write_text(root / "train.csv", MIXED)
    run(params(bad_rows="skip"), Layout(root))
    told = capfd.readouterr().err
    assert "train.csv, row 2: unknown entity 'colour'" in told
    assert "train.csv, row 3: image_link is empty" in told
    assert len(list(iterate_raw(Layout(root), "train"))) == 3, "they stay in the file: labels rejects them"


def test_many_bad_rows_do_not_flood_the_screen(root, capfd):
    write_text(root / "train.csv", GOOD + "b.jpg,1,colour,red\n" * 500)
    run(params(bad_rows="skip"), Layout(root))
    assert len(capfd.readouterr().err.splitlines()) <= 30


def test_nothing_but_bad_rows_is_an_error_even_when_they_may_be_skipped(root):
    write_text(root / "train.csv", TRAIN + "b.jpg,1,colour,red\n")
    with pytest.raises(InputError, match=r"train\.csv: 1 of 1 rows cannot be processed"):
        run(params(bad_rows="skip"), Layout(root))


def test_corrections_are_linked_and_counted_and_one_of_a_changed_row_stops_the_run(root, capsys):
    header = "source,source_row,image_link,group_id,entity_name,entity_value,reviewer,decided_at\n"
    path = root / "data" / "corrections.csv"
    write_text(path, f"{header}train.csv,1,a.jpg,1,height,6 inch,anna,\nother.csv,1,a.jpg,1,height,,anna,\n")
    run(params(), Layout(root))
    assert (root / "data/sources/corrections.csv").resolve() == path.resolve()
    assert capsys.readouterr().err == "sources: 2 corrections, 1 rows labelled by hand\n"
    assert [row.entity_value for row in list(iterate_raw(Layout(root), "train"))] == ["6 inch"]
    write_text(path, f"{header}train.csv,1,b.jpg,1,height,6 inch,anna,\n")
    with pytest.raises(InputError, match="the file was changed since"):
        run(params(), Layout(root))
