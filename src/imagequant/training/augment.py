"""Augmentation of examples, image side and text side, each switched by ``train.augment``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from imagequant.core.records import PhotoFeatures
from imagequant.model.examples import UNKNOWN_GROUP, Example
from imagequant.model.words import NGRAM_BUCKETS
from imagequant.params import AugmentParams


def augment(example: Example, params: AugmentParams, random: np.random.Generator) -> Example:
    """A varied copy of an example.

    ``word_dropout``: share of tokens that go unread. ``character_noise``: share of n-grams misread.
    ``candidate_dropout``: share of wrong candidates that OCR missed. ``feature_noise``: standard deviation added to
    CNN features, relative to theirs. ``box_jitter``: standard deviation of places, as a share of the photo.
    ``group_dropout``: share of examples whose product category is not known, as when single photos are asked about.
    ``text_dropout``: share of examples whose words are not read, only their candidates: what these show by themselves
    must do, or few examples' words are learnt by heart.
    """
    varied = example
    for step in (_see_worse, _read_worse, _drop_candidates, _jitter, _forget_group, _forget_text):
        varied = step(varied, params, random)
    return varied


def _see_worse(example: Example, params: AugmentParams, random: np.random.Generator) -> Example:
    if params.feature_noise <= 0:
        return example
    photo = example.photo
    pooled = photo.pooled + params.feature_noise * photo.pooled.std() * random.standard_normal(photo.pooled.shape)
    grid = photo.grid + params.feature_noise * photo.grid.std() * random.standard_normal(photo.grid.shape)
    return replace(example, photo=PhotoFeatures(pooled.astype(np.float32), grid.astype(np.float32), photo.square))


def _read_worse(example: Example, params: AugmentParams, random: np.random.Generator) -> Example:
    ngrams = example.ngrams.copy()
    ngrams[random.random(len(ngrams)) < params.word_dropout] = 0
    misread = (random.random(ngrams.shape) < params.character_noise) & (ngrams > 0)
    ngrams[misread] = random.integers(1, NGRAM_BUCKETS, int(misread.sum()))
    return replace(example, ngrams=ngrams)


def _drop_candidates(example: Example, params: AugmentParams, random: np.random.Generator) -> Example:
    if example.correct is None or example.targets is None or params.candidate_dropout <= 0:
        return example
    kept = example.correct | (random.random(len(example.quantities)) >= params.candidate_dropout)
    return replace(
        example,
        quantities=tuple(quantity for quantity, keep in zip(example.quantities, kept, strict=True) if keep),
        candidate_features=example.candidate_features[kept],
        candidate_ids=example.candidate_ids[kept],
        candidate_tokens=example.candidate_tokens[kept],
        centers=example.centers[kept],
        correct=example.correct[kept],
        targets=example.targets[kept],
    )


def _jitter(example: Example, params: AugmentParams, random: np.random.Generator) -> Example:
    if params.box_jitter <= 0:
        return example
    features = example.candidate_features.copy()
    features[:, :2] += 2 * params.box_jitter * random.standard_normal((len(features), 2)).astype(np.float32)
    tokens = example.token_features.copy()
    tokens[:, :2] += 2 * params.box_jitter * random.standard_normal((len(tokens), 2)).astype(np.float32)
    return replace(example, candidate_features=features, token_features=tokens)


def _forget_group(example: Example, params: AugmentParams, random: np.random.Generator) -> Example:
    if params.group_dropout <= 0 or random.random() >= params.group_dropout:
        return example
    return replace(example, group=UNKNOWN_GROUP)


def _forget_text(example: Example, params: AugmentParams, random: np.random.Generator) -> Example:
    if params.text_dropout <= 0 or random.random() >= params.text_dropout:
        return example
    return replace(
        example,
        ngrams=example.ngrams[:0],
        token_features=example.token_features[:0],
        candidate_tokens=np.full_like(example.candidate_tokens, -1),
    )
