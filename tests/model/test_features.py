from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.core.records import LINE_SEGMENT_FEATURES, Box, PhotoFeatures, PhotoReading
from imagequant.model.answers import Calibration, choose_answer, rank_answers
from imagequant.model.examples import Limits, entity_candidates, make_example
from imagequant.model.features import (
    CANDIDATE_FEATURES,
    DIRECTION_COLUMNS,
    EVIDENCE,
    LEVEL,
    UNKNOWN,
    UPRIGHT,
    candidate_features,
    direction_of,
)
from imagequant.model.words import NGRAMS_PER_TOKEN, token_ngrams
from imagequant.quantity.scoring import Quantity


def test_shape_and_range(read: Callable[..., PhotoReading]) -> None:
    reading = read([("12 cm", 10, 10), ("30 cm", 200, 100), ("4.7 in", 10, 40)])
    features = candidate_features(reading.candidates, reading.tokens, reading.width, reading.height)
    assert features.shape == (3, CANDIDATE_FEATURES)
    assert np.isfinite(features).all()
    assert np.abs(features).max() < 10


def test_no_candidates() -> None:
    assert candidate_features([], [], 100, 100).shape == (0, CANDIDATE_FEATURES)


def test_scale_of_the_photo_does_not_count(read: Callable[..., PhotoReading]) -> None:
    # The same drawing at twice the size: places and print sizes are relative.
    small = read([("12 cm", 10, 10), ("30 cm", 200, 100)])
    one = candidate_features(small.candidates, small.tokens, small.width, small.height)

    def twice(box: Box) -> Box:
        return Box(2 * box.x0, 2 * box.y0, 2 * box.x1, 2 * box.y1)

    candidates = [replace(c, box=twice(c.box)) for c in small.candidates]
    tokens = [replace(t, box=twice(t.box)) for t in small.tokens]
    two = candidate_features(candidates, tokens, 2 * small.width, 2 * small.height)
    np.testing.assert_allclose(one, two, atol=1e-5)


@pytest.mark.parametrize(("one", "other"), [("500g", "250g"), ("Ａ5", "a7")])
def test_numbers_look_alike_to_the_reader(one: str, other: str) -> None:
    # The amount is the candidate's feature; a remembered number would be a memorised answer.
    np.testing.assert_array_equal(token_ngrams(one), token_ngrams(other))


def test_ngrams_tell_words_apart_and_have_a_fixed_length() -> None:
    assert not np.array_equal(token_ngrams("width"), token_ngrams("height"))
    assert token_ngrams("x" * 99).shape == token_ngrams("").shape == (NGRAMS_PER_TOKEN,)


def quantities(reading: PhotoReading) -> list[Quantity]:
    return [Quantity(candidate.value, candidate.unit) for candidate in reading.candidates]


def test_equal_quantities_answer_together(read: Callable[..., PhotoReading]) -> None:
    # "500 g" stands twice, each mention less likely than "20 g"; together they win.
    reading = read([("500 g", 10, 10), ("20 g", 10, 80), ("500 g", 10, 200)])
    logits = np.log(np.array([0.3, 0.4, 0.25, 0.05], dtype=np.float32))
    answers = rank_answers(quantities(reading), logits, Calibration())
    assert [(str(a.quantity), round(a.probability, 3)) for a in answers] == [("500 gram", 0.55), ("20 gram", 0.4)]
    assert answers[0].mentions == (0, 2)


def test_abstention_below_the_threshold(read: Callable[..., PhotoReading]) -> None:
    reading = read([("500 g", 10, 10)])
    answers = rank_answers(quantities(reading), np.log(np.array([0.6, 0.4], dtype=np.float32)), Calibration())
    assert choose_answer(answers, 0.5) is answers[0]
    assert choose_answer(answers, 0.7) is None
    assert choose_answer([], 0.0) is None


def test_directions_come_from_dimension_lines_and_turned_text(read: Callable[..., PhotoReading]) -> None:
    reading = read([("12 cm", 10, 10), ("30 cm", 200, 100), ("75 cm", 10, 200), ("9 cm", 300, 250)])
    level, upright, turned, bare = reading.candidates

    def near(direction: int) -> tuple[float, ...]:
        # A long segment near the text, centred on it; see `line_segment_features`.
        values = [0.0] * LINE_SEGMENT_FEATURES
        values[3 * direction], values[12 + direction] = 0.5, 0.9
        return tuple(values)

    candidates = [
        replace(level, line_segments=near(0)),
        replace(upright, line_segments=near(1)),
        replace(turned, angle=270),
        bare,
    ]
    assert [direction_of(candidate) for candidate in candidates] == [LEVEL, UPRIGHT, UPRIGHT, UNKNOWN]
    columns = candidate_features(candidates, reading.tokens, 400, 300)[:, DIRECTION_COLUMNS]
    longest = columns[:, 6].tolist()
    assert longest == [1, 0, 1, 1], "30 cm is shorter than the other upright length"


def test_milligrams_without_a_name_are_no_sure_weight(read: Callable[..., PhotoReading]) -> None:
    sign = EVIDENCE.index("no_dose_unit")
    for text, expected in (("10 mg", 0), ("Net weight 10 mg", 1), ("10 g", 1)):
        reading = read([(text, 10, 10)])
        example = make_example(reading, "item_weight", "", PhotoFeatures.blank(8, 2), Limits(160, 64), CONTEST)
        assert example.evidence[0, sign] == expected, text


def test_a_guess_that_nothing_supports_is_never_sure() -> None:
    sure = Calibration(slope=1.0, offset=9.0)
    guess = dict.fromkeys(EVIDENCE, 0.0) | {"ocr_confidence": 1.0, "no_weak_name": 1.0}
    assert sure.confidence(0.999, tuple(guess.values())) == 0.5
    for support in ("no_guess", "second_engine", "own_name", "dual_unit"):
        assert sure.confidence(0.999, tuple((guess | {support: 1.0}).values())) > 0.99


def _beside(direction: int, across: float = 0.0) -> tuple[float, ...]:
    """A long dimension line in a direction, centred on the text, and a line across it."""
    values = [0.0] * LINE_SEGMENT_FEATURES
    values[3 * direction], values[3 * (1 - direction)], values[12 + direction] = 0.6, across, 0.95
    return tuple(values)


@pytest.mark.parametrize(
    ("words", "lines", "width", "height"),
    [
        (["40 cm"], [_beside(UPRIGHT)], [], ["40 centimetre"]),
        (["40 cm"], [_beside(LEVEL)], ["40 centimetre"], []),
        (["40 cm"], [_beside(UPRIGHT, across=0.4)], ["40 centimetre"], ["40 centimetre"]),  # it may be either line's
        (["40 cm"], [(0.0,) * LINE_SEGMENT_FEATURES], ["40 centimetre"], ["40 centimetre"]),
        (["40 cm", "40 cm"], [_beside(UPRIGHT)] * 2, ["40 centimetre"] * 2, ["40 centimetre"] * 2),  # printed for both
        (["40 cm", "25 cm"], [_beside(UPRIGHT)] * 2, *[["40 centimetre", "25 centimetre"]] * 2),
        (["Width 40 cm"], [_beside(UPRIGHT)], ["40 centimetre"], []),  # the name decides
    ],
)
def test_a_single_length_is_the_one_its_line_shows(
    read: Callable[..., PhotoReading],
    words: list[str],
    lines: list[tuple[float, ...]],
    width: list[str],
    height: list[str],
) -> None:
    reading = read([(text, 10, 10 + 90 * place) for place, text in enumerate(words)])
    candidates = tuple(
        replace(candidate, line_segments=line) for candidate, line in zip(reading.candidates, lines, strict=True)
    )
    reading = replace(reading, candidates=candidates)
    found = {
        entity: [f"{candidate.value:g} {candidate.unit}" for candidate in entity_candidates(reading, entity, CONTEST)]
        for entity in ("width", "height")
    }
    assert found == {"width": width, "height": height}
