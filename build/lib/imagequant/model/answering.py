"""Ranked answers from a trained model."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TypeVar

from torch import nn

from imagequant.model.answers import Answer, rank_answers
from imagequant.model.config import ModelConfig
from imagequant.model.examples import Example
from imagequant.model.infer import infer

K = TypeVar("K")


def answer(network: nn.Module, config: ModelConfig, examples: Iterable[Example]) -> Iterator[list[Answer]]:
    """Yield the distinct answers to each example, likeliest first, with calibrated confidence."""
    return (
        rank_answers(example.quantities, logits, config.calibration, example.evidence)
        for example, logits in infer(network, examples)
    )


def answer_each(
    network: nn.Module, config: ModelConfig, asked: Iterable[tuple[K, Example | None]]
) -> Iterator[tuple[K, list[Answer]]]:
    """Yield each key with its answers (see ``answer``), in order; no answers if it has no example.

    Only one batch is in memory at a time.
    """
    waiting: deque[tuple[K, bool]] = deque()

    def examples() -> Iterator[Example]:
        for key, example in asked:
            waiting.append((key, example is not None))
            if example is not None:
                yield example

    for answers in answer(network, config, examples()):
        while not waiting[0][1]:
            yield waiting.popleft()[0], []
        yield waiting.popleft()[0], answers
    while waiting:
        yield waiting.popleft()[0], []
