"""Questions as arrays: one photo, one entity, the candidates it could be answered with."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Candidate, PhotoFeatures, PhotoReading
from imagequant.model.features import AXES, FORMS, candidate_features
from imagequant.model.words import NGRAMS_PER_TOKEN, token_features, token_ngrams
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.quantity.units import ENTITIES, ENTITY_UNITS, UNITS

GROUP_BUCKETS = 256
UNKNOWN_GROUP = 0
TOKENS_PER_CANDIDATE = 6
_UNIT_NUMBERS = {name: number for number, name in enumerate(UNITS)}


@dataclass(frozen=True)
class Example:
    """One question ready for batching; T tokens, C candidates.

    Attributes:
        quantities: What the candidates say, in the rows' order.
        ngrams: int64 (T, n-grams).
        token_features: float32 (T, features).
        candidate_features: float32 (C, features).
        candidate_ids: int64 (C, 3): unit, form and axis numbers.
        candidate_tokens: int64 (C, ``TOKENS_PER_CANDIDATE``): indices of tokens, -1 where there are fewer.
        centers: float32 (C, 2): the candidates' middles in the CNN's square, in [-1, 1].
        entity: Number of the entity.
        group: Bucket of the group.
        photo: CNN features.
        correct: bool (C,): which candidates equal an accepted answer; None where there is no label.
        targets: bool (C,): which of them training asks for (see ``training_targets``); None where there is no label.
        answerable: Whether the label says there is an answer.
    """

    quantities: tuple[Quantity, ...]
    ngrams: NDArray[np.int64]
    token_features: NDArray[np.float32]
    candidate_features: NDArray[np.float32]
    candidate_ids: NDArray[np.int64]
    candidate_tokens: NDArray[np.int64]
    centers: NDArray[np.float32]
    entity: int
    group: int
    photo: PhotoFeatures
    correct: NDArray[np.bool_] | None
    targets: NDArray[np.bool_] | None
    answerable: bool


@dataclass(frozen=True)
class Limits:
    """At most so many tokens and candidates reach the network, in reading order."""

    max_words: int
    max_candidates: int


def make_example(
    reading: PhotoReading,
    entity: str,
    group_id: str,
    photo: PhotoFeatures,
    limits: Limits,
    truths: Sequence[Quantity] | None = None,
    answerable: bool = False,
) -> Example:
    """Builds the arrays of one question.

    Args:
        reading: What was read on the photo.
        entity: One of ``ENTITIES``.
        group_id: The product category's code; empty if unknown.
        photo: The photo's CNN features.
        limits: Caps.
        truths: Accepted answers, for training and evaluation, the label's own first.
        answerable: Whether the label has an answer.
    """
    candidates = asked_candidates(reading, entity, limits)
    tokens = reading.tokens[: limits.max_words]
    return Example(
        quantities=tuple(Quantity(candidate.value, candidate.unit) for candidate in candidates),
        ngrams=np.array([token_ngrams(token.text) for token in tokens], dtype=np.int64).reshape(-1, NGRAMS_PER_TOKEN),
        token_features=token_features(tokens, reading.width, reading.height),
        candidate_features=candidate_features(candidates, reading.tokens, reading.width, reading.height),
        candidate_ids=_candidate_ids(candidates),
        candidate_tokens=_candidate_tokens(candidates, len(tokens)),
        centers=_centers(candidates, reading, photo),
        entity=ENTITIES.index(entity),
        group=group_bucket(group_id),
        photo=photo,
        correct=None if truths is None else matches(candidates, truths),
        targets=None if truths is None else training_targets(candidates, truths, answerable=answerable),
        answerable=answerable,
    )


def entity_candidates(reading: PhotoReading, entity: str) -> tuple[Candidate, ...]:
    """The candidates whose unit the entity allows, in reading order."""
    return tuple(candidate for candidate in reading.candidates if candidate.unit in ENTITY_UNITS[entity])


def asked_candidates(reading: PhotoReading, entity: str, limits: Limits) -> tuple[Candidate, ...]:
    """Those of them that reach the network: the example's ``quantities`` are theirs."""
    return entity_candidates(reading, entity)[: limits.max_candidates]


def matches(candidates: Sequence[Candidate], truths: Sequence[Quantity]) -> NDArray[np.bool_]:
    """Which candidates equal one of the accepted answers."""
    return np.array(
        [
            any(same_quantity(Quantity(candidate.value, candidate.unit), truth) for truth in truths)
            for candidate in candidates
        ],
        dtype=bool,
    )


def training_targets(
    candidates: Sequence[Candidate], truths: Sequence[Quantity], *, answerable: bool
) -> NDArray[np.bool_]:
    """Which candidates training should choose: those that equal the label itself.

    Which of two printed units a label names is to be learnt, so what is accepted beside the label counts only where
    the label was not read. None are chosen where the label is empty, even if an answer would be accepted.
    """
    if not answerable:
        return np.zeros(len(candidates), dtype=bool)
    own = matches(candidates, truths[:1])
    return own if own.any() else matches(candidates, truths)


def group_bucket(group_id: str) -> int:
    """An unknown group has a bucket of its own; others share the rest by hash."""
    return UNKNOWN_GROUP if not group_id else zlib.crc32(group_id.encode()) % (GROUP_BUCKETS - 1) + 1


def blank_features(channels: int, pooled: int = 2048, cells: int = 7) -> PhotoFeatures:
    """Features of a photo the CNN could not see: zeros."""
    return PhotoFeatures(
        np.zeros(pooled, dtype=np.float32),
        np.zeros((channels, cells, cells), dtype=np.float32),
        np.array([0, 0, 1, 1], dtype=np.float32),
    )


def _candidate_ids(candidates: Sequence[Candidate]) -> NDArray[np.int64]:
    rows = [(_UNIT_NUMBERS[c.unit], FORMS.index(c.mention.form), AXES.index(c.mention.axis)) for c in candidates]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _candidate_tokens(candidates: Sequence[Candidate], tokens: int) -> NDArray[np.int64]:
    rows = []
    for candidate in candidates:
        inside = [index for index in candidate.words if index < tokens][:TOKENS_PER_CANDIDATE]
        rows.append(inside + [-1] * (TOKENS_PER_CANDIDATE - len(inside)))
    return np.array(rows, dtype=np.int64).reshape(-1, TOKENS_PER_CANDIDATE)


def _centers(candidates: Sequence[Candidate], reading: PhotoReading, photo: PhotoFeatures) -> NDArray[np.float32]:
    x0, y0, x1, y1 = (float(value) for value in photo.square)
    rows = [
        (
            2 * (x0 + candidate.box.center[0] / reading.width * (x1 - x0)) - 1,
            2 * (y0 + candidate.box.center[1] / reading.height * (y1 - y0)) - 1,
        )
        for candidate in candidates
    ]
    return np.array(rows, dtype=np.float32).reshape(-1, 2)
