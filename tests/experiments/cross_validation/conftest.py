"""Fabricated rows and candidates for the bench."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from imagequant.core.records import Box, Candidate, Mention
from imagequant.experiments.cross_validation.material import Given
from imagequant.experiments.cross_validation.rows import HeldOut, held_out
from imagequant.params import Params, load_params
from imagequant.quantity.scoring import Quantity
from imagequant.storage.labels import LabelRow


def parse(text: str) -> Quantity:
    number, _, unit = text.partition(" ")
    return Quantity(float(number), unit)


def make_candidate(
    quantity: str, cues: tuple[str, ...] = (), axis: str = "", size: tuple[int, int] = (40, 10), angle: int = 0
) -> Candidate:
    made = parse(quantity)
    box = Box(0, 0, *size)
    return Candidate(
        Mention(made.value, made.unit, made.value, made.value, axis=axis), quantity, box, angle, 0.9, cues, 0, (0,),
        ("rapidocr",),
    )  # fmt: skip


def make_label(
    truth: str, entity: str = "item_weight", photo: str = "a", row: int = 1, source: str = "mine.csv", **extra: str
) -> LabelRow:
    quantity = parse(truth) if truth else None
    value = quantity.value if quantity else None
    return LabelRow(
        row, source, row, f"{photo}.jpg", photo, "g", entity, truth, "ok" if truth else "empty", "",
        value, quantity.unit if quantity else "", value, value, "train", json.dumps(extra),
    )  # fmt: skip


def make_row(truth: str, answer: str, read: tuple[str, ...] = (), confidence: float = 0.9, **label: str) -> HeldOut:
    given = Given(parse(answer) if answer else None, confidence)
    candidates = [make_candidate(text) for text in read or ((answer,) if answer else ())]
    return held_out(make_label(truth, **label), candidates, [], given, "0")  # type: ignore[arg-type]


@pytest.fixture
def candidate() -> Callable[..., Candidate]:
    return make_candidate


@pytest.fixture
def label() -> Callable[..., LabelRow]:
    return make_label


@pytest.fixture
def row() -> Callable[..., HeldOut]:
    return make_row


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params(Path(__file__).parents[3] / "params.yaml")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """As in the bench's workers; more are slower on networks this small."""
    torch.set_num_threads(1)
