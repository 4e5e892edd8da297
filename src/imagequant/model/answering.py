"""Examples to ranked answers with a trained model."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from imagequant.model.answers import Answer, rank_answers
from imagequant.model.config import ModelConfig
from imagequant.model.examples import Example
from imagequant.model.infer import infer


def answer(network: nn.Module, config: ModelConfig, examples: Sequence[Example]) -> list[list[Answer]]:
    """The distinct answers of each example, likeliest first, with calibrated confidence."""
    return [
        rank_answers(example.candidates, logits, config.calibration)
        for example, logits in zip(examples, infer(network, examples), strict=True)
    ]
