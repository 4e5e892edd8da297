"""Batches of examples as padded arrays."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imagequant.model.examples import TOKENS_PER_CANDIDATE, Example
from imagequant.model.features import CANDIDATE_FEATURES
from imagequant.model.words import NGRAMS_PER_TOKEN, TOKEN_FEATURES

Array = NDArray[Any]


class Inputs(NamedTuple):
    """The inputs of ``forward``, in its order: B questions, siblings included, up to T tokens and C candidates."""

    ngrams: Array  # int64 (B, T, n-grams)
    token_features: Array  # float32 (B, T, features)
    token_mask: Array  # bool (B, T)
    candidate_features: Array  # float32 (B, C, features)
    candidate_ids: Array  # int64 (B, C, 3)
    candidate_tokens: Array  # int64 (B, C, K), padded with -1
    candidate_mask: Array  # bool (B, C)
    centers: Array  # float32 (B, C, 2)
    entity: Array  # int64 (B,)
    group: Array  # int64 (B,)
    pooled: Array  # float32 (B, width)
    grid: Array  # float32 (B, channels, rows, columns)
    printed: Array  # int64 (B, C), padded with -1
    siblings: Array  # int64 (B, 2), rows of the batch, padded with -1


def collate(examples: Sequence[Example]) -> Inputs:
    """Pad to the longest example of the batch, with at least one (masked) token and candidate.

    The rows of the examples come first, then those of their siblings.
    """
    examples, siblings = _flattened(examples)
    tokens = max(1, *(len(example.ngrams) for example in examples))
    candidates = max(1, *(len(example.quantities) for example in examples))

    def pad(get: Callable[[Example], NDArray[np.generic]], length: int, fill: int = 0) -> Array:
        return _pad([get(example) for example in examples], length, fill)

    return Inputs(
        ngrams=pad(lambda e: e.ngrams, tokens).reshape(-1, tokens, NGRAMS_PER_TOKEN),
        token_features=pad(lambda e: e.token_features, tokens).reshape(-1, tokens, TOKEN_FEATURES),
        token_mask=_mask([len(e.ngrams) for e in examples], tokens),
        candidate_features=pad(lambda e: e.candidate_features, candidates).reshape(-1, candidates, CANDIDATE_FEATURES),
        candidate_ids=pad(lambda e: e.candidate_ids, candidates).reshape(-1, candidates, 3),
        candidate_tokens=pad(lambda e: e.candidate_tokens, candidates, -1).reshape(
            -1, candidates, TOKENS_PER_CANDIDATE
        ),
        candidate_mask=_mask([len(e.quantities) for e in examples], candidates),
        centers=pad(lambda e: e.centers, candidates).reshape(-1, candidates, 2),
        entity=np.array([e.entity for e in examples], dtype=np.int64),
        group=np.array([e.group for e in examples], dtype=np.int64),
        pooled=np.stack([e.photo.pooled for e in examples]),
        grid=np.stack([e.photo.grid for e in examples]),
        printed=pad(lambda e: e.printed, candidates, -1).reshape(-1, candidates),
        siblings=siblings,
    )


def _flattened(examples: Sequence[Example]) -> tuple[list[Example], Array]:
    """Return the examples followed by their siblings, and int64 (rows, 2): each row's siblings, padded with -1."""
    rows = [*examples, *(sibling for example in examples for sibling in example.siblings)]
    places = np.full((len(rows), 2), -1, dtype=np.int64)
    at = len(examples)
    for row, example in enumerate(examples):
        for place in range(len(example.siblings)):
            places[row, place] = at
            at += 1
    return rows, places


def target_mask(examples: Sequence[Example], candidates: int) -> Array:
    """Return bool (B, candidates): the training targets of labelled examples."""
    targets = [example.targets for example in examples if example.targets is not None]
    if len(targets) < len(examples):
        raise ValueError("example has no label")
    return _pad(targets, candidates, 0)


def _pad(arrays: Sequence[NDArray[np.generic]], length: int, fill: int) -> Array:
    first = arrays[0]
    padded = np.full((len(arrays), length, *first.shape[1:]), fill, dtype=first.dtype)
    for row, array in enumerate(arrays):
        padded[row, : len(array)] = array
    return padded


def _mask(lengths: Sequence[int], length: int) -> Array:
    return np.arange(length)[None, :] < np.array(lengths)[:, None]
