"""What single photos hold: kinds, shares of questions, labels that agree with the text drawn."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.quantity.labels import parse_label
from imagequant.synthetic.goods.kinds import any_shape
from imagequant.synthetic.lettering import amounts, electric_words, pack_words
from imagequant.synthetic.lettering.dimension_lines import draw_label, line_style
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, write_length
from imagequant.synthetic.photo import KINDS, Kind, choose_kind
from imagequant.synthetic.records import Amount, SceneQuestion
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import WHITE
from imagequant.synthetic.render.fonts import FALLBACK, FontFace, covers
from imagequant.synthetic.render.geometry import bounds
from imagequant.synthetic.render.rng import seeded_rng
from imagequant.synthetic.scenes import common, competing_amounts, drawing, nutrition
from imagequant.synthetic.scenes.pack import food, supplement
from imagequant.synthetic.scenes.size import crossed

DEJAVU = FontFace("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf")


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
        "second_fraction": "none",
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
        (
            50.2,
            {"second": "inch", "second_spelling": '"', "second_fraction": "space", "join": "{a} ({b})"},
            ('50.2 cm (19 3/4")',),
            Amount(50.2, "centimetre"),
        ),
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
        line = crossed(seeded_rng(number), (31.4, 12.2, 8.8), flat=number % 2 == 0)
        for start, end, amount in line.parts.values():
            assert line.text[start:end].startswith(f"{amount.value:g}")


def _shown(**centimetres: float) -> dict[str, Written]:
    return {axis: Written((axis,), Amount(value, "centimetre"), 0) for axis, value in centimetres.items()}


@pytest.mark.parametrize(
    ("printed", "labels"),
    [
        ({"height": 30.0, "width": 80.0, "third": 20.0}, {"height": "30.0", "width": "80.0", "depth": "20.0"}),
        ({"height": 30.0, "width": 80.0}, {"height": "30.0", "width": "80.0", "depth": ""}),
        ({"width": 50.0, "third": 20.0}, {"height": "", "width": "50.0", "depth": "20.0"}),
        ({"height": 8.0}, {"height": "8.0", "width": "", "depth": ""}),
    ],
)
def test_each_question_is_answered_by_its_own_length_or_not_at_all(
    printed: dict[str, float], labels: dict[str, str]
) -> None:
    asked = {answer.entity: answer.label for answer in common.ask_lengths(_shown(**printed))}
    assert asked == {entity: f"{value} centimetre" if value else "" for entity, value in labels.items()}


def test_goods_with_two_lengths_stand_mostly_and_spread_in_proportion() -> None:
    shapes = [any_shape(seeded_rng(3, number)) for number in range(1500)]
    assert all(good.aspect[0] <= aspect <= good.aspect[1] for good, aspect in shapes)
    assert 0.55 < np.mean([aspect < 1 for _, aspect in shapes]) < 0.67
    spread = np.percentile([abs(math.log(aspect)) for _, aspect in shapes], (10, 25, 50, 75, 90))
    assert spread == pytest.approx([0.15, 0.33, 0.67, 1.15, 2.1], rel=0.2)


def test_two_lengths_are_what_drawings_print_most() -> None:
    printed: Counter[int] = Counter()
    for number in range(80):
        texts = {mark.text for key, mark in drawing.draw(seeded_rng(12, number)).canvas.marks.items() if key != "note"}
        printed[min(len(texts), 4)] += 1
    assert 0.3 < printed[2] / printed.total() < 0.6
    assert 0.18 < printed[1] / printed.total() < 0.42
    assert printed[3] and printed[4]


def test_a_supplements_net_weight_wins_over_its_dose_and_a_dose_alone_is_mostly_no_weight() -> None:
    packs = [supplement(seeded_rng(4, number)) for number in range(800)]
    both = [pack for pack in packs if pack.dose]
    assert 0.22 < len(both) / len(packs) < 0.38
    for pack in both:
        assert pack.answers[0].key == "amount"
        assert _value(pack.answers[0]) in pack.amount_text.replace(",", ".")
    alone = [pack for pack in packs if not pack.dose]
    assert 0.5 < np.mean([not pack.answers[0].label for pack in alone]) < 0.7


def test_food_is_labelled_with_its_net_weight_if_it_prints_one_whatever_doses_stand_beside_it() -> None:
    packs = [food(seeded_rng(6, number)) for number in range(600)]
    assert 0.2 < np.mean([bool(pack.strip) for pack in packs]) < 0.45
    assert 0.05 < np.mean([not pack.amount_text for pack in packs]) < 0.2
    for pack in packs:
        assert pack.answers[0].key == ("amount" if pack.amount_text else None)
        if not pack.amount_text:
            continue
        unit = pack.answers[0].label.split()[-1]
        assert unit in ("gram", "kilogram", "ounce", "pound")


def test_a_multi_packs_label_is_the_whole_in_half_of_those_that_print_it() -> None:
    whole = Counter(
        _value(pack.answers[0]) == max(re.findall(r"\d+(?:\.\d+)?", pack.amount_text), key=float)
        for pack in (food(seeded_rng(8, number)) for number in range(3000))
        if re.search(r"\d ?[x×] ?\d", pack.amount_text) and re.search(r"[(=/]", pack.amount_text)
    )
    assert whole.total() > 100
    assert 0.38 < whole[True] / whole.total() < 0.62


def test_nutrition_tables_come_with_a_net_amount_nearly_always() -> None:
    scenes = [nutrition.draw(seeded_rng(9, number)) for number in range(24)]
    stated = [scene for scene in scenes if scene.answers[0].key == "net"]
    assert 16 <= len(stated) < 24
    heights = [bounds(scene.canvas.marks["net"].quad).y0 / scene.canvas.height for scene in stated]
    assert min(heights) < 0.3
    assert max(heights) > 0.6


def test_rival_amounts_are_answered_by_the_one_that_is_asked_for() -> None:
    keys: Counter[str] = Counter()
    for number in range(40):
        scene = competing_amounts.draw(seeded_rng(10, number))
        for answer in scene.answers:
            assert answer.key is not None
            keys[answer.key] += 1
            assert _value(answer) in scene.canvas.marks[answer.key].text
    assert set(keys) == {"load", "own", "power", "piece", "whole"}


def _value(answer: SceneQuestion) -> str:
    return f"{float(answer.label.split()[0]):.10g}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_draws_answers_where_it_says(kind: Kind) -> None:
    for number in range(4):
        scene = kind.draw(seeded_rng(77, number))
        assert scene.answers
        for answer in scene.answers:
            assert parse_label(answer.label, CONTEST.entities[answer.entity]).status == (
                "ok" if answer.key else "empty"
            )
            if answer.key is not None:
                frame = bounds(scene.canvas.marks[answer.key].quad)
                assert frame.width > 1
                assert frame.height > 1


def test_kinds_and_questions_come_in_the_shares_wanted() -> None:
    answers: list[SceneQuestion] = []
    kinds: Counter[str] = Counter()
    # Questions are decided by the rng alone; drawing all photos would take minutes.
    for number in range(130):
        kind = choose_kind(KINDS, 5, 0, number)
        kinds[kind.name] += 1
        answers += kind.draw(seeded_rng(5, 0, number, 1)).answers
    assert set(kinds) == {kind.name for kind in KINDS}
    shares = Counter(answer.entity for answer in answers)
    for entity in CONTEST.names:
        assert shares[entity] / len(answers) > 0.02, entity
    assert 0.12 < sum(not answer.label for answer in answers) / len(answers) < 0.4, "about as in the contest's test set"


def test_text_is_drawn_inside_its_mark() -> None:
    for angle in (0.0, 90.0, 270.0, 35.0):
        canvas = Canvas.blank(300, 300)
        canvas.text((150, 150), "12.5 cm", Ink(DEJAVU, 24), angle=angle, key="a")
        dark = np.argwhere(np.asarray(canvas.image.convert("L")) < 128) / 2
        frame = bounds(canvas.marks["a"].quad)
        assert frame.y0 - 1.5 <= dark[:, 0].min() <= dark[:, 0].max() <= frame.y1 + 1.5
        assert frame.x0 - 1.5 <= dark[:, 1].min() <= dark[:, 1].max() <= frame.x1 + 1.5
        assert canvas.marks["a"].angle == angle


@pytest.mark.parametrize(("goods", "outlined"), [((20, 20, 20), True), ((200, 200, 200), False)])
def test_labels_over_goods_of_their_own_lightness_are_outlined(goods: tuple[int, int, int], outlined: bool) -> None:
    canvas = Canvas.blank(300, 300)
    canvas.fill([(0, 0), (150, 0), (150, 300), (0, 300)], goods)
    style = replace(line_style(seeded_rng(1), WHITE, 300), ink=Ink(DEJAVU, 24), boxed=None)
    draw_label(canvas, (150, 150), Written(("18 cm",), Amount(18, "centimetre"), 0), style, 0.0, "a")
    over_goods = canvas.luminances(replace(bounds(canvas.marks["a"].quad), x1=145))
    assert np.ptp(over_goods) > 0.6, "black letters on black goods could not be told from them"
    assert (over_goods.max() > 0.9) == outlined, "white pixels where there is a white rim only"


def test_the_mark_of_a_part_lies_at_its_characters() -> None:
    canvas = Canvas.blank(400, 60)
    ink = Ink(DEJAVU, 30)
    canvas.text((10, 30), "II  88", ink, "lm", key="a")
    part = bounds(canvas.marks["a"].part(4, 6).quad)
    gray = np.asarray(canvas.image.convert("L"))
    columns = np.flatnonzero((gray < 128).any(axis=0)) / 2
    assert abs(part.x1 - columns.max()) < 3
    assert part.x0 > 10 + 0.3 * (columns.max() - 10)
    np.testing.assert_allclose(canvas.marks["a"].part(4, 6).part(1, 2).quad, canvas.marks["a"].part(5, 6).quad)


def test_every_word_has_its_glyphs() -> None:
    texts = [spelling for spellings in amounts.SPELLINGS.values() for spelling, _ in spellings]
    for words in (pack_words, electric_words, common, competing_amounts):
        for name in dir(words):
            value = getattr(words, name)
            if isinstance(value, tuple) and value and isinstance(value[0], str):
                texts += value
    missing = [text for text in texts if not covers(FALLBACK, text)]
    assert len(texts) > 200
    assert not missing
