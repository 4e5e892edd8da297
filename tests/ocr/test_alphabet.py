"""The recogniser with a part of its alphabet, against the whole one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from imagequant.candidates import propose
from imagequant.ocr.rapidocr.inference import OpenVinoModel
from imagequant.ocr.rapidocr.models import RECOGNISER, model_path
from imagequant.ocr.rapidocr.optimise import probabilities
from imagequant.ocr.rapidocr.recogniser import USUAL_SHAPE
from imagequant.ocr.rapidocr.rewriting.alphabet import (
    Alphabet,
    is_kept,
    read_characters,
    reduce_alphabet,
    with_alphabet,
)
from imagequant.quantity import cues, spelling


def shipped() -> ov.Model:
    return ov.Core().read_model(model_path(RECOGNISER))


@pytest.fixture(scope="module")
def alphabet() -> Alphabet:
    return reduce_alphabet(read_characters(shipped()))


def test_what_units_and_cue_words_are_written_with_is_kept():
    for module in (cues, spelling, propose):
        text = Path(module.__file__).read_text(encoding="utf-8")
        assert [character for character in set(text) if not is_kept(character)] == [], module.__name__


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a", True),
        ("9", True),
        ("½", True),
        ("″", True),
        ("µ", True),
        ("é", True),
        (" ", True),
        ("克", True),
        ("龍", False),
        ("的", False),
    ],
)
def test_kept_characters(text, kept):
    assert is_kept(text) == kept


def test_most_of_the_alphabet_is_left_out(alphabet):
    assert alphabet.symbols[0] == 0
    assert len(alphabet.symbols) == len(alphabet.characters) + 1
    assert 1000 < len(alphabet.characters) < 4000
    assert set("0123456789.,/½ gkmlVW″'") <= set(alphabet.characters)


def test_its_scores_are_those_of_the_whole_among_what_is_kept(alphabet):
    crop = np.random.default_rng(1).integers(0, 256, (1, 48, 128, 3), dtype=np.uint8)
    whole = OpenVinoModel(shipped(), "f32", USUAL_SHAPE)(crop).copy()
    part = probabilities(OpenVinoModel(with_alphabet(shipped(), alphabet), "f32", USUAL_SHAPE)(crop))
    kept = whole[0][:, list(alphabet.symbols)]
    np.testing.assert_allclose(part, kept / kept.sum(axis=1, keepdims=True), atol=1e-3)
