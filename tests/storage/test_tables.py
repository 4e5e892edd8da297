"""Tables of more rows than are in memory at a time."""

from __future__ import annotations

import pyarrow as pa
import pytest

from imagequant.storage import tables
from imagequant.storage.tables import iterate_rows, read_rows_where, write_table

SCHEMA = pa.schema([("name", pa.string()), ("shard", pa.int32())])


@pytest.fixture(autouse=True)
def small_groups(monkeypatch):
    monkeypatch.setattr(tables, "_GROUP_ROWS", 4)
    monkeypatch.setattr(tables, "_READ_ROWS", 3)


def rows(count: int) -> list[dict[str, object]]:
    return [{"name": f"n{number}", "shard": number // 3} for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 23])
def test_rows_come_back_in_their_order(tmp_path, count):
    write_table(tmp_path / "t.parquet", iter(rows(count)), SCHEMA)
    assert list(iterate_rows(tmp_path / "t.parquet")) == rows(count)
    assert list(iterate_rows(tmp_path / "t.parquet", ["shard"])) == [{"shard": row["shard"]} for row in rows(count)]


def test_bytes_depend_on_the_rows_alone(tmp_path):
    write_table(tmp_path / "list.parquet", rows(11), SCHEMA)
    write_table(tmp_path / "iterator.parquet", iter(rows(11)), SCHEMA)
    assert (tmp_path / "list.parquet").read_bytes() == (tmp_path / "iterator.parquet").read_bytes()


def test_a_row_that_does_not_fit_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match=r"t\.parquet: row has columns \['name'\]"):
        write_table(tmp_path / "t.parquet", [*rows(9), {"name": "x"}], SCHEMA)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shard", [0, 1, 2, 5, 6, 9])
def test_rows_of_one_value_lie_in_one_group_or_two(tmp_path, shard):
    write_table(tmp_path / "t.parquet", rows(20), SCHEMA)
    expected = [{"name": row["name"]} for row in rows(20) if row["shard"] == shard]
    assert read_rows_where(tmp_path / "t.parquet", ["name"], "shard", shard) == expected


def test_rows_of_one_value_of_an_empty_table(tmp_path):
    write_table(tmp_path / "t.parquet", [], SCHEMA)
    assert read_rows_where(tmp_path / "t.parquet", ["name"], "shard", 0) == []
