"""Examples to padded tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from imagequant.model.examples import TOKENS_PER_CANDIDATE, Example
from imagequant.model.features import CANDIDATE_FEATURES
from imagequant.model.words import NGRAMS_PER_TOKEN, TOKEN_FEATURES


class Inputs(NamedTuple):
    """The network's inputs for B questions of up to T tokens and C candidates, in the order ``forward`` takes them."""

    ngrams: Tensor  # int64 (B, T, n-grams)
    token_features: Tensor  # float32 (B, T, features)
    token_mask: Tensor  # bool (B, T)
    candidate_features: Tensor  # float32 (B, C, features)
    candidate_ids: Tensor  # int64 (B, C, 3)
    candidate_tokens: Tensor  # int64 (B, C, K), -1 where there is none
    candidate_mask: Tensor  # bool (B, C)
    centers: Tensor  # float32 (B, C, 2)
    entity: Tensor  # int64 (B,)
    group: Tensor  # int64 (B,)
    pooled: Tensor  # float32 (B, 2048)
    grid: Tensor  # float32 (B, channels, rows, columns)


def collate(examples: Sequence[Example]) -> Inputs:
    """Pads to the longest of the batch, at least one token and one candidate (masked)."""
    tokens = max(1, *(len(example.ngrams) for example in examples))
    candidates = max(1, *(len(example.candidates) for example in examples))

    def pad(get: Callable[[Example], NDArray[np.generic]], length: int, fill: int = 0) -> Tensor:
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
        candidate_mask=_mask([len(e.candidates) for e in examples], candidates),
        centers=pad(lambda e: e.centers, candidates).reshape(-1, candidates, 2),
        entity=torch.tensor([e.entity for e in examples]),
        group=torch.tensor([e.group for e in examples]),
        pooled=torch.from_numpy(np.stack([e.photo.pooled for e in examples])),
        grid=torch.from_numpy(np.stack([e.photo.grid for e in examples])),
    )


def target_mask(examples: Sequence[Example], candidates: int) -> Tensor:
    """Bool (B, candidates): the candidates that training asks for."""
    return _pad([_targets(example) for example in examples], candidates, 0).bool()


def batches(examples: Sequence[Example], size: int) -> Iterator[Sequence[Example]]:
    """Consecutive batches."""
    for start in range(0, len(examples), size):
        yield examples[start : start + size]


def _targets(example: Example) -> NDArray[np.bool_]:
    if example.targets is None:
        raise ValueError("example has no label")
    return example.targets


def _pad(arrays: Sequence[NDArray[np.generic]], length: int, fill: int) -> Tensor:
    first = arrays[0]
    padded = np.full((len(arrays), length, *first.shape[1:]), fill, dtype=first.dtype)
    for row, array in enumerate(arrays):
        padded[row, : len(array)] = array
    return torch.from_numpy(padded)


def _mask(lengths: Sequence[int], length: int) -> Tensor:
    return torch.arange(length)[None, :] < torch.tensor(lengths)[:, None]
