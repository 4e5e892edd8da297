"""A job whose words are known is taken as its candidates were found before."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tests.contest import CONTEST

from imagequant.core.errors import InputError
from imagequant.core.records import Box, PhotoWords, Word
from imagequant.params import load_params
from imagequant.stages.candidates.run import Finder
from imagequant.storage.candidates import Readings, reading_paths
from imagequant.storage.layout import ShardJob
from imagequant.storage.tars import write_tar
from imagequant.storage.words import STATUS, STATUS_FILE, StatusRow, write_words
from imagequant.storage.work_cache import WorkCache

NAME = "aa" * 32
PARAMS = load_params(Path(__file__).parents[3] / "params.yaml").candidates


@pytest.fixture
def finder(tmp_path) -> Finder:
    cache = WorkCache(tmp_path / "cache")
    return Finder(PARAMS, CONTEST, tmp_path / "photos", cache, cache.shards(tmp_path / "out"), "code", "segments")


def photos_of(folder: Path) -> Path:
    return folder / "photos" / "out" / "00000.tar"


def make_shard(folder: Path, text: str = "500 g") -> ShardJob:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(buffer, "PNG")
    write_tar(photos_of(folder), [(NAME, buffer.getvalue())])
    word = Word(text, Box(10, 10, 90, 30), 0.9, 0, "rapidocr")
    write_words(folder / "words", 0, [PhotoWords(NAME, (word,), (True,))], {})
    write_size(folder, 200)
    return ShardJob(folder / "words" / "00000.parquet", folder / "out")


def write_size(folder: Path, width: int) -> None:
    STATUS.write(folder / "words" / STATUS_FILE, [StatusRow(NAME, "rapidocr", "ok", "", 1, width, 100, 0)], {})


def outputs(job: ShardJob) -> list[bytes]:
    return [path.read_bytes() for path in reading_paths(job.folder, 0)]


def values(job: ShardJob) -> list[float]:
    return [candidate.value for reading in Readings(job.folder).values() for candidate in reading.candidates]


def test_the_same_words_give_the_same_bytes_without_the_photos(tmp_path, finder):
    job = make_shard(tmp_path)
    finder.get_or_find(job)
    assert values(job) == [500.0]
    before = outputs(job)
    for path in (*reading_paths(job.folder, 0), photos_of(tmp_path)):
        path.unlink()
    finder.get_or_find(job)
    assert outputs(job) == before


@pytest.mark.parametrize("change", ["words", "parameters", "code", "size"])
def test_what_the_candidates_depend_on_has_them_found_anew(tmp_path, finder, change):
    job = make_shard(tmp_path)
    finder.get_or_find(job)
    if change == "words":
        assert values(make_shard(tmp_path, "12 g")) == [500.0]
        finder.get_or_find(job)
        assert values(job) == [12.0]
        return
    photos_of(tmp_path).unlink()  # found anew, they need it
    if change == "parameters":
        finder = replace(finder, params=replace(PARAMS, line_gap=2.0))
    elif change == "code":
        finder = replace(finder, code="other")
    else:
        write_size(tmp_path, 400)
    with pytest.raises(InputError, match=r"00000\.tar: no such file"):
        finder.get_or_find(job)
