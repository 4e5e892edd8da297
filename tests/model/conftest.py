"""Readings made from words at places, through the real candidates code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.candidates.photo import read_photo
from imagequant.core.records import Box, PhotoFeatures, PhotoReading, PhotoWords, Word
from imagequant.model.examples import Example, Limits, make_example
from imagequant.params import load_params
from imagequant.quantity.scoring import Quantity

PARAMS = load_params(Path(__file__).parents[2] / "params.yaml")
Placed = tuple[str, float, float]


def make_reading(words: Sequence[Placed], width: int = 400, height: int = 300) -> PhotoReading:
    """A photo with words of 20 px print, each given by text and the upper left corner."""
    made = tuple(Word(text, Box(x, y, x + 10 * len(text), y + 20), 0.9, 0, "rapidocr") for text, x, y in words)
    return read_photo(PhotoWords("photo", made, tuple(True for _ in made)), width, height, PARAMS.candidates, CONTEST)


def make_features(seed: int = 0) -> PhotoFeatures:
    random = np.random.default_rng(seed)
    return PhotoFeatures(
        random.standard_normal(64).astype(np.float32),
        random.standard_normal((4, 7, 7)).astype(np.float32),
        np.array([0, 0.125, 1, 0.875], dtype=np.float32),
    )


def question(words: Sequence[Placed], entity: str, truth: str = "", seed: int = 0) -> Example:
    value, _, unit = truth.partition(" ")
    truths = [Quantity(float(value), unit)] if truth else []
    return make_example(
        make_reading(words),
        entity,
        "1234",
        make_features(seed),
        Limits(64, 16),
        CONTEST,
        truths,
        answerable=bool(truth),
    )


@pytest.fixture
def ask() -> Callable[..., Example]:
    return question


@pytest.fixture
def read() -> Callable[..., PhotoReading]:
    return make_reading
