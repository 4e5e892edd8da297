"""A shard whose words are known is taken as its candidates were found before."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.params import load_params
from imagequant.stages.candidates.run import Finder, Shard, find_shard
from imagequant.storage.candidates import Readings, reading_paths
from imagequant.storage.kept_shards import KeptShards
from imagequant.storage.tars import write_tar
from imagequant.storage.words import write_status, write_words
from imagequant.storage.work_cache import WorkCache

PARAMS = load_params(Path(__file__).parents[3] / "params.yaml").candidates


@pytest.fixture
def finder(tmp_path) -> Finder:
    cache = WorkCache(tmp_path / "cache")
    return Finder(PARAMS, cache, KeptShards.of(cache, tmp_path / "out"), "code", "segments")


def make_shard(folder: Path, text: str = "500 g") -> Shard:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(buffer, "PNG")
    write_tar(folder / "00000.tar", [("aa", buffer.getvalue())])
    word = Word(text, Box(10, 10, 90, 30), 0.9, 0, "rapidocr")
    write_words(folder / "words", 0, [PhotoWords("aa", (word,), (True,))], {})
    write_size(folder, 200)
    return Shard(folder / "words" / "00000.parquet", folder / "00000.tar", folder / "out")


def write_size(folder: Path, width: int) -> None:
    row = {"sha256": "aa", "engine": "rapidocr", "status": "ok", "reason": "", "words": 1, "width": width}
    write_status(folder / "words", [{**row, "height": 100, "shard": 0}], {})


def outputs(shard: Shard) -> list[bytes]:
    return [path.read_bytes() for path in reading_paths(shard.output, 0)]


def values(shard: Shard) -> list[float]:
    return [candidate.value for reading in Readings(shard.output).values() for candidate in reading.candidates]


def test_the_same_words_give_the_same_bytes_without_the_photos(tmp_path, finder):
    shard = make_shard(tmp_path)
    find_shard(finder, shard)
    assert values(shard) == [500.0]
    before = outputs(shard)
    for path in (*reading_paths(shard.output, 0), shard.photos):
        path.unlink()
    find_shard(finder, shard)
    assert outputs(shard) == before


@pytest.mark.parametrize("change", ["words", "parameters", "code", "size"])
def test_what_the_candidates_depend_on_has_them_found_anew(tmp_path, finder, change):
    shard = make_shard(tmp_path)
    find_shard(finder, shard)
    if change == "words":
        assert values(make_shard(tmp_path, "12 g")) == [500.0]
        find_shard(finder, shard)
        assert values(shard) == [12.0]
        return
    shard.photos.unlink()  # found anew, they need it
    if change == "parameters":
        finder = replace(finder, params=replace(PARAMS, line_gap=2.0))
    elif change == "code":
        finder = replace(finder, code="other")
    else:
        write_size(tmp_path, 400)
    with pytest.raises(InputError, match=r"00000\.tar: no such file"):
        find_shard(finder, shard)
