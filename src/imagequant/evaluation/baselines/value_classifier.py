"""The original baseline: one class per value.

The CNN's global vector, an LSTM over the words of the photo and the entity lead to a softmax over the answers among
the training rows. It cannot output a value that it has not seen in training.
"""

import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

from imagequant.core.iteration import chunks
from imagequant.core.records import Word
from imagequant.evaluation.fit_and_answer import FoldQuestions, MethodAnswers
from imagequant.evaluation.oracle_recall import is_read
from imagequant.evaluation.scored_row import parse_quantity
from imagequant.model.answers import Answer, Calibration
from imagequant.params import TrainParams
from imagequant.quantity.scoring import Quantity
from imagequant.training.calibrate import BestAnswer, calibrate
from imagequant.training.questions import LabelledQuestion

ABSTENTION = ""
_BUCKETS = 8192  # bucket 0 is padding
_GRAMS = 16
_MAX_WORDS = 64  # each is a step of the LSTM; few photos have more
_ENTITY_WIDTH = 16
_MASKED = -1e4
_BATCH_SIZE = 64
# Tuned on development rows: at the hybrid network's rate and patience it hardly separates a thousand classes.
_RATE_FACTOR = 3.0
_PATIENCE_FACTOR = 2


@dataclass(frozen=True)
class ClassifierExample:
    """One question: n-gram buckets of its words, int64 (words, grams), its CNN vector, float32 (width,), and its label.

    ``entity`` is the number of one of so many ``entities``, and ``units`` are those of its answers. ``truths`` is empty
    with ``answerable`` if no single quantity equals the label.
    """

    words: NDArray[np.int64]
    pooled: NDArray[np.float32]
    entity: int
    entities: int
    units: tuple[str, ...]
    truths: tuple[Quantity, ...]
    answerable: bool

    @property
    def label(self) -> str | None:
        """The class to learn: the answer as text, empty for an abstention, None if no class can express it."""
        if not self.answerable:
            return ABSTENTION
        return str(self.truths[0]) if self.truths else None


def answer_by_classifier(questions: FoldQuestions, params: TrainParams) -> MethodAnswers:
    """Trains the classifier on one fold and answers the held-out questions."""
    limit = min(params.max_words, _MAX_WORDS)
    train, development, validation = (
        [_make_example(question, limit) for question in questions[part]]
        for part in ("train", "development", "validation")
    )
    model = fit_classifier(train, development, params)
    threshold = model.calibration.threshold
    facts = {"epoch": model.epoch, "threshold": threshold, "classes": len(model.classes)}
    return MethodAnswers(rank_by_classifier(model, validation), threshold, facts)


def _make_example(question: LabelledQuestion, limit: int) -> ClassifierExample:
    label, example = question.label, question.example
    words, entities = word_grams(question.reading.tokens, limit), example.vocabulary.entities
    asked = (example.entity, entities, question.entity.allowed_units)
    return ClassifierExample(words, example.photo.pooled, *asked, label.truths, label.answerable)


def word_grams(tokens: Sequence[Word], limit: int) -> NDArray[np.int64]:
    """Return n-gram buckets of the first words, digits included: here the number read names the class."""
    return np.array([_grams(token.text) for token in tokens[:limit]] or [_grams("")], dtype=np.int64)


def _grams(text: str) -> list[int]:
    marked = f"<{unicodedata.normalize('NFKC', text).lower()}>"
    grams = [marked] + [marked[at : at + size] for size in (3, 2) for at in range(len(marked) - size + 1)]
    hashes = [zlib.crc32(gram.encode()) % (_BUCKETS - 1) + 1 for gram in grams[:_GRAMS]]
    return hashes + [0] * (_GRAMS - len(hashes))


class ClassifierNetwork(nn.Module):
    """Maps words, CNN vector and entity to logits of all classes."""

    def __init__(self, classes: int, entities: int, pooled_width: int, params: TrainParams) -> None:
        super().__init__()
        self.word = nn.Embedding(_BUCKETS, params.word_width, padding_idx=0)
        self.lstm = nn.LSTM(params.word_width, params.lstm_width, batch_first=True, bidirectional=True)
        self.entity = nn.Embedding(entities, _ENTITY_WIDTH)
        width = params.hidden_width
        self.image = nn.Sequential(nn.LayerNorm(pooled_width, elementwise_affine=False), nn.Linear(pooled_width, width))
        hidden = nn.Linear(2 * params.lstm_width + width + _ENTITY_WIDTH, 2 * width)
        self.head = nn.Sequential(hidden, nn.ReLU(), nn.Dropout(params.dropout), nn.Linear(2 * width, classes))

    def forward(self, words: Tensor, lengths: Tensor, pooled: Tensor, entity: Tensor) -> Tensor:
        """Return logits (B, classes).

        Args:
            words: int64 (words of all B questions in order, grams).
            lengths: int64 (B,): words per question, at least one.
            pooled: float32 (B, width).
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
class ClassifierModel:
    """The trained network, its classes and its calibration."""

    network: ClassifierNetwork
    classes: tuple[str, ...]
    calibration: Calibration
    epoch: int


def fit_classifier(
    train: Sequence[ClassifierExample], development: Sequence[ClassifierExample], params: TrainParams
) -> ClassifierModel:
    """Trains from scratch, with the same optimiser, schedule and early stopping as the hybrid network."""
    classes = tuple(sorted({example.label for example in train if example.label is not None} | {ABSTENTION}))
    numbers = {name: number for number, name in enumerate(classes)}
    known = [example for example in train if example.label is not None]
    checked = [example for example in development if example.label in numbers]
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(params.seed)
    network = ClassifierNetwork(len(classes), train[0].entities, len(train[0].pooled), params)
    rate = _RATE_FACTOR * params.lr
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=params.weight_decay, fused=True)
    steps = params.epochs * -(-len(known) // params.batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.15)
    best_epoch, best_measure, weights = 0, (-1.0, 0.0), _copy(network)
    for epoch in range(1, params.epochs + 1):
        network.train()
        order = np.random.default_rng([params.seed, epoch]).permutation(len(known))
        for batch in chunks((known[index] for index in order), params.batch_size):
            optimizer.zero_grad()
            F.cross_entropy(network(*_collate(batch)), _targets(batch, numbers)).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        measure = _measure(network, checked, numbers)
        if measure > best_measure:
            best_epoch, best_measure, weights = epoch, measure, _copy(network)
        elif epoch - best_epoch >= _PATIENCE_FACTOR * params.patience:
            break
    network.load_state_dict(weights)
    network.eval()
    model = ClassifierModel(network, classes, Calibration(), best_epoch)
    outcomes = []
    for example, best in zip(development, _best_classes(model, development), strict=True):
        right = best is not None and is_read(example.truths, [best[0]])
        outcomes.append(BestAnswer(best[1] if best else 0.0, right, example.answerable))
    return replace(model, calibration=calibrate(outcomes))


def rank_by_classifier(model: ClassifierModel, examples: Sequence[ClassifierExample]) -> list[list[Answer]]:
    """Return the most probable answer to each question, with calibrated confidence."""
    return [
        [Answer(best[0], best[1], model.calibration.confidence(best[1]), ())] if best else []
        for best in _best_classes(model, examples)
    ]


@torch.no_grad()
def _best_classes(
    model: ClassifierModel, examples: Sequence[ClassifierExample]
) -> Iterator[tuple[Quantity, float] | None]:
    """Yields the most probable value whose unit the entity allows, with its probability; None if there is none."""
    quantities = [parse_quantity(name) for name in model.classes]
    for batch in chunks(examples, _BATCH_SIZE):
        logits = model.network(*_collate(batch))
        for example, row in zip(batch, logits, strict=True):
            allowed = torch.tensor([q is None or q.unit in example.units for q in quantities])
            probabilities = row.masked_fill(~allowed, _MASKED).softmax(dim=0)
            values = probabilities.masked_fill(torch.tensor([q is None for q in quantities]) | ~allowed, -1.0)
            place = int(values.argmax())
            quantity = quantities[place]
            # None if no training row has an answer of this kind.
            yield None if quantity is None or not bool(allowed[place]) else (quantity, float(values[place]))


@torch.no_grad()
def _measure(
    network: ClassifierNetwork, examples: Sequence[ClassifierExample], numbers: dict[str, int]
) -> tuple[float, float]:
    """Return the accuracy, and the negative loss to break ties: higher is better.

    The loss alone would stop too early: with a thousand classes it rises while accuracy still improves.
    """
    network.eval()
    right, loss = 0, 0.0
    for batch in chunks(examples, _BATCH_SIZE):
        logits, targets = network(*_collate(batch)), _targets(batch, numbers)
        right += int((logits.argmax(dim=1) == targets).sum())
        loss += float(F.cross_entropy(logits, targets, reduction="sum"))
    return right / max(len(examples), 1), -loss


def _targets(batch: Sequence[ClassifierExample], numbers: dict[str, int]) -> Tensor:
    return torch.tensor([numbers[example.label or ABSTENTION] for example in batch])


def _collate(batch: Sequence[ClassifierExample]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return (
        torch.from_numpy(np.concatenate([example.words for example in batch])),
        torch.tensor([len(example.words) for example in batch]),
        torch.from_numpy(np.stack([example.pooled for example in batch])),
        torch.tensor([example.entity for example in batch]),
    )


def _copy(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
