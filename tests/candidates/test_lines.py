"""Words to lines: columns, turned text, gaps, and boxes of parts of a line."""

from __future__ import annotations

import math

import pytest

from imagequant.candidates.lines import direction, reading_lines, to_level
from imagequant.candidates.tokens import line_tokens, tokens_in
from imagequant.core.records import Box, Word

GAP = 1.5


def word(text: str, x: float, y: float, width: float = 40, height: float = 20, angle: int = 0, engine="e") -> Word:
    return Word(text, Box(x, y, x + width, y + height), 0.9, angle, engine)


def texts(words, gap=GAP) -> list[str]:
    return [line.text for line in reading_lines(words, gap)]


def test_words_of_a_line_are_joined_in_the_order_of_reading():
    assert texts([word("g", 45, 2), word("500", 0, 0), word("net", 90, 1)]) == ["500 g net"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["1200", "와", "트"], "1200 와트"),
        (["高", "度", "45", "厘", "米"], "高度 45 厘米"),
        (["Вес", "кг"], "Вес кг"),
        (["キロ", "g"], "キロ g"),
    ],
)
def test_parts_of_words_without_blanks_are_put_together(words, expected):
    (line,) = reading_lines([word(text, 45 * place, 0) for place, text in enumerate(words)], GAP)
    assert line.text == expected
    assert [line.text[start:end] for start, end in line.spans] == words


def test_lines_go_from_top_to_bottom():
    assert texts([word("below", 0, 60), word("above", 0, 0), word("middle", 0, 30)]) == ["above", "middle", "below"]


@pytest.mark.parametrize(("distance", "expected"), [(29, ["a b"]), (31, ["a", "b"])])
def test_a_gap_of_one_and_a_half_heights_parts_lines(distance, expected):
    assert texts([word("a", 0, 0), word("b", 40 + distance, 0)]) == expected


def test_two_columns_stay_apart():
    left = [word("Width", 0, 0), word("10", 45, 0), word("Height", 0, 30), word("20", 45, 30)]
    right = [word("Volt", 300, 2), word("5", 345, 2), word("Watt", 300, 32), word("6", 345, 32)]
    assert texts([*right, *left]) == ["Width 10", "Volt 5", "Height 20", "Watt 6"]


def test_words_of_much_different_height_are_not_one_line():
    assert len(texts([word("500", 0, 0, height=60), word("small", 45, 20, height=20)])) == 2


def test_text_turned_clockwise_runs_down():
    """90 degrees: the line is read from top to bottom, a second line lies to its left."""
    words = [
        word("cm", 100, 45, 20, 40, 90),
        word("30", 100, 0, 20, 40, 90),
        word("next", 70, 0, 20, 40, 90),
    ]
    assert texts(words) == ["30 cm", "next"]


def test_text_turned_counter_clockwise_runs_up():
    words = [
        word("cm", 100, 0, 20, 40, 270),
        word("30", 100, 45, 20, 40, 270),
        word("next", 130, 45, 20, 40, 270),
    ]
    assert texts(words) == ["30 cm", "next"]


def test_text_upside_down_runs_left():
    assert texts([word("cm", 0, 0, angle=180), word("30", 45, 0, angle=180)]) == ["30 cm"]


def test_directions_do_not_mix():
    assert texts([word("a", 0, 0), word("b", 45, 0, angle=90)]) == ["a", "b"]


@pytest.mark.parametrize(
    ("angle", "expected"), [(0, 0), (3, 0), (357, 0), (44, 0), (80, 90), (100, 90), (182, 180), (265, 270), (-90, 270)]
)
def test_directions_are_quarter_turns(angle, expected):
    assert direction(angle) == expected


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_levelled_boxes_keep_their_sides(angle):
    level = to_level(Box(10, 20, 40, 30), angle)
    sides = (level.width, level.height)
    assert sides == ((30, 10) if angle in (0, 180) else (10, 30))


@pytest.mark.parametrize(
    ("angle", "box", "expected"),
    [
        # "500 g" in one word: its last character, of five
        (0, Box(0, 0, 50, 10), Box(40, 0, 50, 10)),
        (180, Box(0, 0, 50, 10), Box(0, 0, 10, 10)),
        (90, Box(0, 0, 10, 50), Box(0, 40, 10, 50)),
        (270, Box(0, 0, 10, 50), Box(0, 0, 10, 10)),
    ],
)
def test_the_box_of_a_part_of_a_word(angle, box, expected):
    (line,) = reading_lines([Word("500 g", box, 1.0, angle, "e")], GAP)
    assert line.box_at(4, 5) == expected


def test_the_box_of_a_part_over_two_words():
    (line,) = reading_lines([word("net500", 0, 0, 60), word("gram", 65, 0, 40)], GAP)
    assert line.text == "net500 gram"
    assert line.box_at(3, 11) == Box(30, 0, 105, 20)
    assert [w.text for w in line.words_at(3, 11)] == ["net500", "gram"]
    assert [w.text for w in line.words_at(0, 3)] == ["net500"]


@pytest.mark.parametrize(
    ("angle", "box", "expected"),
    [
        (0, Box(0, 0, 100, 10), Box(65, 0, 100, 10)),
        (180, Box(0, 0, 100, 10), Box(0, 0, 35, 10)),
        (90, Box(0, 0, 10, 100), Box(0, 65, 10, 100)),
        (270, Box(0, 0, 10, 100), Box(0, 0, 10, 35)),
    ],
)
def test_a_part_begins_halfway_between_the_centres_of_two_characters(angle, box, expected):
    # "WW il": wide letters take most of the word
    centers = (0.15, 0.4, 0.6, 0.7, 0.9)
    (line,) = reading_lines([Word("WW il", box, 1.0, angle, "e", centers=centers)], GAP)
    part = line.box_at(3, 5)
    assert (part.x0, part.y0, part.x1, part.y1) == pytest.approx((expected.x0, expected.y0, expected.x1, expected.y1))
    assert line.box_at(0, 5) == box


def test_another_reading_of_a_word_lies_where_the_word_does():
    centers = (0.1, 0.2, 0.3, 0.5, 0.9)
    (line,) = reading_lines([Word("1.5 m", Box(0, 0, 100, 10), 1.0, 0, "e", centers=centers)], GAP)
    assert line.with_text(0, "7.5 m").box_at(4, 5) == line.box_at(4, 5)
    # "15 m" and "1.5 m" both begin and end with the print
    shorter = line.with_text(0, "15 m")
    assert shorter.box_at(0, 2).x0 == 0
    assert shorter.box_at(3, 4) == Box(pytest.approx(60, abs=5), 0, 100, 10)


def test_the_part_of_a_tilted_line():
    # 200 long and 20 high, tilted by 30 degrees
    c, s = math.cos(math.radians(30)), math.sin(math.radians(30))
    box = Box(0, 0, 200 * c + 20 * s, 200 * s + 20 * c)
    (line,) = reading_lines([Word("12345678", box, 1.0, 30, "e")], GAP)
    part = line.box_at(4, 8)
    assert (part.width, part.height) == pytest.approx((100 * c + 20 * s, 100 * s + 20 * c))
    assert part.center == pytest.approx((box.center[0] + 50 * c, box.center[1] + 50 * s))
    whole = line.box_at(0, 8)
    assert (whole.x0, whole.y0, whole.x1, whole.y1) == pytest.approx((box.x0, box.y0, box.x1, box.y1))


def test_the_parts_of_a_tilted_line_stay_in_its_box():
    for tilt in (5, 17, 30, -23):
        for width, height in ((311.37, 90.13), (97.1, 55.9)):
            box = Box(0.0, 0.0, width, height)
            (line,) = reading_lines([Word("12345678", box, 1.0, tilt, "e")], GAP)
            parts = [line.box_at(first, first + 1) for first in range(8)]
            assert all(0 <= part.x0 <= part.x1 <= width and 0 <= part.y0 <= part.y1 <= height for part in parts)


def test_no_words_no_lines():
    assert reading_lines([], GAP) == []


def test_tokens_are_cut_at_blanks_with_their_own_boxes():
    tokens = line_tokens(reading_lines([Word("net 500 g", Box(0, 0, 90, 10), 0.8, 0, "rapidocr")], GAP))
    assert [(t.text, t.box.x0, t.box.x1) for t in tokens] == [("net", 0, 30), ("500", 40, 70), ("g", 80, 90)]
    assert {(t.confidence, t.engine) for t in tokens} == {(0.8, "rapidocr")}


def test_the_same_text_twice_is_two_tokens():
    tokens = line_tokens(reading_lines([Word("5 5", Box(0, 0, 30, 10), 0.8, 0, "e")], GAP))
    assert [t.box.x0 for t in tokens] == [0, 20]


def test_tokens_in_a_box_or_else_the_nearest():
    tokens = [word("a", 0, 0), word("b", 100, 0), word("c", 200, 0)]
    assert tokens_in(Box(90, 0, 250, 20), tokens) == (1, 2)
    assert tokens_in(Box(150, 50, 151, 60), tokens) == (1,)
    assert tokens_in(Box(0, 0, 1, 1), []) == ()
