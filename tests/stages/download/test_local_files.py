"""Local files: what was read before is read again only where it may have changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from imagequant.stages.download.local_files import FileState, LocalFiles
from imagequant.storage.manifest import read_manifest
from imagequant.storage.tars import read_tar

LIMIT = 100_000


def settled(path: Path, payload: bytes) -> Path:
    """Writes a file and waits until its last change is old enough to be believed."""
    path.write_bytes(payload)
    while not FileState.of(path.stat()).is_settled(time.time_ns()):
        time.sleep(0.1)
    return path


def again(files: LocalFiles, index: Path) -> LocalFiles:
    files.write_index(index)
    return LocalFiles.from_index(index)


class Unread(type(Path())):
    """A path whose file must not be opened."""

    def read_bytes(self) -> bytes:
        raise AssertionError("read")


@pytest.mark.parametrize("name", ["x.png", "ü ß.png", os.fsdecode(b"\xff.png")])
def test_a_file_that_lay_still_is_not_read_again(workshop, tmp_path, name):
    path = settled(tmp_path / name, workshop.image(0))
    files = LocalFiles()
    image = files.judge(path, LIMIT)
    for _ in range(2):  # a run that did not read it passes on what it knew
        files = again(files, tmp_path / "index")
        assert files.judge(Unread(path), LIMIT) == image


def test_a_file_that_is_young_when_read_is_read_again(workshop, tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(workshop.image(0))
    files = LocalFiles()
    files.judge(path, LIMIT)
    with pytest.raises(AssertionError, match="read"):
        again(files, tmp_path / "index").judge(Unread(path), LIMIT)


def test_a_change_of_the_same_size_and_time_is_seen(workshop, tmp_path):
    one, other = (workshop.image(seed, "BMP") for seed in range(2))
    assert len(one) == len(other)
    path = settled(tmp_path / "x.bmp", one)
    before = path.stat()
    files = LocalFiles()
    first = files.judge(path, LIMIT)
    path.write_bytes(other)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert again(files, tmp_path / "index").judge(path, LIMIT).sha256 != first.sha256


def test_a_limit_that_was_lowered_holds_for_known_files_too(workshop, tmp_path):
    path = settled(tmp_path / "x.png", workshop.image(0))
    files = LocalFiles()
    files.judge(path, LIMIT)
    with pytest.raises(Exception, match="too_large"):
        again(files, tmp_path / "index").judge(path, 10)


@pytest.mark.parametrize("content", [None, b"", b"not parquet"])
def test_an_index_that_cannot_be_read_knows_nothing(workshop, tmp_path, content):
    path = tmp_path / "x.png"
    path.write_bytes(workshop.image(0))
    if content is not None:
        (tmp_path / "index").write_bytes(content)
    assert LocalFiles.from_index(tmp_path / "index").judge(path, LIMIT).format == "png"


def test_a_run_with_known_files_gives_the_same(workshop, tmp_path):
    for n in range(6):
        settled(tmp_path / f"{n}.png", workshop.image(n))
    outputs = []
    for names in (range(5), range(5), range(6)):  # as it is, again, and with a row more
        folder = workshop.download(workshop.rows(*(f"{n}.png" for n in names), origin=tmp_path))
        outputs.append([read_manifest(folder)[:5], [m for tar in sorted(folder.glob("*.tar")) for m in read_tar(tar)]])
    assert outputs[0] == outputs[1]
    assert outputs[2][0] == outputs[0][0]
    assert outputs[2][1][:5] == outputs[0][1]
