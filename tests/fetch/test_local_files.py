"""Local files: what was read before is read again only where it may have changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from imagequant.fetch.file_index import read_index, write_index
from imagequant.fetch.local_files import FileRecord, FileState, check_file
from imagequant.fetch.outcome import FetchError
from imagequant.storage.manifest import iterate_manifest
from imagequant.storage.tars import read_tar

LIMIT = 100_000


def settled(path: Path, payload: bytes) -> Path:
    """Writes a file and waits until its last change is old enough to be believed."""
    path.write_bytes(payload)
    while not FileState.from_stat(path.stat()).is_settled(time.time_ns()):
        time.sleep(0.1)
    return path


def seen(path: Path) -> FileRecord:
    """What a run notes of a file."""
    image, state = check_file(path, LIMIT)
    assert state is not None
    return FileRecord(path.as_uri(), state, image)


class Unread(type(Path())):
    """A path whose file must not be opened."""

    def read_bytes(self) -> bytes:
        raise AssertionError("read")


@pytest.mark.parametrize("name", ["x.png", "ü ß.png", os.fsdecode(b"\xff.png")])
def test_a_file_that_lay_still_is_not_read_again(workshop, tmp_path, name):
    path = settled(tmp_path / name, workshop.image(0))
    known = seen(path)
    for _ in range(2):  # a run that did not read it passes on what it knew
        write_index(tmp_path / "index", [known])
        (known,) = read_index(tmp_path / "index")
        image, state = check_file(Unread(path), LIMIT, known)
        assert (image, state) == (known.image, known.state)


def test_a_file_that_is_young_when_read_is_read_again(workshop, tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(workshop.image(0))
    image, state = check_file(path, LIMIT)
    assert image.format == "png"
    assert state is None


def test_a_change_of_the_same_size_and_time_is_seen(workshop, tmp_path):
    one, other = (workshop.image(seed, "BMP") for seed in range(2))
    assert len(one) == len(other)
    path = settled(tmp_path / "x.bmp", one)
    before = path.stat()
    known = seen(path)
    path.write_bytes(other)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert check_file(path, LIMIT, known)[0].sha256 != known.image.sha256


def test_a_limit_that_was_lowered_holds_for_known_files_too(workshop, tmp_path):
    path = settled(tmp_path / "x.png", workshop.image(0))
    with pytest.raises(FetchError, match="too_large"):
        check_file(path, 10, seen(path))


@pytest.mark.parametrize("content", [None, b"", b"not parquet"])
def test_an_index_that_cannot_be_read_knows_nothing(tmp_path, content):
    if content is not None:
        (tmp_path / "index").write_bytes(content)
    assert list(read_index(tmp_path / "index")) == []


def test_an_index_with_a_flipped_bit_knows_nothing(workshop, tmp_path):
    index = tmp_path / "index"
    known = seen(settled(tmp_path / "x.png", workshop.image(0)))
    write_index(index, [known])
    assert list(read_index(index)) == [known]
    whole = index.read_bytes()
    for at in range(len(whole)):
        index.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert list(read_index(index)) == [], at


def test_a_run_with_known_files_gives_the_same(workshop, tmp_path):
    for n in range(6):
        settled(tmp_path / f"{n}.png", workshop.image(n))
    outputs = []
    for names in (range(5), range(5), range(6)):  # as it is, again, and with a row more
        folder = workshop.download(workshop.rows(*(f"{n}.png" for n in names), origin=tmp_path))
        outputs.append(
            [list(iterate_manifest(folder))[:5], [m for tar in sorted(folder.glob("*.tar")) for m in read_tar(tar)]]
        )
    assert outputs[0] == outputs[1]
    assert outputs[2][0] == outputs[0][0]
    assert outputs[2][1][:5] == outputs[0][1]
