"""Packs with two weights, made through the real candidates code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.candidates.photo import read_photo
from imagequant.core.records import Box, PhotoFeatures, PhotoWords, Word
from imagequant.model.examples import Example, Limits, make_example
from imagequant.params import load_params
from imagequant.quantity.scoring import Quantity

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")


def make_packs(count: int, seed: int) -> list[Example]:
    """Packs that print a weight and an ingredient in random order and at random places; the label is the weight.

    No name decides, so there is something to learn.
    """
    random = np.random.default_rng(seed)
    examples = []
    for _ in range(count):
        net, dose = (int(value) for value in random.integers(10, 990, 2))
        lines = [f"Whole pack {net} g", f"Extract {dose} g"]
        if random.random() < 0.5:
            lines.reverse()
        words = [
            Word(line, Box(x, y, x + 9 * len(line), y + 18), 0.9, 0, "rapidocr")
            for line, x, y in zip(lines, random.uniform(0, 100, 2), (40, 200), strict=True)
        ]
        reading = read_photo(PhotoWords("p", tuple(words), (True, True)), 400, 300, PARAMS.candidates, CONTEST)
        photo = PhotoFeatures(
            np.zeros(8, np.float32), np.zeros((2, 7, 7), np.float32), np.array([0, 0, 1, 1], np.float32)
        )
        truth = [Quantity(float(net), "gram")]
        examples.append(
            make_example(reading, "item_weight", "", photo, Limits(64, 16), CONTEST, truth, answerable=True)
        )
    return examples


@pytest.fixture
def packs() -> Callable[[int, int], list[Example]]:
    return make_packs
