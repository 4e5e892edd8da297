from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from tests.contest import CONTEST, VOCABULARY

from imagequant.model import infer
from imagequant.model.answering import answer, answer_each
from imagequant.model.answers import Calibration
from imagequant.model.config import ModelConfig, NetworkConfig
from imagequant.model.ensemble import Ensemble
from imagequant.model.examples import Example, Limits

NETWORK = NetworkConfig(VOCABULARY, 16, 16, 24, 0.1, True, True, True, True, pooled_width=64, grid_channels=4)
CONFIG = ModelConfig(CONTEST, NETWORK, 1, None, Limits(64, 16), Calibration(), {})


@pytest.fixture
def network() -> Ensemble:
    torch.manual_seed(3)
    return Ensemble.untrained(NETWORK, 1).eval()


# What there is an example for, by number: none at an end, none at all, some in between.
@pytest.mark.parametrize("known", [(), (0, 1, 2, 3, 4, 5), (1, 2, 4), (0, 5), (5,)])
def test_what_cannot_be_asked_keeps_its_place(
    network: Ensemble, ask: Callable[..., Example], monkeypatch: pytest.MonkeyPatch, known: tuple[int, ...]
) -> None:
    monkeypatch.setattr(infer, "_BATCH", 2)
    examples = {number: ask([(f"{number + 1} g", 10, 10), ("20 g", 10, 80)], "item_weight") for number in known}
    asked = ((f"row {number}", examples.get(number)) for number in range(6))
    found = list(answer_each(network, CONFIG, asked))
    assert [key for key, _ in found] == [f"row {number}" for number in range(6)]
    answers = iter(answer(network, CONFIG, examples.values()))
    assert [ranked for _, ranked in found] == [next(answers) if number in known else [] for number in range(6)]


def test_questions_are_taken_a_batch_at_a_time(
    network: Ensemble, ask: Callable[..., Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(infer, "_BATCH", 2)
    taken: list[int] = []

    def asked() -> Iterator[tuple[int, Example]]:
        for number in range(9):
            taken.append(number)
            yield number, ask([("5 g", 10, 10)], "item_weight")

    answers = answer_each(network, CONFIG, asked())
    assert next(answers)[0] == 0
    assert taken == [0, 1]
