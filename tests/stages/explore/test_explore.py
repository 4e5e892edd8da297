"""Small raw files that have each anomaly once or twice, described as a whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from tests.contest import CONTEST

from imagequant.params import Params, load_params
from imagequant.stages.explore.rows import histogram, value_statistics
from imagequant.stages.explore.run import run as explore
from imagequant.stages.sources.run import run as sources
from imagequant.storage.layout import Layout

TRAIN = [
    # link, group, entity, value
    ("http://x/1.jpg", "10", "item_weight", "500.0 gram"),  # 1
    ("http://x/1.jpg", "10", "item_weight", "500.0 gram"),  # 2 duplicate
    ("http://x/1.jpg", "10", "item_weight", "1 kilogram"),  # 3 conflicts with 1 and 2
    ("http://x/2.jpg", "10", "height", "10 inch"),  # 4
    ("http://x/2.jpg", "10", "height", "10.0 inch"),  # 5 the same quantity otherwise written: neither
    ("http://x/2.jpg", "10", "width", "25.4 centimetre"),  # 6
    ("http://x/3.jpg", "20", "voltage", "[100.0, 240.0] volt"),  # 7 range
    ("http://x/4.jpg", "", "wattage", "2 horsepower"),  # 8 empty group, unit the contest does not know
    ("http://x/5.jpg", "20", "wattage", "3 gram"),  # 9 unit of another entity
    ("http://x/6.jpg", "20", "item_volume", "2006 gallon"),  # 10 implausible
    ("http://x/7.jpg", "20", "item_weight", "0 gram"),  # 11 not positive
    ("http://x/8.jpg", "20", "item_weight", "heavy"),  # 12 not a quantity
    ("http://x/9.jpg", "20", "item_weight", "1 gram to 2 kilogram"),  # 13 range of two units
    ("http://x/10.jpg", "20", "item_weight", ""),  # 14 empty value
    ("", "20", "item_weight", "5 gram"),  # 15 empty link
    ("http://x/11.jpg", "20", "colour", "5 gram"),  # 16 unknown entity
]
TEST = [
    # index, link, group, entity
    ("0", "http://x/1.jpg", "10", "item_weight"),
    ("0", "http://x/20.jpg", "99", "item_weight"),  # 2 index again, group not in train
    ("", "http://x/21.jpg", "10", "item_weight"),  # 3 empty index
    ("3", "http://x/22.jpg", "", "item_weight"),  # 4 empty group
    ("4", "", "10", "item_weight"),  # 5 empty link
    ("5", "http://x/23.jpg", "10", "depth"),  # 6 entity not in train
    ("6", "http://x/23.jpg", "10", "depth"),  # 7 the same question again; entity not in train
    ("7", "http://x/23.jpg", "10", "colour"),  # 8 unknown entity
]
TRAIN_ANOMALIES = {
    "duplicate_row": [2],
    "conflicting_row": [1, 2, 3],
    "range": [7],
    "empty_group": [8],
    "unknown_unit": [8],
    "unit_of_another_entity": [9],
    "implausible_value": [10],
    "not_positive": [11],
    "not_a_quantity": [12],
    "range_of_two_units": [13],
    "empty_value": [14],
    "empty_link": [15],
    "unknown_entity": [16],
}
TEST_ANOMALIES = {
    "duplicate_index": [2],
    "group_not_in_train": [2],
    "empty_index": [3],
    "empty_group": [4],
    "empty_link": [5],
    "entity_not_in_train": [6, 7],
    "duplicate_row": [7],
    "unknown_entity": [8],
}


def write_rows(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def described(root: Path, train=TRAIN, test=TEST, top: int = 20) -> Path:
    write_rows(root / "train.csv", ("image_link", "group_id", "entity_name", "entity_value"), train)
    write_rows(root / "test.csv", ("index", "image_link", "group_id", "entity_name"), test)
    base = load_params(Path(__file__).parents[3] / "params.yaml")
    params: Params = replace(
        base,
        sources=replace(base.sources, train="train.csv", test="test.csv", bad_rows="skip"),
        explore=replace(base.explore, top=top),
    )
    sources(params, Layout(root))
    explore(params, Layout(root))
    return root / "metrics" / "explore"


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return described(tmp_path_factory.mktemp("explore"))


@pytest.mark.parametrize(("split", "expected"), [("train", TRAIN_ANOMALIES), ("test", TEST_ANOMALIES)])
def test_every_anomaly_is_counted_and_shown_at_its_row(folder, split, expected):
    counted = {row["kind"]: int(row["rows"]) for row in table(folder / "anomalies.csv") if row["split"] == split}
    assert counted == {kind: len(rows) for kind, rows in expected.items()}
    assert json.loads((folder / "summary.json").read_text())["anomalies"][split] == counted

    shown: dict[str, list[int]] = {}
    for row in table(folder / "examples.csv"):
        if row["split"] == split:
            assert row["source"] == f"{split}.csv"
            shown.setdefault(row["kind"], []).append(int(row["row"]))
    assert {kind: sorted(rows) for kind, rows in shown.items()} == expected


def test_examples_say_why(folder):
    reasons = {
        (row["split"], row["kind"]): (row["reason"], row["entity_value"]) for row in table(folder / "examples.csv")
    }
    assert reasons["train", "conflicting_row"][0] == "the photo is labelled 1 kilogram and 500 gram"
    assert reasons["train", "duplicate_row"][0] == "same as train.csv, row 1"
    assert reasons["train", "range"] == (
        "read as 100 volt to 240 volt; no single answer equals it",
        "[100.0, 240.0] volt",
    )
    assert "no training row asks for depth" in reasons["test", "entity_not_in_train"][0]


def test_summary_counts_rows_photos_groups_and_shares(folder):
    summary = json.loads((folder / "summary.json").read_text())
    train = summary["train"]
    # 16 rows; 11 links, the empty one left out; groups 10 (6 rows) and 20 (9 rows), the empty one left out.
    assert (train["rows"], train["photos"], train["groups"]) == (16, 11, 2)
    assert train["largest_group_share"] == round(9 / 16, 4)
    assert train["entities"]["item_weight"] == round(8 / 16, 4)
    assert train["entities"]["colour"] == round(1 / 16, 4)
    # 500 g twice, 1 kg, 5 g (its row has no link, which does not spoil the label)
    assert summary["units"]["item_weight"] == {"gram": 0.75, "kilogram": 0.25}
    assert summary["values"]["item_weight"] == {
        "unit": "gram", "rows": 4, "min": 5.0, "p01": 19.85, "median": 500.0, "p99": 985.0, "max": 1000.0,
    }  # fmt: skip
    assert summary["values"]["height"]["median"] == 25.4, "10 inch in centimetre"
    assert summary["values"]["voltage"]["max"] == 240.0, "of a range the upper end"
    assert "item_volume" not in summary["values"], "its only label was rejected"


def test_units_name_foreign_ones_as_written(folder):
    rows = {(row["entity"], row["unit"]): row for row in table(folder / "units.csv")}
    assert rows["wattage", "horsepower"]["allowed"] == "no"
    assert rows["wattage", "gram"]["allowed"] == "no"
    assert rows["wattage", "gram"]["share"] == "0.5"
    assert rows["height", "inch"] == {"entity": "height", "unit": "inch", "allowed": "yes", "rows": "2", "share": "1.0"}


def test_top_bounds_groups_and_examples(tmp_path):
    train = [(f"http://x/{number}.jpg", str(number % 5), "voltage", "loud") for number in range(20)]
    folder = described(tmp_path, train=train, top=2)
    groups = [row["group_id"] for row in table(folder / "groups.csv") if row["split"] == "train"]
    assert groups == ["0", "1"], "equally frequent groups in the order of their names"
    kinds = [row["kind"] for row in table(folder / "examples.csv") if row["split"] == "train"]
    assert kinds == ["not_a_quantity"] * 2
    anomalies = {(row["split"], row["kind"]): row["rows"] for row in table(folder / "anomalies.csv")}
    assert anomalies["train", "not_a_quantity"] == "20", "all are counted, two are shown"


def test_conflicts_stand_side_by_side_and_shown_ones_name_all_labels(tmp_path):
    rows = [
        (f"http://x/{photo}.jpg", "1", "item_weight", f"{grams} gram")
        for photo, grams in (("a", 1), ("b", 7), ("c", 5), ("b", 8), ("a", 2), ("c", 5), ("a", 3), ("b", 7))
    ]
    folder = described(tmp_path, rows, TEST, top=4)
    shown = [row for row in table(folder / "examples.csv") if row["kind"] == "conflicting_row"]
    assert [row["row"] for row in shown] == ["1", "5", "7", "2"]
    assert shown[0]["reason"] == "the photo is labelled 1 gram and 2 gram and 3 gram"
    assert shown[3]["reason"] == "the photo is labelled 7 gram and 8 gram"
    counts = {(row["split"], row["kind"]): row["rows"] for row in table(folder / "anomalies.csv")}
    assert (counts["train", "conflicting_row"], counts["train", "duplicate_row"]) == ("6", "2")


def test_relative_links_of_two_files_are_two_photos(tmp_path):
    """``a.jpg`` beside one CSV is not ``a.jpg`` beside another; a web address is the same in both."""
    columns = ("image_link", "group_id", "entity_name", "entity_value")
    rows = [("a.jpg", "1", "voltage", "5 volt"), ("http://x/b.jpg", "1", "voltage", "5 volt")]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_rows(tmp_path / name / "train.csv", columns, rows)
    write_rows(tmp_path / "test.csv", ("index", "image_link", "group_id", "entity_name"), TEST[:1])
    base = load_params(Path(__file__).parents[3] / "params.yaml")
    data = replace(base.sources, train=("one/train.csv", "two/train.csv"), test="test.csv")
    sources(replace(base, sources=data), Layout(tmp_path))
    explore(replace(base, sources=data), Layout(tmp_path))
    summary = json.loads((tmp_path / "metrics/explore/summary.json").read_text())
    assert summary["train"]["photos"] == 3
    assert summary["anomalies"]["train"]["duplicate_row"] == 1


def test_no_usable_label_still_gives_tables_and_plots(tmp_path):
    folder = described(tmp_path, train=[("http://x/1.jpg", "1", "voltage", "")])
    assert (folder / "values.csv").read_text() == "entity,unit,log10_value,rows,share\n"
    assert (folder / "units.csv").read_text() == "entity,unit,allowed,rows,share\n"
    with Image.open(folder / "values.png") as image:
        assert image.size == (1300, 600)


def test_plots_are_pictures_without_a_version_in_them(folder):
    for name in ("entities_and_units.png", "values.png"):
        with Image.open(folder / name) as image:
            image.load()
            assert "Software" not in image.info
            assert len(image.convert("RGB").getcolors(maxcolors=1 << 20)) > 10, "not a blank page"


def test_the_same_rows_give_the_same_bytes(folder, tmp_path):
    again = described(tmp_path)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in folder.iterdir()
    }


def test_one_line_on_stderr(tmp_path, capfd):
    described(tmp_path, train=TRAIN[:4])
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("explore:")]
    assert len(lines) == 1
    assert "train 4 rows of 2 photos" in lines[0]
    assert "conflicting_row 3" in lines[0]


def test_histogram_bins_meet_at_powers_of_ten_and_leave_no_gap():
    table = histogram("item_weight", pd.Series([1.0, 9.99, 1000.0]), CONTEST)
    assert table["log10_value"].tolist() == [0.125 + 0.25 * number for number in range(13)]
    assert table["rows"].tolist() == [1, 0, 0, 1, *[0] * 8, 1]


def test_statistics_keep_six_digits_of_small_and_large_values():
    statistics = value_statistics("item_weight", pd.Series([1.23456789e-6, 12345678.9]), CONTEST)
    assert (statistics["min"], statistics["max"]) == (1.23457e-6, 12345700.0)
