"""Shards that need not be made again: only what is the same, whole and repeatable is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagequant.storage.work_cache import ShardCache, WorkCache


class Builder:
    """Writes two files and says how often it did."""

    def __init__(self, folder: Path, content: bytes = b"content") -> None:
        self.paths = [folder / "00000.tar", folder / "00000.parquet"]
        self.content = content
        self.calls = 0

    def __call__(self) -> list[str]:
        self.calls += 1
        for path in self.paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.content + path.suffix.encode())
        return ["row", str(self.calls)]

    def empty(self) -> None:
        """As DVC empties a stage's folder before it runs the stage."""
        for path in self.paths:
            path.unlink()


@pytest.fixture
def shards(tmp_path: Path) -> ShardCache:
    return WorkCache(tmp_path / "cache").shards(tmp_path / "out")


@pytest.fixture
def build(tmp_path: Path) -> Builder:
    return Builder(tmp_path / "out")


def run(shards: ShardCache, build: Builder, key: str = "key", **options) -> list[str]:
    return shards.get_or_build("train/00000", key, build.paths, build, **options)


def test_the_same_inputs_give_the_same_files_and_result_without_work(shards, build):
    assert run(shards, build) == ["row", "1"]
    before = [(path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns) for path in build.paths]
    build.empty()
    assert run(shards, build) == ["row", "1"]
    assert build.calls == 1
    # Inode and time too: by these DVC knows a file that it has hashed before.
    assert [(path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns) for path in build.paths] == before


def test_other_inputs_have_them_made_anew_and_are_kept_instead(shards, build):
    run(shards, build)
    build.content = b"other"
    assert run(shards, build, "other") == ["row", "2"]
    build.empty()
    assert run(shards, build, "other") == ["row", "2"]
    assert build.paths[0].read_bytes() == b"other.tar"
    assert run(shards, build, "key") == ["row", "3"], "one generation is kept"


@pytest.mark.parametrize("damage", ["flipped", "gone", "record"])
def test_what_is_damaged_is_made_anew(shards, build, damage):
    run(shards, build)
    build.empty()
    file = shards.root / "train" / "00000.1"
    if damage == "flipped":
        payload = bytearray(file.read_bytes())
        payload[0] ^= 1
        file.write_bytes(payload)
    elif damage == "gone":
        file.unlink()
    else:
        (shards.root / "train" / "00000.json").write_text('["key"')
    assert run(shards, build) == ["row", "2"]
    assert build.paths[1].read_bytes() == b"content.parquet"


def test_no_flipped_bit_of_the_ledger_changes_what_comes_out(shards, build):
    run(shards, build)
    record = shards.root / "train" / "00000.json"
    whole = record.read_bytes()
    for at in range(len(whole)):
        for bit in (0, 4, 7):
            record.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
            build.calls = 0
            # Made anew, or as it was: never with another result.
            assert run(shards, build) == ["row", "1"]
            record.write_bytes(whole)


def test_what_may_come_out_otherwise_is_not_kept(shards, build):
    assert run(shards, build, is_repeatable=lambda result: result != ["row", "1"]) == ["row", "1"]
    assert run(shards, build) == ["row", "2"]
    assert run(shards, build) == ["row", "2"]


def test_where_there_are_no_hard_links_files_are_copied(shards, build, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("not here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    run(shards, build)
    build.empty()
    assert run(shards, build) == ["row", "1"]
    assert build.paths[0].read_bytes() == b"content.tar"
    assert not list(build.paths[0].parent.glob(".*"))
