from __future__ import annotations

import pytest

from imagequant.core.records import Box, Candidate, Mention
from imagequant.model.answers import Answer, Calibration
from imagequant.predictor.joint_amounts import with_joint_amounts
from imagequant.quantity.scoring import Quantity


def candidate(value: float, low: float, high: float) -> Candidate:
    return Candidate(Mention(value, "volt", low, high, 0, 9), "100-240 V", Box(0, 0, 9, 9), 0, 0.9, (), 0)


CANDIDATES = [candidate(240, 100, 240), candidate(100, 100, 240), candidate(12, 12, 12)]


def answer(number: int, probability: float) -> Answer:
    return Answer(Quantity(CANDIDATES[number].value, "volt"), probability, probability, (number,))


def test_both_ends_have_the_probability_of_the_range() -> None:
    ranked = [answer(2, 0.4), answer(0, 0.35), answer(1, 0.25)]
    joined = with_joint_amounts(ranked, CANDIDATES, Calibration())
    assert [each.quantity.value for each in joined] == [240, 100, 12]
    assert [each.probability for each in joined] == pytest.approx([0.6, 0.6, 0.4])
    assert joined[0].confidence == pytest.approx(Calibration().confidence(0.6, ()))


def test_a_single_amount_keeps_its_own() -> None:
    ranked = [answer(2, 0.9), answer(0, 0.1)]
    joined = with_joint_amounts(ranked, CANDIDATES, Calibration())
    assert joined[0] == ranked[0]
    assert joined[1].probability == pytest.approx(0.1)


def test_the_part_and_the_total_of_a_multipack_have_their_joint_probability() -> None:
    part = Mention(330, "millilitre", 330, 330, count=6)
    total = Mention(1980, "millilitre", 1980, 1980, form="product", count=6)
    other = Mention(500, "millilitre", 500, 500)
    candidates = [Candidate(each, "", Box(0, 0, 9, 9), 0, 0.9, (), 0) for each in (part, total, other)]
    ranked = [
        Answer(Quantity(each.value, each.unit), probability, probability, (number,))
        for number, (each, probability) in enumerate(((part, 0.35), (total, 0.25), (other, 0.4)))
    ]
    joined = with_joint_amounts(sorted(ranked, key=lambda each: -each.probability), candidates, Calibration())
    assert [each.quantity.value for each in joined] == [330, 1980, 500]
    assert [each.probability for each in joined] == pytest.approx([0.6, 0.6, 0.4])
