"""What the error browser is given: within its caps, in order, and unable to leave its script element."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imagequant.core.records import Box, Candidate, Mention, PhotoReading, Word
from imagequant.evaluation.scored_row import Evidence, score_row
from imagequant.imaging.decode import ImageError
from imagequant.model.answers import Answer
from imagequant.quantity.scoring import Quantity
from imagequant.stages.evaluate.browser import (
    LARGE,
    SMALL,
    SizeLimit,
    browser_row,
    embed_json,
    photo_numbers,
    photos_json,
    rows_json,
    thumbnail,
)
from imagequant.storage.labels import LabelRow
from imagequant.storage.tars import write_tar


def jpeg(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


NOISE = jpeg(np.random.default_rng(1).integers(0, 255, (900, 1400, 3), dtype=np.uint8))


def evidence(photo: str, row: int, *answers: tuple[str, float], truth: str = "1 gram") -> Evidence:
    value, _, unit = truth.partition(" ")
    number = float(value)
    label = LabelRow(
        row, "s.csv", row, "l", photo, "g", "item_weight", truth, "ok", "", number, unit, number, number, "validation",
        "{}",
    )  # fmt: skip
    candidates = []
    for text, _ in answers:
        value, _, unit = text.partition(" ")
        box = Box(0.4, 1.6, 10, 20)
        amount = float(value)
        candidates.append(Candidate(Mention(amount, unit, amount, amount), text, box, 0, 0.9, (), 0, (0,)))
    ranked = [
        Answer(Quantity(one.value, one.unit), confidence, confidence, (place,) * 5)
        for place, (one, (_, confidence)) in enumerate(zip(candidates, answers, strict=True))
    ]
    quantities = [answer.quantity for answer in ranked]
    return Evidence(score_row(label, quantities, (), ranked, 0.3), tuple(ranked), tuple(candidates))


@given(st.text() | st.sampled_from(["</script>", "<!--<script>", "]]>", "\u2028\u2029", "\ud800", "&lt;"]))
def test_embedded_text_comes_back_and_opens_nothing(text: str) -> None:
    made = embed_json({"text": text})
    assert json.loads(made) == {"text": text}
    assert not set("<>&\u2028\u2029") & set(made)
    made.encode("ascii")


@pytest.mark.parametrize("limit", [SMALL, LARGE, SizeLimit(160, 500)])
def test_noise_which_nothing_compresses_stays_within_the_limit(limit: SizeLimit) -> None:
    small = thumbnail(NOISE, limit)
    assert len(small) <= limit.size
    with Image.open(io.BytesIO(small)) as image:
        assert image.format == "WEBP"
        assert max(image.size) <= limit.side
        assert image.width / image.height == pytest.approx(1400 / 900, rel=0.05)


def test_a_plain_photo_keeps_its_pixels() -> None:
    flat = jpeg(np.full((900, 1400, 3), 200, dtype=np.uint8))
    with Image.open(io.BytesIO(thumbnail(flat, SMALL))) as image:
        assert image.size == (160, 103)
    assert thumbnail(flat, SMALL) == thumbnail(flat, SMALL)


def test_a_photo_that_is_none_is_an_error() -> None:
    with pytest.raises(ImageError):
        thumbnail(b"no photo", SMALL)


def test_the_right_answer_is_kept_however_unlikely() -> None:
    answers = [(f"{number} gram", 0.5 / number) for number in range(2, 12)]
    row = browser_row(evidence("a", 0, *answers, ("1 gram", 0.01)))
    assert [text for text, *_ in row.answers] == [
        "2 gram", "3 gram", "4 gram", "5 gram", "6 gram", "7 gram", "1 gram",
    ]  # fmt: skip
    assert [right for _, _, right, _ in row.answers] == [0] * 6 + [1]
    assert len(row.answers[0][3]) == 3  # of five places


def test_rows_name_their_photo_by_the_first_row_that_shows_it() -> None:
    rows = [browser_row(evidence(photo, row, ("2 ounce", 0.9))) for row, photo in enumerate("baab")]
    numbers = photo_numbers(rows)
    assert numbers == {"b": 0, "a": 1}
    listed = json.loads(rows_json(rows, numbers))
    assert [row["photo"] for row in listed] == [0, 1, 1, 0]
    assert listed[0]["units"] == ["gram", "ounce"]
    assert listed[0]["choices"] == [["2 ounce", 0.9, 0, [[0, 2, 10, 20]] * 3]]


def test_the_worst_photos_have_pictures_and_all_have_words(tmp_path: Path) -> None:
    write_tar(tmp_path / "00000.tar", [("c", NOISE), ("x", b"of no row"), ("a", NOISE)])
    write_tar(tmp_path / "00001.tar", [("b", NOISE)])
    words = (Word("5 g", Box(1, 2, 3, 4), 0.9, 90, "tesseract"),)
    readings = {name: PhotoReading(name, 1400, 900, words, ()) for name in "abc"}
    made = photos_json(readings, tmp_path, {"a": 0, "b": 1, "c": 2}, large=1, pictures=2)
    photos = {number: json.loads(text) for number, text in made}
    assert list(photos) == [2, 0, 1]  # as they lie in the shards, each read once
    assert photos[2] == {"width": 1400, "height": 900, "words": [["5 g", 1, 2, 3, 4, 90]], "image": ""}
    assert len(photos[0]["image"]) > len(photos[1]["image"]) > 1000
