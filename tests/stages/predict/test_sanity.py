from __future__ import annotations

from pathlib import Path

import pytest
from tests.contest import CONTEST

from imagequant.core.errors import InputError
from imagequant.stages.predict.run import check_output

EXPECTED = [("0", "item_weight"), ("7", "voltage"), ("9", "width")]


def write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "out.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_good_file_passes(tmp_path: Path) -> None:
    check_output(write(tmp_path, "index,prediction", "0,500 gram", "7,", "9,12.5 centimetre"), EXPECTED, CONTEST)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("2 gms", "gms"),  # a unit not on the list
        ("60 ounce/1.7 kilogram", "60 ounce/1.7 kilogram"),  # two answers
        ("2.2e2 kilogram", "2.2e2"),  # an exponent
        ('"1,000 gram"', "1,000"),  # a thousands mark
        ("500gram", "500gram"),  # no blank
        ("gram", "gram"),  # no number
        ("12 volt", "volt"),  # another entity's unit
        ('"[1, 2] gram"', "[1, 2]"),  # a range
        (".5 gram", ".5"),  # no digit before the point
    ],
)
def test_what_the_contest_rejects_is_rejected(tmp_path: Path, cell: str, names: str) -> None:
    path = write(tmp_path, "index,prediction", f"0,{cell}", "7,", "9,")
    with pytest.raises(InputError) as error:
        check_output(path, EXPECTED, CONTEST)
    assert "line 2" in str(error.value)
    assert str(path) in str(error.value)
    assert names.strip('"') in str(error.value)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["index,prediction", "0,", "7,"], "2 rows for 3"),
        (["index,prediction", "0,", "7,", "9,", "10,"], "4 rows for 3"),
        (["index,prediction", "0,", "9,", "7,"], "index 9"),  # renumbered or out of order
        (["id,prediction", "0,", "7,", "9,"], "header"),
        (["index,prediction", "0,,x", "7,", "9,"], "3 cells"),
    ],
)
def test_a_wrong_set_of_rows_is_rejected(tmp_path: Path, lines: list[str], names: str) -> None:
    with pytest.raises(InputError, match=names):
        check_output(write(tmp_path, *lines), EXPECTED, CONTEST)
