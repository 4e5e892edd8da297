from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.contest import CONTEST
from tests.scored_rows import PARAMS

from imagequant.core.records import Box, Word
from imagequant.evaluation.baselines.value_classifier import (
    ClassifierExample,
    ClassifierModel,
    fit_classifier,
    rank_by_classifier,
    word_grams,
)
from imagequant.model.answers import choose_answer
from imagequant.quantity.scoring import Quantity


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """More threads are slower on networks this small."""
    torch.set_num_threads(1)


def answers(model: ClassifierModel, examples: Sequence[ClassifierExample]) -> list[str]:
    best = (choose_answer(ranked, model.calibration.threshold) for ranked in rank_by_classifier(model, examples))
    return [str(answer.quantity) if answer else "" for answer in best]


def make_example(text: str, truth: str, entity: str = "item_weight") -> ClassifierExample:
    words = [Word(part, Box(0, 0, 9, 9), 0.9, 0, "rapidocr") for part in text.split()]
    number, _, unit = truth.partition(" ")
    truths = (Quantity(float(number), unit),) if truth else ()
    asked = (CONTEST.names.index(entity), len(CONTEST.names), CONTEST.entities[entity].allowed_units)
    return ClassifierExample(word_grams(words, 8), np.zeros(2048, np.float32), *asked, truths, bool(truth))


def test_it_learns_classes_and_answers_nothing_else() -> None:
    texts = [("net 500 g", "500 gram"), ("net 250 g", "250 gram"), ("hello there", ""), ("230 V", "230 volt")]
    made = [
        make_example(text, truth, "voltage" if "volt" in truth else "item_weight")
        for _ in range(12)
        for text, truth in texts
    ]
    model = fit_classifier(made, made[:8], replace(PARAMS.train, epochs=20, batch_size=8, lr=0.004))
    assert model.classes == ("", "230 volt", "250 gram", "500 gram")
    assert answers(model, made[:4]) == ["500 gram", "250 gram", "", "230 volt"]
    # It cannot answer 700 gram, which it never saw.
    assert answers(model, [make_example("net 700 g", "700 gram")])[0] in ("", "250 gram", "500 gram")
    # Without any class of volumes it abstains, whatever the threshold.
    assert rank_by_classifier(model, [make_example("1 L", "", "item_volume")]) == [[]]


def test_it_is_reproducible() -> None:
    made = [make_example(f"net {n} g", f"{n} gram") for n in (100, 200, 300)] * 4
    train = replace(PARAMS.train, epochs=3, batch_size=4)
    one, two = (rank_by_classifier(fit_classifier(made, made[:3], train), made) for _ in range(2))
    assert one == two
