"""What people decided about rows, laid over the raw files."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagequant.core.errors import InputError
from imagequant.core.files import write_json, write_text
from imagequant.storage.layout import Layout
from imagequant.storage.raw import CORRECTIONS_FILE, SOURCES_FILE, Correction, RawRow, iterate_raw, write_corrections

TRAIN = (
    "image_link,group_id,entity_name,entity_value,alternatives,label_source\n"
    "a.jpg,1,height,5.0 inch,13 centimetre,contest\n"
    "b.jpg,1,width,9 inch,23 centimetre,\n"
    "c.jpg,2,voltage,5 volt,,\n"
)
TEST = "index,image_link,group_id,entity_name\n70,a.jpg,1,width\n71,z.jpg,3,height\n"


def correction(source: str, row: int, link: str, entity: str, value: str) -> Correction:
    return Correction(source, row, link, "1", entity, value, "anna", "2024-09-13T00:00:00+00:00")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    write_text(tmp_path / "data/sources/train/00-train.csv", TRAIN)
    write_text(tmp_path / "data/sources/test/00-test.csv", TEST)
    names = {"train": {"00-train.csv": "raw/train.csv"}, "test": {"00-test.csv": "raw/test.csv"}}
    write_json(tmp_path / "data/sources" / SOURCES_FILE, names)
    return Layout(tmp_path)


def read_with(layout: Layout, *corrections: Correction) -> list[RawRow]:
    write_corrections(layout.data("sources") / CORRECTIONS_FILE, corrections)
    return list(iterate_raw(layout, "train"))


def test_without_corrections_rows_are_as_written(layout: Layout) -> None:
    rows = list(iterate_raw(layout, "train"))
    assert [row.entity_value for row in rows] == ["5.0 inch", "9 inch", "5 volt"]
    assert read_with(layout) == rows


def test_a_corrected_row_has_its_new_answer_and_none_beside_the_old_one(layout: Layout) -> None:
    first, second, third = read_with(
        layout,
        correction("raw/train.csv", 1, "a.jpg", "height", "5 inch"),  # accepted: the same, otherwise written
        correction("raw/train.csv", 2, "b.jpg", "width", ""),
    )
    assert (first.entity_value, dict(first.extra)) == (
        "5 inch", {"alternatives": "13 centimetre", "label_source": "hand"},
    )  # fmt: skip
    assert (second.entity_value, dict(second.extra)) == ("", {"label_source": "hand"})
    assert (third.entity_value, third.extra["label_source"]) == ("5 volt", "")


def test_a_corrected_test_row_is_a_training_row_with_its_own_folder(layout: Layout) -> None:
    rows = read_with(layout, correction("raw/test.csv", 2, "z.jpg", "height", "7 inch"))
    assert len(rows) == 4
    assert (rows[3].source, rows[3].row, rows[3].image_link, rows[3].entity_value) == (
        "raw/test.csv", 2, "z.jpg", "7 inch",
    )  # fmt: skip
    assert rows[3].origin == (layout.root / "raw").resolve()
    assert [row.entity_value for row in list(iterate_raw(layout, "test"))] == ["", ""]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            correction("raw/train.csv", 1, "b.jpg", "height", "5 inch"),
            "raw/train.csv, row 1 asks for height on a.jpg; the correction is about height on b.jpg",
        ),
        (correction("raw/test.csv", 1, "a.jpg", "depth", ""), "raw/test.csv, row 1 asks for width on a.jpg"),
        (correction("raw/train.csv", 4, "a.jpg", "depth", ""), "raw/train.csv has no row 4"),
    ],
)
def test_a_correction_of_a_row_that_is_another_now_is_an_error(wrong: Correction, says: str, layout: Layout) -> None:
    with pytest.raises(InputError, match=says):
        read_with(layout, wrong)


def test_corrections_of_files_that_are_not_used_wait(layout: Layout) -> None:
    assert len(read_with(layout, correction("other.csv", 9, "a.jpg", "depth", ""))) == 3
