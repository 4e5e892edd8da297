"""The recogniser with a part of its alphabet, against the whole one."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from imagequant.ocr.rapidocr.inference import OpenVinoModel
from imagequant.ocr.rapidocr.models import RECOGNISER, model_path
from imagequant.ocr.rapidocr.optimise import probabilities
from imagequant.ocr.rapidocr.recogniser import USUAL_SHAPE
from imagequant.ocr.rapidocr.rewriting.alphabet import Alphabet, read_characters, reduce_alphabet, with_alphabet
from imagequant.ocr.rapidocr.rewriting.scripts import is_in_scripts
from imagequant.params import SCRIPTS, load_params

ROOT = Path(__file__).parents[2]
DEFAULT = load_params(ROOT / "params.yaml").ocr.rapidocr.scripts


def shipped() -> ov.Model:
    return ov.Core().read_model(model_path(RECOGNISER))


@pytest.fixture(scope="module")
def characters() -> tuple[str, ...]:
    return read_characters(shipped())


@pytest.fixture(scope="module")
def alphabet(characters: tuple[str, ...]) -> Alphabet:
    return reduce_alphabet(characters, DEFAULT)


@pytest.mark.parametrize("package", ["quantity", "candidates"])
def test_the_ideographs_of_units_and_names_are_read_by_default(package, characters):
    text = "".join(path.read_text("utf-8") for path in (ROOT / "src/imagequant" / package).rglob("*.py"))
    ideographs = {each for each in text if unicodedata.name(each, "").startswith("CJK")} & set(characters)
    assert ideographs
    missing = {each for each in ideographs if not is_in_scripts(each, DEFAULT)}
    # Those that look like Latin print, one in a comment, and one that is left out (最多: at most).
    assert missing <= set("一口日手多")


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("a", "latin"),
        ("é", "latin"),
        ("β", "greek"),
        ("グ", "kana"),
        ("の", "kana"),
        ("克", "quantities"),
        ("幅", "quantities"),
        ("寬", "quantities"),
        ("龍", "chinese"),
        ("龙", "chinese"),
        ("龍", "japanese"),
        ("桜", "japanese"),
    ],
)
def test_characters_of_scripts(text, script):
    assert is_in_scripts(text, [script])
    assert is_in_scripts(text, ["all"])
    assert not is_in_scripts(text, [other for other in ("latin", "greek", "kana", "quantities") if other != script])


@pytest.mark.parametrize("text", "9½″µμΩ℃ .")
def test_digits_and_signs_need_no_script(text):
    assert is_in_scripts(text, ["kana"])


def test_kana_are_japanese():
    assert is_in_scripts("の", ["japanese"])


@pytest.mark.parametrize("text", ["十", "一", "口", "日"])
def test_what_looks_like_latin_print_is_not_read_by_default(text):
    assert not is_in_scripts(text, DEFAULT)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_has_characters(script, characters):
    signs = sum(not each.isalpha() for each in characters)
    assert len(reduce_alphabet(characters, [script]).characters) > signs


def test_most_of_the_alphabet_is_left_out_by_default(alphabet):
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
