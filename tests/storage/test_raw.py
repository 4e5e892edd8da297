"""Raw files, good and bad."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.contest import CONTEST

from imagequant.core.errors import InputError
from imagequant.core.files import write_json
from imagequant.storage import raw
from imagequant.storage.layout import Layout, Split
from imagequant.storage.raw import SOURCES_FILE, RawRow, iterate_raw, iterate_raw_file, row_problem

HEADER = "image_link,group_id,entity_name,entity_value\n"
LINE = "http://x/1.jpg,007,item_weight,500.0 gram\n"


def csv(folder: Path, text: str | bytes, name: str = "train.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read_file(path: Path, source: str, split: Split) -> list[RawRow]:
    return list(iterate_raw_file(path, source, split))


def test_cells_stay_text(tmp_path):
    """A group code keeps its zeros; ``NA`` is a word and not an absent cell; an absent one is empty."""
    text = HEADER + LINE + "a.jpg,NA,height,\n" + '"a,b.jpg",1,width,"[1.0, 2.0] inch"\n'
    one, two, three = read_file(csv(tmp_path, text), "train.csv", "train")
    assert (one.group_id, one.entity_value, one.row, one.index) == ("007", "500.0 gram", 1, "")
    assert (two.group_id, two.entity_value, two.row) == ("NA", "", 2)
    assert (three.image_link, three.entity_value) == ("a,b.jpg", "[1.0, 2.0] inch")
    assert one.source == "train.csv"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_spreadsheets_write(tmp_path, mark, ends):
    payload = mark + (HEADER + LINE).replace("\n", ends).encode()
    (row,) = read_file(csv(tmp_path, payload), "train.csv", "train")
    assert (row.image_link, row.entity_value) == ("http://x/1.jpg", "500.0 gram")


EXCEL = "index;image_link;group_id;entity_name;entity_value\n0;a,b.jpg;487566;height;1,5 cm\n"


@pytest.mark.parametrize(
    "text",
    [
        EXCEL,
        "sep=;\r\n" + EXCEL.replace("\n", "\r\n"),
        EXCEL.replace(";", "\t"),
        "sep=|\n" + EXCEL.replace(";", "|"),
        "\ufeff" + EXCEL.replace("a,b.jpg", '"a,b.jpg"').replace("1,5 cm", '"1,5 cm"').replace(";", ","),
        EXCEL.replace("\n", ";;;\n"),  # separators at the end
        EXCEL.replace("\n", "\n;;;;\n") + ";;;;\n \n",  # empty rows
        EXCEL.replace("index;", "Index ; ").replace("group_id", " Group_ID "),
        EXCEL.replace("\n0;", "\n0.0;").replace("487566", "487566.0"),  # a gap below made decimals of a column
    ],
    ids=["semicolons", "sep", "tabs", "bars", "commas", "trailing", "empty rows", "spaces and capitals", "decimals"],
)
def test_tables_as_excel_writes_them(tmp_path, text):
    for kind in ("train", "test", "questions"):
        (row,) = read_file(csv(tmp_path, text), "mine.csv", kind)
        assert (row.index, row.image_link, row.group_id) == ("0", "a,b.jpg", "487566")
        assert (row.entity_name, row.entity_value, dict(row.extra)) == ("height", "1,5 cm", {})


@pytest.mark.parametrize("name", ["mine.PARQUET", "mine.pq", "mine.Pq"])
def test_parquet_in_any_spelling(tmp_path, name):
    cells = {"image_link": ["a.jpg", "b.jpg"], "group_id": [7.0, None], "Entity_Name ": ["height", "width"]}
    pd.DataFrame(cells).to_parquet(tmp_path / name)
    one, two = read_file(tmp_path / name, name, "questions")
    assert (one.group_id, one.entity_name, two.group_id, two.entity_name) == ("7", "height", "", "width")


def test_columns_may_come_in_any_order_and_further_ones_pass_through(tmp_path):
    text = "entity_value,note,entity_name,image_link,group_id\n5 gram,checked,item_weight,a.jpg,1\n"
    (row,) = read_file(csv(tmp_path, text), "train.csv", "train")
    assert (row.entity_value, row.entity_name, row.image_link, row.group_id) == ("5 gram", "item_weight", "a.jpg", "1")
    assert dict(row.extra) == {"note": "checked"}


def test_empty_lines_are_no_rows_and_missing_cells_are_empty(tmp_path):
    text = "\n" + HEADER + "\n" + LINE + "\na.jpg,1,height\n\n"
    one, two = read_file(csv(tmp_path, text), "train.csv", "train")
    assert (one.row, two.row, two.entity_name, two.entity_value) == (1, 2, "height", "")


def test_test_files_need_an_index_and_no_value(tmp_path):
    text = "index,image_link,group_id,entity_name\n042,a.jpg,1,height\n"
    (row,) = read_file(csv(tmp_path, text), "test.csv", "test")
    assert (row.index, row.entity_value) == ("042", "")


def test_parquet_reads_as_csv_does(tmp_path):
    frame = pd.DataFrame(
        {
            "image_link": ["a.jpg", None],
            "group_id": [7, 8],  # numbers, as the contest's own files have them
            "entity_name": ["height", "width"],
            "entity_value": ["5.0 inch", None],
            "weight": [0.5, 1.0],
        }
    )
    frame.to_parquet(tmp_path / "train.parquet")
    one, two = read_file(tmp_path / "train.parquet", "train.parquet", "train")
    assert (one.group_id, one.entity_value, dict(one.extra)) == ("7", "5.0 inch", {"weight": "0.5"})
    assert (two.image_link, two.entity_value) == ("", "")


@pytest.mark.parametrize(
    ("text", "split", "complaint"),
    [
        ("", "train", "empty file"),
        (HEADER, "train", "no rows"),
        ("image_link,entity_name\na,b\n", "train", "no column group_id, entity_value; a train file"),
        (HEADER + LINE, "test", "no column index; a test file has index, image_link, group_id, entity_name"),
        ("link,entity_name\na,b\n", "questions", "no column image_link; a questions file has"),
        ("link,entity_name\na,b\n", "questions", ", and this one has entity_name, link"),
        ("Index,index,image_link,group_id,entity_name\n0,0,a,1,b\n", "test", "more than one column index"),
        (
            HEADER + LINE.strip() + ",one too many\n" + LINE.strip() + ",1,2,3\n",
            "train",
            "csv: line 2: 5 cells, the header has 4",
        ),
        ("sep=;\n" + HEADER.replace(",", ";") + "a;b;c;d;e\n", "train", "csv: line 3: 5 cells"),
        (HEADER + LINE + 'a.jpg,1,height,"5 inch\n' + LINE, "train", "csv: line 4: unexpected end of data"),
        (HEADER + LINE + 'a.jpg,1,height,"5" inch\n', "train", "csv: line 3: "),
        ("index,image_link,group_id,entity_name,index\n0,a,1,b,0\n", "test", "more than one column index"),
        (HEADER.encode() + b"\xff\xfe\x00,1,height,\n", "train", 'save it as "CSV UTF-8"'),
    ],
)
def test_bad_files_are_named_in_one_line(tmp_path, text, split, complaint):
    with pytest.raises(InputError) as error:
        read_file(csv(tmp_path, text), "data/mine.csv", split)
    assert str(error.value).startswith("data/mine.csv: ")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("portion", [1, 2, 1000])
def test_rows_are_the_same_in_portions_of_any_size(tmp_path, monkeypatch, suffix, portion):
    cells = {
        "image_link": ["a.jpg", "b,c.jpg", "two\nlines.jpg", "d.jpg", ""],
        "group_id": [1, 22, None, 4, 5],
        "entity_name": ["height"] * 5,
        "entity_value": ["5 inch", "", "NA", "\u00bd inch", "6 inch"],
        "share": [0.5, float("nan"), 1.0, 2.0, 3.0],
    }
    frame = pd.DataFrame(cells).astype({"group_id": "Int64"})
    path = tmp_path / f"mine.{suffix}"
    frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    whole = read_file(path, "mine", "train")
    monkeypatch.setattr(raw, "_BATCH_SIZE", portion)
    rows = list(iterate_raw_file(path, "mine", "train"))
    assert rows == whole
    assert [row.row for row in rows] == [1, 2, 3, 4, 5]
    assert [row.image_link for row in rows] == cells["image_link"]
    # A gap in a column of numbers must not turn its neighbours into 1.0.
    assert [row.group_id for row in rows] == ["1", "22", "", "4", "5"]
    assert [row.entity_value for row in rows] == cells["entity_value"]
    assert [row.extra for row in rows] == [{"share": text} for text in ("0.5", "", "1.0", "2.0", "3.0")]


def test_the_row_numbers_of_a_filtered_frame_are_no_column(tmp_path):
    frame = pd.DataFrame(
        {"image_link": ["a", "b"], "group_id": ["1", "2"], "entity_name": ["height"] * 2, "entity_value": ["", ""]}
    )
    frame[frame["image_link"] == "b"].to_parquet(tmp_path / "mine.parquet")
    (row,) = read_file(tmp_path / "mine.parquet", "mine", "train")
    assert (row.image_link, row.extra) == ("b", {})


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"mine\.csv: no such file"):
        read_file(tmp_path / "mine.csv", "mine.csv", "train")


def test_damaged_parquet(tmp_path):
    with pytest.raises(InputError, match=r"mine\.parquet: not readable as parquet"):
        read_file(csv(tmp_path, "no parquet", "mine.parquet"), "mine.parquet", "train")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (LINE, ""),
        ("a.jpg,1,colour,red\n", "mine.csv, row 1: unknown entity 'colour'; allowed: width, "),
        ("a.jpg,1,,red\n", "mine.csv, row 1: unknown entity ''"),
        (",1,height,5 inch\n", "mine.csv, row 1: image_link is empty"),
        ("  ,1,height,5 inch\n", "mine.csv, row 1: image_link is empty"),
    ],
)
def test_what_keeps_a_row_from_being_processed(tmp_path, line, complaint):
    (row,) = read_file(csv(tmp_path, HEADER + line), "mine.csv", "train")
    problem = row_problem(row, CONTEST.names)
    assert problem.startswith(complaint)
    assert bool(problem) == bool(complaint)


def test_files_are_read_in_the_order_they_were_named_and_links_start_at_the_file(tmp_path):
    folder = Layout(tmp_path).data("sources")
    (folder / "train").mkdir(parents=True)
    names = {}
    # Eleven of them: order must not be that of names cut at one digit.
    for number in range(11):
        real = tmp_path / f"at{number}"
        real.mkdir()
        csv(real, HEADER + f"{number}.jpg,1,height,\n")
        link = f"{number:02d}-train.csv"
        (folder / "train" / link).symlink_to(real / "train.csv")
        names[link] = f"at{number}/train.csv"
    write_json(folder / SOURCES_FILE, {"train": names, "test": {}})
    rows = list(iterate_raw(Layout(tmp_path), "train"))
    assert [row.image_link for row in rows] == [f"{number}.jpg" for number in range(11)]
    assert rows[3].source == "at3/train.csv"
    assert rows[3].origin == tmp_path / "at3", "the folder of the file itself, not of the link to it"


def test_before_the_sources_stage_ran(tmp_path):
    with pytest.raises(InputError, match=r"sources\.json: no such file; `dvc repro` makes it"):
        list(iterate_raw(Layout(tmp_path), "train"))
