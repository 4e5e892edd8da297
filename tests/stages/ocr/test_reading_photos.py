"""What happens around the engines: tiles, doubles, failures, the cache, the stage's tables.

``BlockReader`` stands in for an engine: it "reads" every dark block on white as a word, so places are known exactly.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imagequant.core.records import Box, Word
from imagequant.imaging.decode import ImageError
from imagequant.ocr.engine import OcrError, OneByOne
from imagequant.ocr.merge import kept_words
from imagequant.ocr.read import Reader, photo_words, read_prepared_photos
from imagequant.ocr.tiles import tiles
from imagequant.params import load_params
from imagequant.stages.ocr.run import CachedReader, engine_keys, get_or_read
from imagequant.storage.layout import ShardJob
from imagequant.storage.tables import iterate_rows, read_metadata
from imagequant.storage.tars import write_tar
from imagequant.storage.words import STATUS, STATUS_FILE, StatusRow, photo_sizes, read_words
from imagequant.storage.work_cache import WorkCache

PARAMS = load_params(Path(__file__).parents[3] / "params.yaml").ocr


@dataclass
class BlockReader(OneByOne):
    name: str = "blocks"
    shapes: list[tuple[int, int]] = field(default_factory=list)

    def versions(self) -> dict[str, str]:
        return {self.name: "1"}

    def read(self, image) -> list[Word]:
        self.shapes.append(image.shape[:2])
        dark = (image[:, :, 0] < 128).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(dark)
        boxes = (Box(x, y, x + w, y + h) for x, y, w, h, _ in stats[1:count].astype(float))
        return [Word(f"{box.width:g}", box, 1.0, 0, self.name) for box in boxes]


@dataclass
class Failing(OneByOne):
    name: str = "failing"

    def versions(self) -> dict[str, str]:
        return {self.name: "2"}

    def read(self, image) -> list[Word]:
        raise OcrError("failing took longer than 10 s")


def photo(width: int, height: int, blocks=()) -> np.ndarray:
    image = np.full((height, width, 3), 255, np.uint8)
    for x, y, w, h in blocks:
        image[y : y + h, x : x + w] = 0
    return image


def boxes(words) -> list[tuple[float, float, float, float]]:
    return sorted((w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in words)


def read_one(reader: Reader, engine, image: np.ndarray):
    (reading,) = read_prepared_photos(engine, [reader.ask(engine, image)])
    return reading


def read_bounded(engine, image: np.ndarray, max_side: int, max_aspect: float) -> tuple[Word, ...]:
    params = replace(PARAMS, max_side=max_side, max_aspect=max_aspect)
    return read_one(Reader(params, (engine,)), engine, image).words


def word(x0, y0, x1, y1, text="w", engine="e") -> Word:
    return Word(text, Box(x0, y0, x1, y1), 1.0, 0, engine)


# --- tiles


def test_a_photo_of_ordinary_shape_is_read_whole():
    engine = BlockReader()
    words = read_bounded(engine, photo(400, 300, [(10, 20, 30, 40), (360, 250, 30, 40)]), 2560, 8.0)
    assert engine.shapes == [(300, 400)]
    assert boxes(words) == [(10, 20, 40, 60), (360, 250, 390, 290)]


@pytest.mark.parametrize("turned", [False, True])
def test_a_thin_photo_is_read_in_tiles_and_every_word_once(turned):
    # Tiles of 400 px that share 100: 0-400, 300-700, ...; the blocks lie in one tile or in two, none on a border.
    blocks = [(10, 5, 40, 20), (320, 5, 60, 20), (500, 10, 30, 30), (920, 5, 60, 20), (1950, 5, 40, 20)]
    image = photo(2000, 50, blocks)
    engine = BlockReader()
    expected = sorted((x, y, x + w, y + h) for x, y, w, h in blocks)
    if turned:
        image = np.ascontiguousarray(image.transpose(1, 0, 2))
        expected = sorted((y, x, b, r) for x, y, r, b in expected)
    assert boxes(read_bounded(engine, image, 2560, 8.0)) == expected
    assert len(engine.shapes) > 1
    assert all(max(shape) <= 8 * min(shape) for shape in engine.shapes)


def test_a_word_on_a_tiles_border_is_read_whole():
    """The first tile ends at 400 and sees 40 px of the word, the second starts at 300 and sees all of it."""
    words = read_bounded(BlockReader(), photo(2000, 50, [(360, 5, 70, 20)]), 2560, 8.0)
    assert [w.text for w in words] == ["70"]
    assert boxes(words) == [(360, 5, 430, 25)]


def test_large_photos_are_shrunk_and_boxes_come_back_in_full_size():
    engine = BlockReader()
    words = read_bounded(
        engine, photo(2000, 1000, [(0, 0, 20, 20), (400, 200, 600, 100), (1980, 980, 20, 20)]), 500, 8.0
    )
    assert engine.shapes == [(250, 500)]
    assert (400, 200, 1000, 300) in boxes(words)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 4999)])
def test_no_photo_is_too_thin(shape):
    engine = BlockReader()
    assert read_bounded(engine, photo(*shape), 2560, 8.0) == ()
    assert all(max(seen) <= 8 * min(seen) for seen in engine.shapes)


@pytest.mark.parametrize("shape", [(1, 30_000), (30_000, 3)])
def test_a_line_of_pixels_is_not_read_and_says_so(shape):
    engine = BlockReader()
    reading = read_one(Reader(replace(PARAMS, max_aspect=8.0), (engine,)), engine, photo(shape[1], shape[0]))
    assert reading.reason == f"too thin to read: {shape[1]} x {shape[0]} pixels"
    assert (reading.words, engine.shapes) == ((), [])


@given(st.integers(1, 60), st.integers(1, 900), st.booleans(), st.floats(1.1, 12))
def test_tiles_cover_every_pixel(short, long, wide, max_aspect):
    height, width = (short, long) if wide else (long, short)
    seen = np.zeros((height, width), np.uint8)
    for x, y, tile in tiles(photo(width, height), max_aspect):
        seen[y : y + tile.shape[0], x : x + tile.shape[1]] += 1
        assert max(tile.shape[:2]) <= max(1, min(height, width) * max_aspect)
    assert seen.min() >= 1
    assert seen.max() <= 2 or min(height, width) * max_aspect < 4, "no place is read more than twice"


# --- merge


def test_a_later_engines_words_inside_a_line_are_doubles():
    line = word(0, 0, 100, 20, "500 g net")
    inside, beside = word(0, 2, 40, 18, "500"), word(200, 0, 240, 20, "new")
    assert kept_words([[line], [inside, beside]], 0.5) == [[True], [False, True]]


def test_the_order_of_trust_decides():
    line, inside = word(0, 0, 100, 20), word(0, 2, 40, 18)
    # The small word covers a third of the line only: the line stays although it comes later.
    assert kept_words([[inside], [line]], 0.5) == [[True], [True]]


@pytest.mark.parametrize(("overlap", "kept"), [(0.4, False), (0.5, True), (0.6, True)])
def test_how_much_must_be_covered(overlap, kept):
    assert kept_words([[word(0, 0, 50, 20)], [word(25, 0, 75, 20)]], overlap)[1] == [kept]


def test_words_of_one_engine_are_never_doubles_of_one_another():
    assert kept_words([[word(0, 0, 50, 20), word(0, 0, 50, 20)]], 0.5) == [[True, True]]


def test_a_dropped_word_hides_no_other():
    first, second, third = word(0, 0, 60, 20), word(20, 0, 70, 20), word(60, 0, 80, 20)
    # The second engine's word goes; it would have covered half of the third's, the first engine's does not.
    assert kept_words([[first], [second], [third]], 0.4) == [[True], [False], [True]]


def test_nothing_to_merge():
    assert kept_words([], 0.5) == []
    assert kept_words([[], [word(0, 0, 1, 1)]], 0.5) == [[], [True]]
    assert kept_words([[word(0, 0, 9, 9)], [word(5, 5, 5, 5)]], 0.5) == [[True], [True]], "an empty box covers nothing"


# --- one photo with several engines


def cached(cache: Path, *engines) -> CachedReader:
    reader = Reader(PARAMS, engines)
    keys = {engine.name: f"key of {engine.name}" for engine in engines}
    return CachedReader(reader, keys, reader.versions(), WorkCache(cache))


def read_file(reader: CachedReader, name: str, payload: bytes):
    (readings,) = reader.read_files([(name, payload)])
    return readings


def png(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


BLOCK = png(photo(50, 40, [(5, 5, 9, 9)]))


def test_one_engines_failure_does_not_stop_the_others():
    reader = Reader(PARAMS, (Failing(), BlockReader()))
    readings = [read_one(reader, engine, photo(50, 50, [(5, 5, 9, 9)])) for engine in reader.engines]
    assert [(r.engine, len(r.words), r.reason) for r in readings] == [
        ("failing", 0, "failing took longer than 10 s"),
        ("blocks", 1, ""),
    ]
    assert boxes(photo_words("aa", readings, 0.5).merged()) == [(5, 5, 14, 14)]


def test_a_file_is_read_once_and_a_failure_is_tried_again(tmp_path):
    engine = BlockReader()
    first = read_file(cached(tmp_path, engine), "aa", BLOCK)
    assert [(r.width, r.height, len(r.words)) for r in first] == [(50, 40, 1)]
    # Known, it is not so much as decoded.
    assert read_file(cached(tmp_path, engine), "aa", b"") == first
    assert len(engine.shapes) == 1
    # Where an engine failed before, the next run asks it again.
    assert read_file(cached(tmp_path, Failing("blocks2")), "aa", BLOCK)[0].reason
    again = BlockReader("blocks2")
    assert read_file(cached(tmp_path, again), "aa", BLOCK)[0].reason == ""
    assert len(again.shapes) == 1


def test_an_engine_that_comes_later_does_not_have_the_others_read_again(tmp_path):
    first, second = BlockReader(), BlockReader("second")
    read_file(cached(tmp_path, first), "aa", BLOCK)
    assert [r.engine for r in read_file(cached(tmp_path, first, second), "aa", BLOCK)] == ["blocks", "second"]
    assert (len(first.shapes), len(second.shapes)) == (1, 1)


def test_other_files_are_other_photos(tmp_path):
    engine = BlockReader()
    for name in ("aa", "bb"):
        read_file(cached(tmp_path, engine), name, BLOCK)
    assert len(engine.shapes) == 2


def test_what_is_no_image_is_an_error_and_not_kept(tmp_path):
    files = [("aa", b"<html>"), ("bb", BLOCK)]
    error, readings = cached(tmp_path, BlockReader()).read_files(files)
    assert isinstance(error, ImageError)
    assert str(error) == "not an image"
    assert len(readings[0].words) == 1
    assert len(read_file(cached(tmp_path, BlockReader()), "aa", BLOCK)[0].words) == 1


# --- the stage's tables


def read_tar_of(folder: Path, cache: Path, members) -> list[dict]:
    write_tar(folder / "00007.tar", members)
    engines = (Failing("google_vision"), BlockReader("rapidocr"), BlockReader("tesseract"))
    shards = WorkCache(cache).shards(cache / "out")
    job = ShardJob(folder / "00007.tar", folder / "out")
    status, versions = get_or_read(cached(cache, *engines), shards, "code", job)
    assert versions == {"google_vision": "2", "rapidocr": "1", "tesseract": "1"}
    STATUS.write(folder / "out" / STATUS_FILE, (StatusRow(**row) for row in status), versions)
    return status


aa, bb, cc = (name * 32 for name in ("aa", "bb", "cc"))
MEMBERS = [
    (f"{aa}.png", png(photo(60, 30, [(5, 5, 9, 9)]))),
    (f"{bb}.jpg", b"<html>no image</html>"),
    (f"{cc}.png", png(photo(20, 20))),  # without text
]


def test_every_photo_and_engine_has_a_status_row(tmp_path):
    status = read_tar_of(tmp_path, tmp_path / "cache", MEMBERS)
    assert [(r["sha256"], r["engine"], r["status"], r["words"], r["width"], r["height"]) for r in status] == [
        (aa, "google_vision", "failed", 0, 60, 30),
        (aa, "rapidocr", "ok", 1, 60, 30),
        (aa, "tesseract", "ok", 1, 60, 30),
        (bb, "google_vision", "failed", 0, 0, 0),
        (bb, "rapidocr", "failed", 0, 0, 0),
        (bb, "tesseract", "failed", 0, 0, 0),
        (cc, "google_vision", "failed", 0, 20, 20),
        (cc, "rapidocr", "ok", 0, 20, 20),
        (cc, "tesseract", "ok", 0, 20, 20),
    ]
    assert {r["reason"] for r in status if r["sha256"] == bb} == {"not decoded: not an image"}
    assert {r["shard"] for r in status} == {7}
    assert list(photo_sizes(tmp_path / "out", 7)) == [aa, cc]
    (words,) = read_words(tmp_path / "out" / "00007.parquet")
    assert words.kept == (True, False), "the second engine reads the same block"
    assert read_metadata(tmp_path / "out" / "00007.parquet")["rapidocr"] == "1"


def test_the_cache_changes_no_byte(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    read_tar_of(tmp_path / "one", tmp_path / "cache", MEMBERS)
    read_tar_of(tmp_path / "two", tmp_path / "cache", MEMBERS)
    for name in ("00007.parquet", "status.parquet"):
        assert (tmp_path / "one" / "out" / name).read_bytes() == (tmp_path / "two" / "out" / name).read_bytes()
    assert len(list(iterate_rows(tmp_path / "one" / "out" / "00007.parquet"))) == 2


def keys_with(**changes: dict[str, object]) -> dict[str, str]:
    params = replace(PARAMS, engines=("rapidocr", "tesseract"))
    for section, values in changes.items():
        params = replace(params, **{section: replace(getattr(params, section), **values)})
    return engine_keys(Reader.build(params))


def test_tesseracts_parameters_do_not_change_rapidocrs_key():
    """More careful Tesseract settings must not cost reading everything with RapidOCR again."""
    before, after = keys_with(), keys_with(tesseract={"min_confidence": 0.5})
    assert {name: before[name] == after[name] for name in before} == {"rapidocr": True, "tesseract": False}


@pytest.mark.parametrize(("pages", "depends"), [("lines", True), ("photo", False)])
def test_what_reads_another_engines_lines_depends_on_its_parameters(pages, depends):
    before = keys_with(tesseract={"pages": pages})
    after = keys_with(tesseract={"pages": pages}, rapidocr={"box_threshold": 0.6})
    assert (before["tesseract"] != after["tesseract"]) == depends
    assert before["rapidocr"] != after["rapidocr"]


def test_whether_it_goes_by_another_engine_is_in_the_key():
    alone = engine_keys(Reader.build(replace(PARAMS, engines=("tesseract",))))
    assert alone["tesseract"] != keys_with()["tesseract"]


# --- an engine that reads another one's lines


@dataclass
class Echo(BlockReader):
    """Reads again what it is shown; a whole photo as one word."""

    name: str = "echo"
    shown: list[list[str]] = field(default_factory=list)

    def read(self, image) -> list[Word]:
        self.shapes.append(image.shape[:2])
        return [Word("whole", Box(0, 0, 1, 1), 1.0, 0, self.name)]

    def prepare_lines(self, image, lines) -> list[Word]:
        self.shown.append([line.text for line in lines])
        return [replace(line, engine=self.name) for line in lines]


def texts(readings) -> list[tuple[str, list[str]]]:
    return [(reading.engine, [word.text for word in reading.words]) for reading in readings]


def test_it_is_shown_the_lines_of_the_first_engine(tmp_path):
    echo = Echo()
    found = read_file(cached(tmp_path, BlockReader(), echo), "aa", BLOCK)
    assert texts(found) == [("blocks", ["9"]), ("echo", ["9"])]
    assert (echo.shown, echo.shapes) == ([["9"]], [])
    # The first engine's reading may be known from before: only the photo is decoded again.
    again, blocks = Echo("other"), BlockReader()
    assert texts(read_file(cached(tmp_path, blocks, again), "aa", BLOCK))[1] == ("other", ["9"])
    assert (again.shown, blocks.shapes) == ([["9"]], [])


def test_it_is_given_the_whole_photo_where_the_first_engine_fails_and_that_is_not_kept(tmp_path):
    echo = Echo()
    found = read_file(cached(tmp_path, Failing("blocks"), echo), "aa", BLOCK)
    assert texts(found) == [("blocks", []), ("echo", ["whole"])]
    assert found[0].reason and not found[1].reason
    # The next run, in which the first engine reads, must not find what was read without it.
    assert texts(read_file(cached(tmp_path, BlockReader(), echo), "aa", BLOCK))[1] == ("echo", ["9"])


def test_it_reads_whole_photos_if_it_comes_first(tmp_path):
    assert texts(read_file(cached(tmp_path, Echo(), BlockReader()), "aa", BLOCK)) == [
        ("echo", ["whole"]),
        ("blocks", ["9"]),
    ]


def test_a_reader_reads_photos_as_the_stage_does(tmp_path):
    photos = [photo(50, 40, [(5, 5, 9, 9)]), photo(20, 20), photo(70, 40, [(5, 5, 30, 9), (50, 20, 10, 10)])]
    engines = (BlockReader(), Failing(), Echo())
    at_once = Reader(PARAMS, engines).read(photos)
    files = [(str(number), png(each)) for number, each in enumerate(photos)]
    assert at_once == cached(tmp_path, *engines).read_files(files)
    assert Reader(PARAMS, engines).read([]) == []


@dataclass
class Outside(OneByOne):
    """Reads words that lie partly or wholly outside of the photo, as slanted lines at its edge do."""

    name: str = "blocks"

    def versions(self) -> dict[str, str]:
        return {}

    def read(self, image) -> list[Word]:
        places = (Box(-3.77, -1, 20, 12), Box(90, 40, 104, 55), Box(-9, 5, -2, 9))
        return [Word("9 g", box, 0.5, 0, self.name) for box in places]


def test_boxes_are_on_the_photo_and_words_beside_it_are_dropped() -> None:
    engine = Outside()
    reading = read_one(Reader(PARAMS, (engine,)), engine, photo(100, 50))
    assert boxes(reading.words) == [(0, 0, 20, 12), (90, 40, 100, 50)]
