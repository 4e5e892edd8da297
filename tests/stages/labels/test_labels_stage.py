"""The table of labels: what each raw row becomes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contest import CONTEST

from imagequant.core.errors import InputError
from imagequant.core.files import write_json, write_text
from imagequant.evaluation.folds import plan_split
from imagequant.params import load_params
from imagequant.stages.labels.run import check_sources, format_summary, label_rows, run, split_key
from imagequant.storage.labels import LABELS_FILE, iterate_labels
from imagequant.storage.layout import Layout
from imagequant.storage.manifest import MANIFEST, MANIFEST_NAME, ManifestRow
from imagequant.storage.raw import RawRow

PARAMS = load_params(Path(__file__).parents[3] / "params.yaml")


def raw(link="a.jpg", entity="item_weight", value="5 gram", row=1, source="t.csv", **extra) -> RawRow:
    return RawRow(source, row, link, "1", entity, value, "", Path("/x"), extra)


def labelled(rows, images):
    plan = plan_split((split_key(row, images) for row in rows), PARAMS.labels)
    return list(label_rows(rows, images, plan, CONTEST))


@pytest.mark.parametrize(
    ("row", "status", "reason", "value"),
    [
        (raw(), "ok", "", 5.0),
        (raw(value="[5, 6] gram"), "ok", "", 6.0),
        (raw(value=""), "empty", "", None),
        (raw(value="5 volt"), "rejected", "unit_of_another_entity", None),
        (raw(entity="colour"), "rejected", "bad_row", None),
        (raw(link=""), "rejected", "bad_row", None),
    ],
)
def test_status_and_reason(row, status, reason, value):
    (label,) = labelled([row], {})
    assert (label.status, label.reason, label.value) == (status, reason, value)
    assert (label.value is None) == (label.low is None) == (label.high is None)


def test_the_same_photo_under_two_links_is_one_image():
    """Content decides: a copy of a training photo must not be validated on."""
    rows = [raw(link=f"{number}.jpg", row=number) for number in range(60)]
    hashes = {("t.csv", f"{number}.jpg"): f"photo{number // 2}" for number in range(60)}
    labels = labelled(rows, hashes)
    for one, two in zip(labels[::2], labels[1::2], strict=True):
        assert one.split == two.split
        assert one.sha256 == two.sha256 != ""
    assert len({label.split for label in labels}) > 1


def test_rows_without_an_image_stay_and_say_so():
    (label,) = labelled([raw()], {})
    assert label.sha256 == ""
    assert label.split in ("train", "development", "validation")


def test_links_belong_to_their_source():
    hashes = {("one.csv", "a.jpg"): "aa", ("two.csv", "a.jpg"): "bb"}
    rows = [raw(source="two.csv"), raw(source="one.csv")]
    assert [label.sha256 for label in labelled(rows, hashes)] == ["bb", "aa"]


def test_further_columns_are_kept():
    (label,) = labelled([raw(label_source="hand", alternatives="6 gram")], {})
    assert json.loads(label.extra) == {"alternatives": "6 gram", "label_source": "hand"}


@pytest.mark.parametrize("key", ["train_only", "validation_only"])
def test_sources_that_are_not_there_are_named(key):
    params = replace(PARAMS.labels, **{key: ("mine.csv",)})
    with pytest.raises(InputError, match=rf"labels\.{key}: mine\.csv is not in sources\.train \(t\.csv\)"):
        check_sources(params, {"t.csv"})
    check_sources(params, {"t.csv", "mine.csv"})


def test_summary_counts_parts_and_reasons():
    labels = labelled([raw(), raw(value="5 volt"), raw(value="x")], {})
    assert "3 rows: " in format_summary(map(vars, labels))
    assert "2 rejected (not_a_quantity 1, unit_of_another_entity 1)" in format_summary(map(vars, labels))


def written(root: Path) -> bytes:
    write_text(root / "t.csv", "image_link,group_id,entity_name,entity_value\na.jpg,1,height,5 inch\nb.jpg,1,width,\n")
    folder = root / "data" / "sources"
    (folder / "train").mkdir(parents=True, exist_ok=True)
    if not (folder / "train" / "00-t.csv").exists():
        (folder / "train" / "00-t.csv").symlink_to(root / "t.csv")
    write_json(folder / "sources.json", {"train": {"00-t.csv": "t.csv"}, "test": {}})
    good = ManifestRow("t.csv", "a.jpg", "ok", "", "", "aa" * 32, 9, 9, "png", 5, 0)
    bad = ManifestRow("t.csv", "b.jpg", "failed", "missing_file", "no such file", "", 0, 0, "", 0, -1)
    MANIFEST.write(root / "data" / "download" / "train" / MANIFEST_NAME, [good, bad])
    run(PARAMS, Layout(root))
    return (root / "data" / "labels" / LABELS_FILE).read_bytes()


def test_the_stage_writes_the_table_and_the_same_bytes_again(tmp_path):
    first = written(tmp_path)
    assert written(tmp_path) == first
    one, two = iterate_labels(tmp_path / "data" / "labels")
    assert (one.row_id, one.source_row, one.sha256, one.value, one.unit) == (0, 1, "aa" * 32, 5.0, "inch")
    assert (two.row_id, two.source_row, two.sha256, two.value, two.status) == (1, 2, "", None, "empty")
