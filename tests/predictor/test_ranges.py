from __future__ import annotations

import pytest

from imagequant.core.records import Box, Candidate, Mention
from imagequant.model.answers import Answer, Calibration
from imagequant.predictor.ranges import with_joint_ends
from imagequant.quantity.scoring import Quantity


def candidate(value: float, low: float, high: float) -> Candidate:
    return Candidate(Mention(value, "volt", low, high, 0, 9), "100-240 V", Box(0, 0, 9, 9), 0, 0.9, (), 0)


CANDIDATES = [candidate(240, 100, 240), candidate(100, 100, 240), candidate(12, 12, 12)]


def answer(number: int, probability: float) -> Answer:
    return Answer(Quantity(CANDIDATES[number].value, "volt"), probability, probability, (number,))


def test_both_ends_have_the_probability_of_the_range() -> None:
    ranked = [answer(2, 0.4), answer(0, 0.35), answer(1, 0.25)]
    joined = with_joint_ends(ranked, CANDIDATES, Calibration())
    assert [each.quantity.value for each in joined] == [240, 100, 12]
    assert [each.probability for each in joined] == pytest.approx([0.6, 0.6, 0.4])
    assert joined[0].confidence == pytest.approx(Calibration().confidence(0.6, ()))


def test_a_single_amount_keeps_its_own() -> None:
    ranked = [answer(2, 0.9), answer(0, 0.1)]
    joined = with_joint_ends(ranked, CANDIDATES, Calibration())
    assert joined[0] == ranked[0]
    assert joined[1].probability == pytest.approx(0.1)
