"""What single photos hold: kinds, shares of questions, labels that agree with the text drawn."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from imagequant.quantity.labels import parse_label
from imagequant.quantity.units import ENTITIES
from imagequant.stages.catalogue import amounts, electric_words, pack_words, side_notes
from imagequant.stages.catalogue.canvas import Canvas, Ink, part_mark
from imagequant.stages.catalogue.dice import roll
from imagequant.stages.catalogue.fonts import FALLBACK, Face, covers
from imagequant.stages.catalogue.geometry import bounds
from imagequant.stages.catalogue.length_questions import ask_lengths
from imagequant.stages.catalogue.lengths import LengthStyle, Written, write_length
from imagequant.stages.catalogue.photo import KINDS, Kind, choose_kind
from imagequant.stages.catalogue.records import Amount, Answer
from imagequant.stages.catalogue.size_words import crossed

DEJAVU = Face("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf")


def _style(**changes: object) -> LengthStyle:
    values: dict[str, object] = {
        "first": "centimetre",
        "first_spelling": " cm",
        "second": None,
        "second_spelling": "",
        "join": "{a}/{b}",
        "decimals": 1,
        "second_decimals": 1,
        "step": 1.0,
        "comma": False,
        "fraction": "none",
        "bare": False,
        "fixed": False,
        "prefer_second": False,
        "feet": None,
    }
    return LengthStyle(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("centimetres", "changes", "lines", "amount"),
    [
        (20.14, {}, ("20.1 cm",), Amount(20.1, "centimetre")),
        (20.14, {"comma": True}, ("20,1 cm",), Amount(20.1, "centimetre")),
        (20.0, {"fixed": True}, ("20.0 cm",), Amount(20.0, "centimetre")),
        (20.0, {"bare": True}, ("20",), Amount(20.0, "centimetre")),
        (
            20.0,
            {"second": "inch", "second_spelling": '"', "join": "{a} ({b})"},
            ('20 cm (7.9")',),
            Amount(20.0, "centimetre"),
        ),
        # Two lines: the label is the first unless the style prefers the second.
        (
            20.0,
            {"second": "inch", "second_spelling": "in", "join": "{a}\n{b}"},
            ("20 cm", "7.9in"),
            Amount(20.0, "centimetre"),
        ),
        (
            20.0,
            {"second": "inch", "second_spelling": "in", "join": "{a}\n{b}", "prefer_second": True},
            ("20 cm", "7.9in"),
            Amount(7.9, "inch"),
        ),
        (31.75, {"first": "inch", "first_spelling": '"', "fraction": "glyph"}, ('12½"',), Amount(12.5, "inch")),
        (31.75, {"first": "inch", "first_spelling": '"', "fraction": "dash"}, ('12-1/2"',), Amount(12.5, "inch")),
        (160.02, {"first": "inch", "first_spelling": '"', "feet": ("'", '"')}, ("5'3\"",), Amount(63.0, "inch")),
        # Whole feet carry no inches and no hanging space.
        (152.4, {"first": "inch", "first_spelling": '"', "feet": ("ft ", "in")}, ("5ft",), Amount(60.0, "inch")),
        (103.0, {"step": 5.0, "decimals": 0}, ("105 cm",), Amount(105.0, "centimetre")),
    ],
)
def test_lengths_are_written_as_the_style_says(
    centimetres: float, changes: dict[str, object], lines: tuple[str, ...], amount: Amount
) -> None:
    written = write_length(_style(**changes), centimetres)
    assert written.lines == lines
    assert written.amount == amount


def test_a_size_string_says_what_its_parts_answer() -> None:
    for number in range(60):
        line = crossed(roll(number), (31.4, 12.2, 8.8), flat=number % 2 == 0)
        for start, end, amount in line.parts.values():
            assert line.text[start:end].startswith(f"{amount.value:g}")


def test_depth_names_the_longest_length_about_seven_times_in_ten() -> None:
    shown = {
        axis: Written((axis,), Amount(value, "centimetre"), 0)
        for axis, value in (("height", 30.0), ("width", 80.0), ("third", 20.0))
    }
    depths = [
        answer.label
        for number in range(1500)
        for answer in ask_lengths(roll(number), shown)
        if answer.entity == "depth"
    ]
    assert set(depths) == {"80.0 centimetre", "20.0 centimetre"}
    assert 0.6 < depths.count("80.0 centimetre") / len(depths) < 0.75


def test_an_axis_not_drawn_has_no_answer() -> None:
    shown = {"width": Written(("8 cm",), Amount(8.0, "centimetre"), 0)}
    heights = {a.label for n in range(300) for a in ask_lengths(roll(n), shown) if a.entity == "height"}
    assert heights == {""}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_draws_answers_where_it_says(kind: Kind) -> None:
    for number in range(4):
        scene = kind.draw(roll(77, number))
        assert scene.answers
        for answer in scene.answers:
            assert parse_label(answer.label, answer.entity).status == ("ok" if answer.key else "empty")
            if answer.key is not None:
                frame = bounds(scene.canvas.marks[answer.key].quad)
                assert frame.width > 1
                assert frame.height > 1


def test_kinds_and_questions_come_in_the_shares_wanted() -> None:
    answers: list[Answer] = []
    kinds: Counter[str] = Counter()
    # Questions are decided by the dice alone; drawing all photos would take minutes.
    for number in range(130):
        kind = choose_kind(5, 0, number)
        kinds[kind.name] += 1
        answers += kind.draw(roll(5, 0, number, 1)).answers
    assert set(kinds) == {kind.name for kind in KINDS}
    shares = Counter(answer.entity for answer in answers)
    for entity in ENTITIES:
        assert shares[entity] / len(answers) > 0.03, entity
    assert 0.03 < sum(not answer.label for answer in answers) / len(answers) < 0.14


def test_text_is_drawn_inside_its_mark() -> None:
    for angle in (0.0, 90.0, 270.0, 35.0):
        canvas = Canvas.blank(300, 300)
        canvas.text((150, 150), "12.5 cm", Ink(DEJAVU, 24), angle=angle, key="a")
        dark = np.argwhere(np.asarray(canvas.image.convert("L")) < 128) / 2
        frame = bounds(canvas.marks["a"].quad)
        assert frame.y0 - 1.5 <= dark[:, 0].min() <= dark[:, 0].max() <= frame.y1 + 1.5
        assert frame.x0 - 1.5 <= dark[:, 1].min() <= dark[:, 1].max() <= frame.x1 + 1.5
        assert canvas.marks["a"].angle == angle


def test_the_mark_of_a_part_lies_at_its_characters() -> None:
    canvas = Canvas.blank(400, 60)
    ink = Ink(DEJAVU, 30)
    canvas.text((10, 30), "II  88", ink, "lm", key="a")
    part = bounds(part_mark(canvas.marks["a"], ink, 4, 6).quad)
    gray = np.asarray(canvas.image.convert("L"))
    columns = np.flatnonzero((gray < 128).any(axis=0)) / 2
    assert abs(part.x1 - columns.max()) < 3
    assert part.x0 > 10 + 0.3 * (columns.max() - 10)


def test_every_word_has_its_glyphs() -> None:
    texts = [spelling for spellings in amounts.SPELLINGS.values() for spelling, _ in spellings]
    for words in (pack_words, electric_words, side_notes):
        for name in dir(words):
            value = getattr(words, name)
            if isinstance(value, tuple) and value and isinstance(value[0], str):
                texts += value
    missing = [text for text in texts if not covers(FALLBACK, text)]
    assert len(texts) > 200
    assert not missing
