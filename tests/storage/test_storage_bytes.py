"""The same values give the same bytes, also in another process; what is written is read back."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder, read_json, replacing, write_json, write_text
from imagequant.core.iteration import chunks
from imagequant.core.records import Box, Candidate, Mention, PhotoFeatures, PhotoReading, PhotoWords, Word
from imagequant.storage.candidates import Readings, write_readings
from imagequant.storage.features import Features, decode_features, encode_features, write_features
from imagequant.storage.labels import LABELS, LABELS_FILE, LabelRow, iterate_labels
from imagequant.storage.layout import list_shards, shard_path
from imagequant.storage.manifest import MANIFEST, MANIFEST_NAME, ManifestRow, images_by_link, iterate_manifest
from imagequant.storage.tables import iterate_rows, read_metadata, write_table
from imagequant.storage.tars import list_tar, member_name, read_tar, write_tar
from imagequant.storage.tensors import PixelShard, read_pixel_shard, read_tensors, write_pixel_shard, write_tensors
from imagequant.storage.words import (
    STATUS,
    STATUS_FILE,
    StatusRow,
    photo_sizes,
    read_engines,
    read_words,
    write_words,
)

# Sets stand in for whatever order a process may put things in: it changes with PYTHONHASHSEED.
WRITE_ALL = """
import sys
from pathlib import Path
import numpy as np
import pyarrow as pa
from imagequant.core.files import write_json
from imagequant.storage.tables import write_table
from imagequant.storage.tars import write_tar
from imagequant.storage.tensors import write_tensors

folder = Path(sys.argv[1])
names = list({"zeta", "alpha", "mu", "beta", "omega"})
schema = pa.schema([("name", pa.string()), ("value", pa.float64())]).with_metadata({"made": "by hand"})
write_table(folder / "t.parquet", [{"name": name, "value": len(name) / 3} for name in sorted(names)], schema)
write_tensors(folder / "t.safetensors", {name: np.full(3, len(name)) for name in names}, {name: "x" for name in names})
write_tar(folder / "t.tar", [(name, name.encode() * 1000) for name in sorted(names)])
write_json(folder / "t.json", {name: {"ä": 1.5} for name in names})
print(names)
"""


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_bytes_do_not_depend_on_the_process(tmp_path):
    orders, results = set(), []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", WRITE_ALL, str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"},
            check=True,
            capture_output=True,
            text=True,
        )
        orders.add(done.stdout)
        results.append(digests(folder))
    assert len(orders) == 2, "the two processes did differ in the order of a set"
    assert results[0] == results[1]
    assert len(results[0]) == 4


SCHEMA = pa.schema([("name", pa.string()), ("value", pa.float64())])
ROWS = [{"name": "ä", "value": 1.5}, {"name": "", "value": None}]


def test_tables_round_trip(tmp_path):
    path = tmp_path / "deep" / "t.parquet"
    write_table(path, ROWS, SCHEMA.with_metadata({"engine": "one 1.0"}))
    assert list(iterate_rows(path)) == ROWS
    assert list(iterate_rows(path, ["name"])) == [{"name": "ä"}, {"name": ""}]
    assert read_metadata(path) == {"engine": "one 1.0"}


@pytest.mark.parametrize("row", [{"name": "a"}, {"name": "a", "value": 1.0, "more": 2}])
def test_tables_refuse_other_columns_and_leave_no_file(tmp_path, row):
    with pytest.raises(ValueError, match="columns"):
        write_table(tmp_path / "t.parquet", [row], SCHEMA)
    assert list(tmp_path.iterdir()) == []


def test_tars_round_trip_in_order(tmp_path):
    members = [("b", b"1" * 3000), ("a", b""), ("c" * 64, bytes(range(256)))]
    write_tar(tmp_path / "t.tar", ((member_name(name, "jpeg"), payload) for name, payload in members))
    assert list(read_tar(tmp_path / "t.tar")) == members
    assert list_tar(tmp_path / "t.tar") == [name for name, _ in members]


def test_members_are_named_by_content_and_format(tmp_path):
    write_tar(tmp_path / "t.tar", [(member_name(AA, "jpeg"), b"1"), (member_name(BB, "png"), b"2")])
    with tarfile.open(tmp_path / "t.tar") as archive:
        assert archive.getnames() == [f"{AA}.jpg", f"{BB}.png"]


def test_tars_tell_nothing_of_when_and_by_whom_they_were_written(tmp_path):
    write_tar(tmp_path / "t.tar", [("a", b"1"), ("b", b"2")])
    with tarfile.open(tmp_path / "t.tar") as archive:
        for info in archive:
            assert (info.mtime, info.uid, info.gid, info.uname, info.gname, info.mode) == (0, 0, 0, "", "", 0o644)


def test_tensors_round_trip(tmp_path):
    arrays = {"b": np.arange(6, dtype=np.float16).reshape(2, 3).T, "a": np.zeros((0, 4), np.uint8)}
    write_tensors(tmp_path / "t.safetensors", arrays, {"k": "v", "a": "ü"})
    read, metadata = read_tensors(tmp_path / "t.safetensors")
    assert metadata == {"k": "v", "a": "ü"}
    assert set(read) == {"a", "b"}
    for name, array in arrays.items():
        assert read[name].dtype == array.dtype
        np.testing.assert_array_equal(read[name], array)


def test_tensors_without_metadata(tmp_path):
    write_tensors(tmp_path / "t.safetensors", {"a": np.ones(1)})
    assert read_tensors(tmp_path / "t.safetensors")[1] == {}


def test_json_is_sorted_readable_and_round_trips(tmp_path):
    path = tmp_path / "x.json"
    write_json(path, {"b": [1, None], "a": "ä"})
    assert path.read_text(encoding="utf-8") == '{\n  "a": "ä",\n  "b": [\n    1,\n    null\n  ]\n}\n'
    assert read_json(path) == {"b": [1, None], "a": "ä"}


def test_json_refuses_what_is_no_json(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "x.json", {"a": float("nan")})
    assert not (tmp_path / "x.json").exists()


READERS = {
    "t.json": read_json,
    "t.parquet": lambda path: list(iterate_rows(path)),
    "t.tar": lambda path: list(read_tar(path)),
    "t.safetensors": read_tensors,
}


@pytest.mark.parametrize("name", READERS)
def test_missing_files_are_named(tmp_path, name):
    with pytest.raises(InputError, match=name) as error:
        READERS[name](tmp_path / name)
    assert "dvc repro" in str(error.value)


def good_file(path: Path) -> None:
    match path.suffix:
        case ".json":
            write_json(path, {"a": list(range(100))})
        case ".parquet":
            write_table(path, [{"name": str(number), "value": 0.5} for number in range(100)], SCHEMA)
        case ".tar":
            write_tar(path, [("a", bytes(3000)), ("b", bytes(3000))])
        case _:
            write_tensors(path, {"a": np.arange(1000)})


DAMAGE = {
    "cut short": lambda payload: payload[: len(payload) // 2],
    "another format": lambda payload: b"<html>not found</html>" * 50,
    "empty": lambda payload: b"",
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files_are_named(tmp_path, name, damage):
    path = tmp_path / name
    good_file(path)
    READERS[name](path)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    with pytest.raises(InputError, match=name) as error:
        READERS[name](path)
    assert "\n" not in str(error.value)


def test_a_tar_cut_between_two_photos_is_damaged(tmp_path):
    path = tmp_path / "t.tar"
    good_file(path)
    path.write_bytes(path.read_bytes()[: 512 + 3072])  # the first photo whole, nothing of the second
    with pytest.raises(InputError, match=r"t\.tar"):
        list(read_tar(path))


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "x.txt"
    write_text(path, "old")

    def half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("ne")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        half()
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x.txt", "old")]


def test_written_files_can_be_read_by_others(tmp_path):
    write_text(tmp_path / "x.txt", "x")
    assert (tmp_path / "x.txt").stat().st_mode & 0o777 == 0o644


def test_fresh_folders_are_empty(tmp_path):
    write_text(tmp_path / "a" / "b" / "old.txt", "x")
    assert list(fresh_folder(tmp_path / "a").iterdir()) == []
    assert fresh_folder(tmp_path / "new" / "deep").is_dir()


def test_shards_are_listed_in_order_without_the_tables_beside_them(tmp_path):
    for number in (10, 2, 0):
        shard_path(tmp_path, number, "parquet").touch()
    (tmp_path / "status.parquet").touch()
    (tmp_path / "00001.tar").touch()
    assert [path.name for path in list_shards(tmp_path, "parquet")] == [
        "00000.parquet",
        "00002.parquet",
        "00010.parquet",
    ]


@pytest.mark.parametrize(("count", "expected"), [(0, []), (3, [3]), (7, [3, 3, 1])])
def test_chunks(count, expected):
    parts = list(chunks(list(range(count)), 3))
    assert [len(part) for part in parts] == expected
    assert [item for part in parts for item in part] == list(range(count))


AA, BB, CC = (name * 32 for name in ("aa", "bb", "cc"))
WORD = Word("5 g", Box(1, 2, 30, 12), 0.5, 90, "rapidocr")
TURNED = Word("ä", Box(5, 5, 6, 7), 0.25, 270, "tesseract")


def test_words_round_trip(tmp_path):
    photos = [
        PhotoWords(AA, (WORD, TURNED), (True, False)),
        PhotoWords(BB, (), ()),
        PhotoWords(CC, (TURNED,), (True,)),
    ]
    write_words(tmp_path, 3, photos, {"rapidocr": "3"})
    read = {photo.sha256: photo for photo in read_words(tmp_path / "00003.parquet")}
    assert read == {AA: photos[0], CC: photos[2]}, "a photo without words has no row"
    assert read[AA].merged() == [WORD]
    assert read[AA].of_engine("tesseract") == [TURNED]
    assert read_metadata(tmp_path / "00003.parquet") == {"rapidocr": "3"}


def test_sizes_are_those_of_photos_that_could_be_decoded(tmp_path):
    def status(sha256, engine, width):
        return StatusRow(sha256, engine, "ok", "", 0, width, width, 0)

    engines = ("tesseract", "rapidocr")
    rows = [status(sha256, engine, width) for sha256, width in ((AA, 5), (BB, 0)) for engine in engines]
    STATUS.write(tmp_path / STATUS_FILE, rows, {})
    assert photo_sizes(tmp_path, 0) == {AA: (5, 5)}
    assert read_engines(tmp_path) == ["tesseract", "rapidocr"], "most trusted first, not by name"


CANDIDATE = Candidate(
    Mention(5.0, "gram", 5.0, 6.0, form="range"), text="5-6 g", box=Box(1, 2, 3, 4), angle=90, confidence=0.5,
    cues=("net_weight",), line=2, words=(0, 2), engines=("rapidocr",),
)  # fmt: skip


def test_candidates_round_trip(tmp_path):
    readings = [
        PhotoReading(AA, 100, 50, (WORD, TURNED), (CANDIDATE,)),
        PhotoReading(BB, 1, 1, (), ()),
        PhotoReading(CC, 9, 9, (TURNED,), (CANDIDATE, CANDIDATE)),
    ]
    write_readings(tmp_path, 0, readings[:2])
    write_readings(tmp_path, 1, readings[2:])
    assert list(Readings(tmp_path).values()) == readings


def features(value: float) -> PhotoFeatures:
    return PhotoFeatures(
        np.full(2048, value, np.float32), np.full((2, 7, 7), value, np.float32), np.array([0, 0, 1, 0.5], np.float32)
    )


def test_features_round_trip(tmp_path):
    write_features(tmp_path, 0, ["aa", "bb"], [features(0.5), features(2.0)], {"weights": "w"})
    write_features(tmp_path, 1, [], [], {"weights": "w"})
    read = Features(tmp_path)
    assert read.metadata == {"weights": "w"}
    assert (list(read), len(read), read.blank.grid.shape) == (["aa", "bb"], 2, (2, 7, 7))
    assert read.get("cc") is None
    assert read["bb"].pooled.dtype == np.float32
    for part in ("pooled", "grid", "square"):
        np.testing.assert_array_equal(getattr(read["bb"], part), getattr(features(2.0), part))
        np.testing.assert_array_equal(
            getattr(decode_features(encode_features(features(0.1))), part), getattr(features(0.1), part)
        )


def test_features_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="no CNN features"):
        Features(tmp_path)


def test_pixels_round_trip_and_name_files_that_are_none(tmp_path):
    shard = PixelShard(("aa",), np.full((1, 3, 4, 4), 7, np.uint8), np.ones((1, 4), np.float32), np.ones(1, np.uint8))
    path = tmp_path / "00000.safetensors"
    write_pixel_shard(path, shard)
    read = read_pixel_shard(path)
    assert read.sha256 == ("aa",)
    np.testing.assert_array_equal(read.images, shard.images)
    write_tensors(path, {"images": shard.images})
    with pytest.raises(InputError, match=r"00000\.safetensors: not a shard of letterboxed images"):
        read_pixel_shard(path)


def test_manifest_round_trips_and_joins_by_source_and_link(tmp_path):
    good = ManifestRow("a.csv", "x.jpg", "ok", "", "", AA, 10, 20, "jpeg", 99, 0)
    other = ManifestRow("b.csv", "x.jpg", "ok", "", "", BB, 10, 20, "jpeg", 99, 0)
    bad = ManifestRow("a.csv", "y.jpg", "failed", "http_404", "not found", "", 0, 0, "", 0, -1)
    MANIFEST.write(tmp_path / MANIFEST_NAME, [good, other, bad])
    assert list(iterate_manifest(tmp_path)) == [good, other, bad]
    images = images_by_link(iter([good, other, bad]))
    assert [images.get((name, "x.jpg")) for name in ("a.csv", "b.csv")] == [AA, BB]
    assert images.get(("a.csv", "y.jpg")) == ""


LABEL = LabelRow(
    row_id=0, source="a.csv", source_row=1, image_link="x.jpg", sha256=AA, group_id="1", entity="item_weight",
    entity_value="5 gram", status="ok", reason="", value=5.0, unit="gram", low=5.0, high=5.0, split="train", extra="{}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["5 gram"]),
        ({"low": 3.0}, []),  # a range
        ({"status": "empty", "value": None, "low": None, "high": None}, []),
        ({"extra": '{"alternatives": "0.5 pound| 6 gram |bad|"}'}, ["5 gram", "0.5 pound", "6 gram"]),
        ({"low": 3.0, "extra": '{"alternatives": "4 gram"}'}, ["4 gram"]),
    ],
)
def test_labels_round_trip_with_the_answers_they_accept(tmp_path, changes, expected):
    row = LabelRow(**{**vars(LABEL), **changes})
    LABELS.write(tmp_path / LABELS_FILE, [row])
    (read,) = iterate_labels(tmp_path)
    assert read == row
    assert [str(truth) for truth in read.truths] == expected
    assert read.answerable == (row.status == "ok")
