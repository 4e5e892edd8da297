"""Made-up labels, candidates and scored rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from imagequant.core.records import Box, Candidate, Mention, Word
from imagequant.evaluation.scored_row import ScoredRow, score_row
from imagequant.model.answers import Answer
from imagequant.params import load_params
from imagequant.quantity.scoring import Quantity
from imagequant.storage.labels import LabelRow

ROOT = Path(__file__).parents[1]
PARAMS = load_params(ROOT / "params.yaml")


def parse(text: str) -> Quantity:
    number, _, unit = text.partition(" ")
    return Quantity(float(number), unit)


def make_candidate(
    quantity: str, cues: tuple[str, ...] = (), axis: str = "", size: tuple[int, int] = (40, 10), angle: int = 0
) -> Candidate:
    made = parse(quantity)
    box = Box(0, 0, *size)
    mention = Mention(made.value, made.unit, made.value, made.value, axis=axis)
    return Candidate(mention, quantity, box, angle, 0.9, cues, 0, (0,), ("rapidocr",))


def make_label(
    truth: str,
    entity: str = "item_weight",
    photo: str = "a",
    row: int = 1,
    source: str = "mine.csv",
    high: float | None = None,
    **extra: str,
) -> LabelRow:
    quantity = parse(truth) if truth else None
    value = quantity.value if quantity else None
    text = f"[{value}, {high}] {quantity.unit}" if high and quantity else truth
    return LabelRow(
        row, source, row, f"{photo}.jpg", photo, "g", entity, text, "ok" if truth else "empty", "",
        value, quantity.unit if quantity else "", value, high or value, "train", json.dumps(extra),
    )  # fmt: skip


def make_row(
    truth: str, *answers: tuple[str, float], read: tuple[str, ...] = (), text: str = "", **label: Any
) -> ScoredRow:
    """A row with ranked answers (quantity, confidence); candidates are the answers and ``read``."""
    quantities = [parse(name) for name in (*(name for name, _ in answers), *read)]
    ranked = [
        Answer(quantities[place], confidence, confidence, (place,)) for place, (_, confidence) in enumerate(answers)
    ]
    words = [Word(text, Box(0, 0, 1, 1), 0.9, 0, "rapidocr")] if text else []
    return score_row(make_label(truth, **label), quantities, words, ranked, threshold=0.3)
