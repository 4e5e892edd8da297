"""Files are written whole or not at all, and what cannot be written is named."""

from __future__ import annotations

import pyarrow as pa
import pytest

from imagequant.core.files import write_bytes, write_csv
from imagequant.storage.tables import write_table


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_bytes(path, b"x" * 2000),
        lambda path: write_csv(path, ["a"], [["x" * 100]] * 100),
        lambda path: write_table(path, ({"a": str(n)} for n in range(9000)), pa.schema([("a", pa.string())])),
    ],
    ids=["bytes", "csv", "parquet"],
)
def test_what_does_not_fit_is_named_and_nothing_is_left_of_it(tmp_path, small_disk, write):
    path = tmp_path / "folder" / "file"
    with pytest.raises(OSError, match="large") as error, small_disk():
        write(path)
    assert error.value.filename == str(path)
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_named(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "inside"
    with pytest.raises(OSError, match="inside|file"):
        write_bytes(path, b"x")
