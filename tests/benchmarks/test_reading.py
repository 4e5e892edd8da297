"""Which photos the speed benchmarks read, and what reading is worth; nothing here is timed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from benchmarks.speed import ocr
from benchmarks.speed.harness import Setting, Side, Skipped
from benchmarks.speed.photos import Answer, Photos, find_photos
from benchmarks.speed.plain_loops import LOOPS
from benchmarks.speed.readers import Log, Read, Reader, alternating
from benchmarks.speed.recall import oracle_recall, without_extras
from benchmarks.speed.rows import rows_of
from PIL import Image

from imagequant.core.errors import InputError
from imagequant.core.records import Box, OcrAlternative, PhotoWords, Word
from imagequant.quantity.scoring import Quantity

GRAMS = Quantity(500.0, "gram")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A folder of twelve photos with an answer each, and rows that do not count."""
    (tmp_path / "images").mkdir()
    rows = ["image_link,group_id,entity_name,entity_value"]
    for number in range(12):
        Image.new("RGB", (200, 100)).save(tmp_path / "images" / f"{number}.png")
        rows.append(f"images/{number}.png,1,item_weight,500 gram")
    Image.new("RGB", (200, 100)).save(tmp_path / "images" / "silent.png")
    rows += ["images/silent.png,1,item_weight,", "images/missing.png,1,item_weight,1 gram"]
    (tmp_path / "answers.csv").write_text("index,entity_value\n0,1 gram\n")  # names no photos
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_settings_are_chosen_on_other_photos_than_are_reported(labelled: Path):
    found = find_photos(labelled, labelled / "generated", choosing=4, size=2, runs=3)
    assert [len(part) for part in found.parts] == [2, 2, 2]
    assert len(set(found.reported)) == 6
    assert len(found.choosing) == 4
    assert not set(found.choosing) & set(found.reported)
    assert {answer.quantity for answer in found.answers} == {GRAMS}
    assert len(found.answers) == 12
    assert "2 photos in each of 3 runs, of 12 with answers in labels.csv (sha256 " in found.origin


def test_one_file_may_be_named(labelled: Path):
    (labelled / "other.csv").write_text("image_link,group_id,entity_name,entity_value\n")
    by_file = find_photos(labelled / "labels.csv", labelled, 4, 2, 3)
    assert by_file.parts == find_photos(labelled, labelled, 4, 2, 3).parts
    assert "labels.csv (sha256" in by_file.origin


def test_generated_photos_are_called_so(labelled: Path):
    assert find_photos(labelled, labelled, 4, 2, 3).origin.startswith("generated photos: ")


def test_few_photos_make_small_parts(labelled: Path):
    assert [len(part) for part in find_photos(labelled, labelled, 60, 60, 5).parts] == [1] * 5
    with pytest.raises(InputError, match="12 photos with answers; at least 14 are needed"):
        find_photos(labelled, labelled, 60, 60, 7)


def test_oracle_recall_counts_answers_among_the_words(tmp_path: Path):
    photos = [tmp_path / name for name in ("a.png", "b.png")]
    for photo in photos:
        Image.new("RGB", (200, 100)).save(photo)
    word = Word("500 g", Box(10, 10, 60, 30), 0.9, 0, "rapidocr")
    words = {photos[0]: PhotoWords("a", (word,), (True,)), photos[1]: PhotoWords("b", (), ())}
    answers = [
        Answer(photos[0], GRAMS),
        Answer(photos[1], Quantity(2.0, "gram")),
        Answer(tmp_path / "elsewhere.png", GRAMS),
    ]
    assert oracle_recall(words, answers) == {"rows": 2, "found": 1, "oracle_recall": 0.5}


def test_other_readings_do_not_count_unless_asked_for(tmp_path: Path):
    photo = tmp_path / "a.png"
    Image.new("RGB", (200, 100)).save(photo)
    word = Word(
        "50O g", Box(10, 10, 60, 30), 0.5, 0, "rapidocr", (OcrAlternative("500 g", 0.4),), (0.1, 0.3, 0.5, 0.7, 0.9)
    )
    words = {photo: PhotoWords("a", (word,), (True,))}
    with_them = oracle_recall(words, [Answer(photo, GRAMS)], bare=False)
    bare = without_extras(words[photo]).words[0]
    assert with_them["found"] == 1
    assert (bare.text, bare.box, bare.alternatives, bare.centers) == (word.text, word.box, (), ())


@pytest.mark.parametrize(("box", "angle"), [(Box(0, 0, 60, 20), 0), (Box(0, 0, 20, 60), 90), (Box(0, 0, 20, 25), 0)])
def test_the_direction_is_seen_by_the_shape_on_all_sides(box: Box, angle: int):
    words = (Word("500 g", box, 0.9, 270, "rapidocr"),)
    assert without_extras(PhotoWords("a", words, (True,))).words[0].angle == angle


def reader(name: str, seconds: float, seen: list[tuple[str, int]]) -> Reader:
    def read(photos: Sequence[Path], scratch: Path) -> Read:
        seen.append((name, len(photos)))
        return Read(1.0 + seconds * len(photos), {photo: PhotoWords("", (), ()) for photo in photos})

    return Reader(Side(name, "1 thread", precision="float32", size="small"), read)


def setting(tmp_path: Path, runs: int = 3, size: int = 12) -> Setting:
    parts = tuple(tuple(tmp_path / f"{run}-{number}.png" for number in range(size)) for run in range(runs))
    for photo in (photo for part in parts for photo in part):
        Image.new("RGB", (20, 10)).save(photo)
    return Setting(
        Photos(parts[0][:2], parts, tuple(Answer(part[0], GRAMS) for part in parts), "made up"), tmp_path, runs
    )


def test_readers_take_turns_on_the_same_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("benchmarks.speed.readers.cores", lambda: 2)
    seen: list[tuple[str, int]] = []
    logs = alternating({"a": reader("a", 2.0, seen), "b": reader("b", 1.0, seen)}, setting(tmp_path))
    assert seen == [("a", 2), ("a", 12), ("b", 2), ("b", 12)] * 3
    assert logs["a"].whole == [25.0] * 3
    assert logs["a"].steady == [24.0] * 3  # the second that each process takes to start is left out
    assert len(logs["a"].words) == 36
    assert logs["a"].settings()["seconds_a_photo"]["value"] == pytest.approx(25 / 12)


def test_a_reader_without_steady_time_has_no_figure_for_it(tmp_path: Path):
    log = Log(reader("a", 0.0, []))
    log.add(setting(tmp_path).photos.parts[0], tmp_path)
    assert "without_start_up" not in ocr.quotient(log, log)


@pytest.mark.parametrize("has_bfloat16", [True, False])
def test_rows_that_cannot_be_measured_are_given_with_the_reason(
    has_bfloat16: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    features = frozenset({"avx2", "avx512_bf16"} if has_bfloat16 else {"avx2"})
    monkeypatch.setattr(ocr, "processor_features", lambda: features)
    monkeypatch.setattr(ocr, "rapidocr_loop", lambda: reader("loop", 4.0, []))

    def not_here(size: str) -> Reader:
        raise Skipped(f"faster-paddle {size} cannot be installed here")

    monkeypatch.setattr(ocr, "faster_paddle", not_here)
    monkeypatch.setattr(ocr, "ours", lambda name, *_: reader(name, 1.0, []))
    rows = ocr.measure(setting(tmp_path))
    assert set(rows) == {row.key for row in rows_of("ocr")}
    skipped = {key: str(row) for key, row in rows.items() if isinstance(row, Skipped)}
    assert skipped["ocr_float32_vs_faster_paddle"] == "faster-paddle small cannot be installed here"
    assert rows["ocr_vs_rapidocr_loop"]["value"] > 1
    assert rows["default_vs_rapidocr_alone_seconds"]["value"] == 1.0
    if has_bfloat16:
        assert rows["ocr_bfloat16_vs_rapidocr_loop"]["ours"]["size_chosen"]["size"] == min(ocr.SIZES)
    else:
        assert skipped["ocr_bfloat16_vs_rapidocr_loop"] == "this processor has no bfloat16 arithmetic"


def test_each_loop_has_a_name():
    assert list(LOOPS) == ["rapidocr", "faster-paddle-small", "faster-paddle-tiny", "image-to-string"]
