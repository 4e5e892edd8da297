"""The design the project began from, as a baseline: one class a value.

A ResNet's global vector, an LSTM over the photo's words and the entity lead to a softmax over the answers that occur
among the training rows. It can give no answer it has not seen.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from imagequant.core.records import Word
from imagequant.experiments.cross_validation.material import Given, Sides
from imagequant.model.answers import Calibration
from imagequant.params import TrainParams
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.quantity.units import ENTITIES, ENTITY_UNITS
from imagequant.training.calibrate import BestAnswer, calibrate
from imagequant.training.questions import Question

SILENCE = ""
_BUCKETS = 8192  # bucket 0 is padding
_GRAMS = 16
_MOST_WORDS = 64  # each is a step of the LSTM; few photos have more
_POOLED_WIDTH = 2048
_ENTITY_WIDTH = 16
_MASKED = -1e4
# Found on development rows: at the hybrid network's rate and patience a thousand classes are hardly told apart.
_RATE_FACTOR = 3.0
_PATIENCE_FACTOR = 2


@dataclass(frozen=True)
class SeedExample:
    """One question: what was read (n-gram buckets of each word), what the CNN saw, what is asked, what is right.

    ``truths`` are the accepted answers; ``answerable`` without truths is a label no single quantity equals.
    """

    words: NDArray[np.int64]
    pooled: NDArray[np.float32]
    entity: str
    truths: tuple[Quantity, ...]
    answerable: bool

    @property
    def label(self) -> str | None:
        """The class to learn: the answer's text, empty for silence, None where no class can say it."""
        if not self.answerable:
            return SILENCE
        return str(self.truths[0]) if self.truths else None


def answer_by_seed_design(sides: Sides, params: TrainParams) -> tuple[list[Given], dict[str, float]]:
    """Trains the design on one run's rows and answers those held out."""
    examples = {part: [_example(q, params) for q in questions] for part, questions in sides.items()}
    model = fit_seed_design(examples["train"], examples["development"], params)
    facts = {"epoch": model.epoch, "threshold": model.calibration.threshold, "classes": len(model.classes)}
    return answer_seed_design(model, examples["validation"]), facts


def _example(question: Question, params: TrainParams) -> SeedExample:
    label = question.label
    words = word_grams(question.reading.tokens, min(params.max_words, _MOST_WORDS))
    return SeedExample(words, question.example.photo.pooled, label.entity, label.truths, label.answerable)


def word_grams(tokens: Sequence[Word], limit: int) -> NDArray[np.int64]:
    """Buckets of the first words' n-grams, digits and all: here the number read is what names the class."""
    rows = [_grams(token.text) for token in tokens[:limit]]
    return np.array(rows or [_grams("")], dtype=np.int64)


def _grams(text: str) -> list[int]:
    marked = f"<{unicodedata.normalize('NFKC', text).lower()}>"
    grams = [marked] + [marked[at : at + size] for size in (3, 2) for at in range(len(marked) - size + 1)]
    hashes = [zlib.crc32(gram.encode()) % (_BUCKETS - 1) + 1 for gram in grams[:_GRAMS]]
    return hashes + [0] * (_GRAMS - len(hashes))


class SeedNetwork(nn.Module):
    """Logits of all classes."""

    def __init__(self, classes: int, params: TrainParams) -> None:
        super().__init__()
        self.word = nn.Embedding(_BUCKETS, params.word_width, padding_idx=0)
        self.lstm = nn.LSTM(params.word_width, params.lstm_width, batch_first=True, bidirectional=True)
        self.entity = nn.Embedding(len(ENTITIES), _ENTITY_WIDTH)
        self.image = nn.Sequential(
            nn.LayerNorm(_POOLED_WIDTH, elementwise_affine=False), nn.Linear(_POOLED_WIDTH, params.hidden_width)
        )
        joined = 2 * params.lstm_width + params.hidden_width + _ENTITY_WIDTH
        self.head = nn.Sequential(
            nn.Linear(joined, 2 * params.hidden_width),
            nn.ReLU(),
            nn.Dropout(params.dropout),
            nn.Linear(2 * params.hidden_width, classes),
        )

    def forward(self, words: Tensor, lengths: Tensor, pooled: Tensor, entity: Tensor) -> Tensor:
        """Logits (B, classes).

        Args:
            words: int64 (words of all B questions one after the other, grams).
            lengths: int64 (B,): how many of them are each question's, at least one.
            pooled: float32 (B, 2048).
            entity: int64 (B,).
        """
        present = (words > 0).unsqueeze(2).to(pooled.dtype)
        embedded = (self.word(words) * present).sum(dim=1) / present.sum(dim=1).clamp(min=1.0)
        packed = pack_sequence(list(embedded.split(lengths.tolist())), enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, padding_value=_MASKED)
        text = states.max(dim=1).values
        logits: Tensor = self.head(torch.cat([text, F.relu(self.image(pooled)), self.entity(entity)], dim=1))
        return logits


@dataclass(frozen=True)
class SeedModel:
    """The trained network, its classes and its threshold of silence."""

    network: SeedNetwork
    classes: tuple[str, ...]
    calibration: Calibration
    epoch: int


def fit_seed_design(train: Sequence[SeedExample], development: Sequence[SeedExample], params: TrainParams) -> SeedModel:
    """Trains from scratch, with the hybrid network's kind of optimiser, schedule and early stopping."""
    classes = tuple(sorted({example.label for example in train if example.label is not None} | {SILENCE}))
    numbers = {name: number for number, name in enumerate(classes)}
    known = [example for example in train if example.label is not None]
    checked = [example for example in development if example.label in numbers]
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(params.seed)
    network = SeedNetwork(len(classes), params)
    rate = _RATE_FACTOR * params.lr
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=params.weight_decay)
    steps = params.epochs * -(-len(known) // params.batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.15)
    best, best_measure, weights = 0, (-1.0, 0.0), _copy(network)
    for epoch in range(1, params.epochs + 1):
        network.train()
        order = np.random.default_rng([params.seed, epoch]).permutation(len(known))
        for batch in _batches([known[index] for index in order], params.batch_size):
            optimizer.zero_grad()
            F.cross_entropy(network(*_collate(batch)), _targets(batch, numbers)).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        measure = _measure(network, checked, numbers)
        if measure > best_measure:
            best, best_measure, weights = epoch, measure, _copy(network)
        elif epoch - best >= _PATIENCE_FACTOR * params.patience:
            break
    network.load_state_dict(weights)
    network.eval()
    model = SeedModel(network, classes, Calibration(), best)
    ranked = zip(development, _likeliest(model, development), strict=True)
    outcomes = [
        BestAnswer(probability, any(same_quantity(answer, truth) for truth in example.truths), example.answerable)
        for example, (answer, probability) in ranked
    ]
    return SeedModel(network, classes, calibrate(outcomes), best)


def answer_seed_design(model: SeedModel, examples: Sequence[SeedExample]) -> list[Given]:
    """The answer to each question, None for silence, and the confidence of the likeliest."""
    answers = []
    for answer, probability in _likeliest(model, examples):
        confidence = model.calibration.confidence(probability)
        answers.append(Given(answer if confidence >= model.calibration.threshold else None, confidence))
    return answers


@torch.no_grad()
def _likeliest(model: SeedModel, examples: Sequence[SeedExample]) -> Iterator[tuple[Quantity, float]]:
    """The likeliest answer other than silence whose unit the entity allows, with its probability."""
    quantities = [_quantity(name) for name in model.classes]
    for batch in _batches(examples, 64):
        logits = model.network(*_collate(batch))
        for example, row in zip(batch, logits, strict=True):
            allowed = torch.tensor([q is None or q.unit in ENTITY_UNITS[example.entity] for q in quantities])
            shares = row.masked_fill(~allowed, _MASKED).softmax(dim=0)
            answers = shares.masked_fill(torch.tensor([q is None for q in quantities]) | ~allowed, -1.0)
            place = int(answers.argmax())
            quantity = quantities[place]
            # No class of that kind among the training rows: an impossible answer that is never given.
            yield (quantity, float(answers[place])) if quantity is not None else (Quantity(0.0, "gram"), 0.0)


def _quantity(name: str) -> Quantity | None:
    if name == SILENCE:
        return None
    number, _, unit = name.partition(" ")
    return Quantity(float(number), unit)


@torch.no_grad()
def _measure(network: SeedNetwork, examples: Sequence[SeedExample], numbers: dict[str, int]) -> tuple[float, float]:
    """The share of rows whose class is the likeliest, and the loss with its sign turned: higher is better.

    The loss alone would stop too early: with a thousand classes it rises while more and more answers are right.
    """
    network.eval()
    right, loss = 0, 0.0
    for batch in _batches(examples, 64):
        logits, targets = network(*_collate(batch)), _targets(batch, numbers)
        right += int((logits.argmax(dim=1) == targets).sum())
        loss += float(F.cross_entropy(logits, targets, reduction="sum"))
    return right / max(len(examples), 1), -loss


def _targets(batch: Sequence[SeedExample], numbers: dict[str, int]) -> Tensor:
    return torch.tensor([numbers[example.label or SILENCE] for example in batch])


def _collate(batch: Sequence[SeedExample]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return (
        torch.from_numpy(np.concatenate([example.words for example in batch])),
        torch.tensor([len(example.words) for example in batch]),
        torch.from_numpy(np.stack([example.pooled for example in batch])),
        torch.tensor([ENTITIES.index(example.entity) for example in batch]),
    )


def _batches(examples: Sequence[SeedExample], size: int) -> Iterator[Sequence[SeedExample]]:
    for start in range(0, len(examples), size):
        yield examples[start : start + size]


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
