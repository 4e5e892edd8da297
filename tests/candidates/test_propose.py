"""Words to candidates, and the recall measured on them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contest import CONTEST

from imagequant.candidates.lines import Line, reading_lines
from imagequant.candidates.photo import photo_candidates, read_photo
from imagequant.candidates.propose import propose, propose_ocr_alternatives
from imagequant.candidates.tokens import line_tokens
from imagequant.core.records import LINE_SEGMENT_FEATURES, Box, OcrAlternative, PhotoReading, PhotoWords, Word
from imagequant.evaluation.oracle_recall import recall_rows, summarise
from imagequant.params import CandidatesParams
from imagequant.storage.candidates import ReadQuantities, write_readings
from imagequant.storage.labels import LabelRow

GAP = 1.5
PARAMS = CandidatesParams(GAP, 120, line_segments=True, ocr_alternatives=True, dual_unit_corrections=True)


def word(text, x, y, width=40, height=20, angle=0, engine="rapidocr", confidence=0.9) -> Word:
    return Word(text, Box(x, y, x + width, y + height), confidence, angle, engine)


def no_segments(box: Box, angle: int) -> tuple[float, ...]:
    return (0.0,) * LINE_SEGMENT_FEATURES


def lines(words) -> list[Line]:
    return reading_lines(words, GAP)


def found(words) -> list[tuple[float, str, str]]:
    return [(p.value, p.unit, p.mention.form) for p in propose(lines(words), PARAMS, CONTEST)]


def test_the_unit_in_the_next_box():
    (proposal,) = propose(lines([word("500", 0, 0), word("g", 45, 0, 15, confidence=0.4)]), PARAMS, CONTEST)
    assert (proposal.value, proposal.unit, proposal.text) == (500, "gram", "500 g")
    assert proposal.box == Box(0, 0, 60, 20)
    assert proposal.confidence == 0.4, "no surer than its least sure word"


def test_the_unit_in_a_box_too_far_away():
    assert found([word("500", 0, 0), word("g", 300, 0, 15)]) == []


def test_the_unit_under_the_number():
    (proposal,) = propose(lines([word("350", 0, 0, 80, 40), word("LBS", 15, 50, 50, 20)]), PARAMS, CONTEST)
    assert (proposal.value, proposal.unit, proposal.mention.form) == (350, "pound", "stacked")
    assert proposal.box == Box(0, 0, 80, 70), "both lines"


@pytest.mark.parametrize(
    ("x", "y", "text"),
    [
        (15, 90, "LBS"),  # too far below
        (200, 50, "LBS"),  # beside it
        (15, 50, "LBS 20"),  # has a number of its own
        (15, 50, "USERS"),  # is no unit
    ],
)
def test_what_is_not_the_unit_of_the_number_above(x, y, text):
    assert [form for *_, form in found([word("350", 0, 0, 80, 40), word(text, x, y, 50, 20)])] == []


def test_the_unit_under_turned_text_is_beside_it_on_the_photo():
    words = [word("350", 60, 0, 40, 80, 270), word("LBS", 110, 15, 20, 50, 270)]
    assert found(words) == [(350, "pound", "stacked")]


def test_the_unit_is_the_last_word_of_a_line_that_begins_in_another_column():
    words = [word("228", 200, 0, 40, 20), word("Weight:", 90, 24, 80, 20), word("grams.", 190, 26, 60, 20)]
    assert found(words) == [(228, "gram", "stacked")]
    assert found([*words[:1], word("made", 90, 24, 80, 20), word("in one", 190, 26, 60, 20)]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('56.2 cm (22 1½")', [56.2, 22.125]),
        ('45 cm (17 ∛/4")', [45, 17.75]),
        ('45 cm (1 ∛/4")', [45]),
        ('31 cm (12 1/4")', [31, 12.25]),
        ('12 cm (5")', [12, 5]),  # rounded
        ('25 cm (98.4")', [25, 98.4, 250, 9.84]),  # one of them lost its decimal point
        ('10 x 20 cm (4 x 8")', [10, 20, 4, 8]),
        ('10 cm, handle 3"', [10, 3]),  # no copy
    ],
)
def test_a_copy_in_brackets_that_is_another_amount_was_misread_and_is_mended_or_left_out(text, expected):
    assert [value for value, *_ in found([word(text, 0, 0, 200)])] == expected
    first, bracket, rest = text.partition("(")
    if bracket and "98.4" not in text:  # decimal points are corrected on one line only
        stacked = [word(first.strip(), 0, 0, 100), word(bracket + rest, 0, 24, 100)]
        assert [value for value, *_ in found(stacked)] == expected


@pytest.mark.parametrize(
    "note", ["Unit: cm", "(unit:cm)", "Dimensions in cm", "单位:cm", "Maße: cm", "单位：厘米", "Размеры в см"]
)
def test_a_note_gives_bare_numbers_their_unit(note):
    words = [word(note, 0, 0, 100), word("30", 0, 100), word("45.5", 300, 200)]
    assert found(words) == [(30, "centimetre", "noted"), (45.5, "centimetre", "noted")]


def test_a_note_does_not_reach_into_sentences():
    words = [word("unit: cm", 0, 0, 100), word("over 1000 happy customers since 1998", 0, 100, 500)]
    assert found(words) == []


@pytest.mark.parametrize(
    ("x", "y", "unit"),
    [
        (400, 3, "gram"),  # in the next column of a table
        (5, 30, "gram"),  # under it
        (400, 40, ""),  # in another row
        (200, 30, ""),  # under it, in another column
        (5, 90, ""),  # too far below
    ],
)
def test_a_name_in_another_cell_gives_the_number_its_unit(x, y, unit):
    words = [word("Net weight (g)", 0, 0, 100), word("500", x, y)]
    assert found(words) == ([(500, unit, "noted")] if unit else [])


def test_of_several_names_on_a_row_the_nearest_counts():
    cells = [word("Net weight (g)", 0, 0, 100), word("500", 150, 0), word("Power (W)", 250, 0, 90), word("33", 400, 0)]
    assert found(cells) == [(500, "gram", "noted"), (33, "watt", "noted")]


def test_a_name_gives_no_unit_to_numbers_within_a_text():
    words = [word("Net weight (g)", 0, 0, 100), word("Model 500", 400, 0, 100)]
    assert found(words) == []


def test_a_note_of_another_kind_of_unit_is_none():
    assert found([word("unit: kg", 0, 0, 100), word("30", 0, 100)]) == []


def test_the_box_of_a_mention_is_its_part_of_the_line():
    (proposal,) = propose(lines([word("abcdef 500 g net", 0, 0, 160)]), PARAMS, CONTEST)
    assert proposal.box == Box(70, 0, 120, 20)
    assert proposal.cues == ("net_weight",)


def test_cues_of_the_line_above_count():
    weight, _ = propose(
        lines([word("Net weight", 0, 0, 100), word("500 g", 0, 25, 60), word("5 V", 500, 300)]), PARAMS, CONTEST
    )
    assert weight.cues == ("net_weight", "weight")


def test_turned_text_keeps_its_angle():
    (proposal,) = propose(lines([word("30 cm", 0, 0, 20, 100, 270)]), PARAMS, CONTEST)
    assert (proposal.angle, proposal.value) == (270, 30)


def candidates(merged, own, limit=100):
    own_lines = {engine: lines(words) for engine, words in own.items()}
    params = replace(PARAMS, max_per_image=limit)
    return photo_candidates(lines(merged), own_lines, line_tokens(lines(merged)), params, CONTEST, no_segments)


def test_candidates_name_the_engines_that_read_them_and_keep_what_the_merge_lost():
    line = word("175 cm", 0, 0, 120)
    lost = [word("17.5", 0, 0, 70, engine="tesseract"), word("cm", 75, 0, 30, engine="tesseract")]
    shared = [word("5 V", 0, 100, 60), word("5V", 0, 100, 60, engine="tesseract")]
    result = candidates([line, shared[0]], {"rapidocr": [line, shared[0]], "tesseract": [*lost, shared[1]]})
    assert [(c.value, c.unit, c.engines) for c in result] == [
        (175, "centimetre", ("rapidocr",)),
        (5, "volt", ("rapidocr", "tesseract")),
        (17.5, "centimetre", ("tesseract",)),
    ]


def test_a_quantity_only_the_merge_could_join_has_no_engine():
    number, unit = word("500", 0, 0), word("g", 45, 0, 15, engine="tesseract")
    (candidate,) = candidates([number, unit], {"rapidocr": [number], "tesseract": [unit]})
    assert (candidate.value, candidate.unit, candidate.engines) == (500, "gram", ())


def test_candidates_point_at_tokens_and_hold_cues():
    words = [word("Net weight 500 g", 0, 0, 160), word("220 V", 0, 200, 50)]
    weight, voltage = candidates(words, {"rapidocr": words})
    assert weight.words == (2, 3)
    assert voltage.words == (4, 5)
    assert "net_weight" in weight.cues
    assert "net_weight" not in voltage.cues
    assert list(weight.cues) == sorted(weight.cues)


def test_the_limit_keeps_the_first():
    words = [word(f"{number} cm", 0, number * 50) for number in range(1, 9)]
    assert [c.value for c in candidates(words, {"rapidocr": words}, limit=3)] == [1, 2, 3]


def test_a_photo_without_words_is_a_reading_without_candidates():
    reading = read_photo(PhotoWords("aa", (), ()), 30, 40, PARAMS, CONTEST)
    assert (reading.sha256, reading.width, reading.height) == ("aa", 30, 40)
    assert reading.tokens == reading.candidates == ()


def label(sha256, value, entity="item_weight", split="train", unit="gram", low=None, status="ok") -> LabelRow:
    return LabelRow(
        row_id=0, source="t", source_row=1, image_link="x", sha256=sha256, group_id="1", entity=entity, entity_value="",
        status=status, reason="", value=value, unit=unit, low=low or value, high=value, split=split, extra="{}",
    )  # fmt: skip


BOTH, ONLY, NONE = (name * 32 for name in ("aa", "bb", "cc"))


def test_recall_by_engine_split_and_entity(tmp_path):
    one, two = word("500 g", 0, 0, 50), word("500 g", 0, 0, 50, engine="tesseract")
    both = candidates([one], {"rapidocr": [one], "tesseract": [two]})
    only = candidates([two], {"rapidocr": [], "tesseract": [two]})
    labels = [
        label(BOTH, 500.0),
        label(ONLY, 500.0, split="validation"),
        label(BOTH, 7.0, entity="maximum_weight_recommendation"),  # not read
        label(NONE, 500.0),  # a photo with no candidate
        label(BOTH, 500.0, low=400.0),  # a range: counted, never found
        label(BOTH, None, status="empty"),  # no answer: not counted
        label("", 500.0),  # no photo: not counted
    ]
    write_readings(
        tmp_path, 0, [PhotoReading(name, 9, 9, (), tuple(found)) for name, found in ((BOTH, both), (ONLY, only))]
    )
    write_readings(tmp_path, 1, [PhotoReading(NONE, 9, 9, (), ())])
    rows = recall_rows(labels, ReadQuantities(tmp_path))
    summary = summarise(rows, ["rapidocr", "tesseract", "google_vision"])
    assert summary["rows"] == 5
    assert summary["oracle_recall"] == pytest.approx(2 / 5)
    assert summary["by_engine"] == pytest.approx({"rapidocr": 1 / 5, "tesseract": 2 / 5, "google_vision": 0})
    assert summary["by_split"]["validation"]["oracle_recall"] == 1.0
    assert summary["by_split"]["train"]["rows"] == 4
    assert summary["by_entity"]["maximum_weight_recommendation"]["oracle_recall"] == 0.0


def test_recall_of_no_rows():
    assert summarise([], ["rapidocr"])["oracle_recall"] == 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Net weight 5009", [(500, "gram", "gram_read_as_nine")]),
        ("NET WT 12,59", [(12.5, "gram", "gram_read_as_nine")]),
        ("Net wt 9", []),  # nothing is left of it
        ("Weight 5009mm", [(5009, "millimetre", "plain")]),  # it has a unit
        ("Net 09", []),
        # Nothing speaks for a weight.
        ("5009", []),
        ("Since 1889", []),
        ("Drill Model 309", []),
        ("$2.99", []),
        ("Net weight $2.99", []),  # nor where it is money
    ],
)
def test_a_nine_at_the_end_may_be_a_gram(text, expected):
    assert found([word(text, 0, 0, 200)]) == expected


def test_ocr_alternatives_of_a_word_are_read_in_their_line():
    glued = replace(
        word("Weight 175", 0, 0, 80),
        alternatives=(OcrAlternative("Weight 17.5", 0.25), OcrAlternative("Weight 17S", 0.1)),
    )
    words = [glued, word("kg", 85, 0, 30)]
    second = propose_ocr_alternatives(lines(words), CONTEST)
    assert [(p.value, p.unit, p.mention.form) for p in second] == [(17.5, "kilogram", "ocr_alternative")]
    assert second[0].confidence == pytest.approx(glued.confidence * 0.25)
    assert second[0].text == "17.5 kg"


@pytest.mark.parametrize("switch", ["ocr_alternatives", "dual_unit_corrections"])
def test_ocr_alternatives_and_dual_unit_corrections_can_be_switched_off(switch):
    glued = replace(word("25cm/984in", 0, 0, 100), alternatives=(OcrAlternative("26cm/984in", 0.5),))

    def forms(params):
        own = {"rapidocr": lines([glued])}
        return {c.mention.form for c in photo_candidates(own["rapidocr"], own, [glued], params, CONTEST, no_segments)}

    form = {"ocr_alternatives": "ocr_alternative", "dual_unit_corrections": "dual_unit"}[switch]
    assert form in forms(PARAMS)
    assert form not in forms(replace(PARAMS, **{switch: False}))
