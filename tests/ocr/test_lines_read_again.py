"""Lines that one engine found, cut out, straightened, stacked and read again by Tesseract, with the real program."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from imagequant.core.records import Box, OcrAlternative, Word
from imagequant.ocr.engine import LineChecker, OcrError
from imagequant.ocr.line_pages import line_pages, may_hold_quantity
from imagequant.ocr.read import Reader
from imagequant.ocr.registry import build_engine
from imagequant.ocr.straight import cut_strip, dark_on_light, line_size
from imagequant.params import load_params

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml").ocr
FONT = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
ANGLES = [0, 90, 180, 270, 20, 340, 110]
SIZE = 40


def line(text: str, box: Box, angle: int = 0, *others: OcrAlternative) -> Word:
    return Word(text, box, 0.99, angle, "rapidocr", others)


def label(
    *rows: str, angle: int = 0, ink: str = "black", paper: str = "white"
) -> tuple[np.ndarray, list[Word], list[list[Box]]]:
    """A photo of rows of text turned clockwise by ``angle``, its lines as an engine finds them, and its words' places.

    Lines' boxes have the margin that detection leaves.
    """
    font = ImageFont.truetype(str(FONT), SIZE)
    side = 900
    image = Image.new("RGB", (side, side), paper)
    draw = ImageDraw.Draw(image)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), -angle, 1.0)

    def turned(box: tuple[float, ...], margin: float = 0.0) -> Box:
        x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
        corners = np.array([(x0, y0, 1), (x1, y0, 1), (x1, y1, 1), (x0, y1, 1)]) @ turn.T
        return Box(*map(float, corners.min(axis=0)), *map(float, corners.max(axis=0)))

    lines, words = [], []
    for number, row in enumerate(rows):
        x, y = 250, 330 + 90 * number
        draw.text((x, y), row, font=font, fill=ink)
        lines.append(line(row, turned(draw.textbbox((x, y), row, font=font), 8), angle))
        places = []
        for word in row.split():
            places.append(turned(draw.textbbox((x, y), word, font=font)))
            x += font.getlength(f"{word} ")
        words.append(places)
    pixels = cv2.warpAffine(
        np.asarray(image), turn, (side, side), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC
    )
    return pixels, lines, words


def overlap(one: Box, other: Box) -> float:
    shared = one.intersection(other)
    return shared / (one.area + other.area - shared)


@pytest.fixture(scope="module")
def tesseract():
    return build_engine("tesseract", PARAMS)


def read(engine, pixels: np.ndarray, lines: list[Word]) -> list[Word]:
    (words,) = engine.read_prepared([engine.prepare_lines(pixels, lines)])
    assert isinstance(words, list), words
    return words


# --- straightening


@pytest.mark.parametrize("angle", ANGLES)
def test_a_lines_size_follows_from_the_box_around_it(angle):
    _, (level,), _ = label("Net weight 500 g")
    _, (turned,), _ = label("Net weight 500 g", angle=angle)
    assert line_size(turned) == pytest.approx((level.box.width, level.box.height), abs=0.5)


def test_a_diagonal_box_does_not_say_how_its_line_lies():
    assert line_size(line("500 g", Box(0, 0, 100, 100), 45)) is None
    assert line_size(line("500 g", Box(0, 0, 2, 50))) is None, "a speck"


@pytest.mark.parametrize("angle", ANGLES)
def test_a_strip_is_level_and_leads_back_to_the_photo(angle):
    pixels, (found,), _ = label("Net weight 500 g", angle=angle)
    strip = cut_strip(pixels[:, :, 0], found, 48)
    assert strip.grey.shape[0] == 48
    assert strip.grey[24].min() < 60, "print in the middle"
    assert strip.grey[[0, -1]].min() > 200, "and none above and below"
    height, width = strip.grey.shape
    back = strip.box_on_photo(Box(0, 0, width, height))
    assert overlap(back, found.box) > 0.95


def test_a_line_outside_the_photo_is_no_strip():
    assert cut_strip(np.full((50, 50), 255, np.uint8), line("5 g", Box(80, 80, 120, 95)), 48) is None


def test_light_print_becomes_dark():
    _, found, _ = label("500 g")
    dark, light = label("500 g")[0][:, :, 0], label("500 g", ink="white", paper="black")[0][:, :, 0]
    strips = [cut_strip(grey, found[0], 48).grey.astype(int) for grey in (dark, light)]
    assert np.abs(strips[0] - strips[1]).max() <= 2


def test_faint_print_is_strengthened_and_an_empty_line_is_left():
    faint = np.full((20, 100), 180, np.uint8)
    faint[5:15, 20:40] = 140
    assert np.ptp(dark_on_light(faint)) == 255
    np.testing.assert_array_equal(dark_on_light(np.full((20, 100), 99, np.uint8)), np.full((20, 100), 99, np.uint8))


# --- which lines


@pytest.mark.parametrize(
    ("text", "others", "expected"),
    [
        ("Net 500 g", (), True),
        ("LBS", (), True),
        ("(cm)", (), True),
        ("fl. oz", (), True),
        ("Premium quality", (), False),
        ("in the box", (), False),
        ("SOO g", (OcrAlternative("500 g", 0.3),), True),
    ],
)
def test_lines_that_may_hold_a_quantity(text, others, expected):
    assert may_hold_quantity(line(text, Box(0, 0, 9, 9), 0, *others)) == expected


def test_a_photo_without_such_lines_has_no_page():
    pixels, lines, _ = label("Premium quality")
    assert line_pages(pixels[:, :, 0], lines) == ()
    assert line_pages(pixels[:, :, 0], []) == ()


def test_many_lines_are_several_pages_and_each_place_on_them_is_found():
    lines = [line(f"{number} g", Box(10 + number, 20, 60 + number, 40)) for number in range(100)]
    pages = line_pages(np.full((100, 300), 255, np.uint8), lines)
    assert [len(page.strips) for page in pages] == [64, 36]
    for page, found in zip(pages, (lines[:64], lines[64:]), strict=True):
        assert page.grey.shape[0] < 32_767
        for placed, each in zip(page.strips, found, strict=True):
            height, width = placed.strip.grey.shape
            box, angle = page.on_photo(Box(20, placed.top, 20 + width, placed.top + height))
            assert (angle, overlap(box, each.box)) == (0, pytest.approx(1.0, abs=0.05))


# --- reading


@pytest.mark.parametrize("angle", ANGLES)
def test_the_words_lie_on_the_print(tesseract, angle):
    pixels, lines, places = label("Net weight 500 g", "Premium quality", "230 V 50 Hz", angle=angle)
    words = read(tesseract, pixels, lines)
    assert " ".join(word.text for word in words) == "Net weight 500 g 230 V 50 Hz", "what holds no quantity is left out"
    assert {(word.angle, word.engine) for word in words} == {(angle, "tesseract")}
    for word, place in zip(words, [*places[0], *places[2]], strict=True):
        x, y = word.box.center
        assert place.x0 - 3 <= x <= place.x1 + 3 and place.y0 - 3 <= y <= place.y1 + 3


def test_light_print_on_dark_is_read(tesseract):
    pixels, lines, _ = label("500 g", "12 V", ink="#dddddd", paper="#303050")
    assert "".join(word.text for word in read(tesseract, pixels, lines)) == "500g12V"


def test_a_photo_without_text(tesseract):
    assert read(tesseract, np.full((50, 70, 3), 255, np.uint8), []) == []


def test_a_photos_reading_does_not_depend_on_what_is_read_with_it(tesseract):
    first, second = label("500 g", "230 V"), label("12.5 cm", angle=90)
    prepared = [
        tesseract.prepare_lines(*first[:2]),
        (),
        tesseract.prepare(first[0]),
        tesseract.prepare_lines(*second[:2]),
    ]
    assert tesseract.read_prepared(prepared) == [tesseract.read_prepared([each])[0] for each in prepared]


def test_one_photos_failure_is_no_other_ones(tesseract):
    pixels, lines, _ = label("500 g")
    good = tesseract.prepare_lines(pixels, lines)
    bad = (replace(good[0], grey=np.full((40_000, 10), 255, np.uint8)),)
    before, refused, after = tesseract.read_prepared([good, bad, good])
    assert before == after
    assert "".join(word.text for word in before) == "500g"
    assert isinstance(refused, OcrError)


def test_where_the_other_engine_found_next_to_nothing_the_whole_photo_is_read_too(tesseract):
    pixels, lines, _ = label("Net weight 500 g", "230 V 50 Hz")
    assert [type(page).__name__ for page in tesseract.prepare_lines(pixels, lines)] == ["LinePage"]
    for found in (lines, lines[:1], []):
        words = read(tesseract, pixels, found)
        assert " ".join(word.text for word in words) == "Net weight 500 g 230 V 50 Hz", "every word once"


# --- both engines


def test_only_an_engine_that_comes_later_goes_by_anothers_lines():
    both = Reader.build(replace(PARAMS, engines=("rapidocr", "tesseract")))
    rapidocr, tesseract = both.engines
    assert both.guide(rapidocr) is None
    assert both.guide(tesseract) is rapidocr
    first = Reader.build(replace(PARAMS, engines=("tesseract", "rapidocr")))
    assert [first.guide(engine) for engine in first.engines] == [None, None]
    photos = replace(PARAMS, tesseract=replace(PARAMS.tesseract, pages="photo"))
    assert not isinstance(build_engine("tesseract", photos), LineChecker)


@pytest.mark.parametrize("angle", [0, 90, 270])
def test_both_engines_read_the_same_quantity(angle):
    pixels, _, _ = label("Net weight 500 g", "Premium quality", angle=angle)
    reader = Reader.build(PARAMS)
    nothing = np.full((80, 90, 3), 255, np.uint8)
    (first, second), empty = reader.read([pixels, nothing])
    assert [word.text for word in first.words] == ["Net weight 500 g", "Premium quality"] or angle != 0
    assert [word.text for word in second.words] == ["Net", "weight", "500", "g"]
    assert all(abs(word.angle - angle) <= 2 for word in second.words)
    assert [(each.words, each.reason) for each in empty] == [((), ""), ((), "")]
    assert reader.read([nothing, pixels]) == [empty, [first, second]], "in whatever company"
