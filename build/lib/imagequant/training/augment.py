"""Augmentation of examples, of images and of text; ``train.augment`` controls each kind."""

from dataclasses import replace

import numpy as np

from imagequant.core.records import PhotoFeatures
from imagequant.model.examples import UNKNOWN_GROUP, Example
from imagequant.model.words import NGRAM_BUCKETS
from imagequant.params import AugmentParams


def augment(example: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    """Return a varied copy of an example.

    ``word_dropout``: share of words that are not read. ``character_noise``: share of n-grams that are misread.
    ``candidate_dropout``: share of wrong candidates that OCR misses. ``feature_noise``: standard deviation of the
    noise on CNN features, relative to theirs. ``box_jitter``: standard deviation of positions, as a share of the
    photo. ``group_dropout``: share of examples with an unknown product category, as for single photos.
    ``text_dropout``: share of examples with candidates but without words, so that the words of a small data set are
    not memorised.
    """
    varied = example
    for step in (_add_feature_noise, _misread, _drop_candidates, _jitter, _drop_group, _drop_text):
        varied = step(varied, params, rng)
    return replace(varied, siblings=tuple(_vary_alike(sibling, varied, params, rng) for sibling in example.siblings))


def _vary_alike(sibling: Example, varied: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    """Give a sibling the words, photo and group of the varied example, and its candidates other positions."""
    moved = _jitter(sibling, params, rng)
    tokens = sibling.candidate_tokens if len(varied.ngrams) else np.full_like(sibling.candidate_tokens, -1)
    return replace(
        moved, ngrams=varied.ngrams, token_features=varied.token_features, candidate_tokens=tokens,
        group=varied.group, photo=varied.photo,
    )  # fmt: skip


def _add_feature_noise(example: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    if params.feature_noise <= 0:
        return example
    photo = example.photo
    pooled = photo.pooled + params.feature_noise * photo.pooled.std() * rng.standard_normal(photo.pooled.shape)
    grid = photo.grid + params.feature_noise * photo.grid.std() * rng.standard_normal(photo.grid.shape)
    return replace(example, photo=PhotoFeatures(pooled.astype(np.float32), grid.astype(np.float32), photo.square))


def _misread(example: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    ngrams = example.ngrams.copy()
    ngrams[rng.random(len(ngrams)) < params.word_dropout] = 0
    misread = (rng.random(ngrams.shape) < params.character_noise) & (ngrams > 0)
    ngrams[misread] = rng.integers(1, NGRAM_BUCKETS, int(misread.sum()))
    return replace(example, ngrams=ngrams)


def _drop_candidates(example: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    if example.correct is None or example.targets is None or params.candidate_dropout <= 0:
        return example
    kept = example.correct | (rng.random(len(example.quantities)) >= params.candidate_dropout)
    return replace(
        example,
        quantities=tuple(quantity for quantity, keep in zip(example.quantities, kept, strict=True) if keep),
        candidate_features=example.candidate_features[kept],
        candidate_ids=example.candidate_ids[kept],
        candidate_tokens=example.candidate_tokens[kept],
        centers=example.centers[kept],
        correct=example.correct[kept],
        targets=example.targets[kept],
        printed=example.printed[kept],
    )


def _jitter(example: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    if params.box_jitter <= 0:
        return example
    features = example.candidate_features.copy()
    features[:, :2] += 2 * params.box_jitter * rng.standard_normal((len(features), 2)).astype(np.float32)
    tokens = example.token_features.copy()
    tokens[:, :2] += 2 * params.box_jitter * rng.standard_normal((len(tokens), 2)).astype(np.float32)
    return replace(example, candidate_features=features, token_features=tokens)


def _drop_group(example: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    if params.group_dropout <= 0 or rng.random() >= params.group_dropout:
        return example
    return replace(example, group=UNKNOWN_GROUP)


def _drop_text(example: Example, params: AugmentParams, rng: np.random.Generator) -> Example:
    if params.text_dropout <= 0 or rng.random() >= params.text_dropout:
        return example
    return replace(
        example,
        ngrams=example.ngrams[:0],
        token_features=example.token_features[:0],
        candidate_tokens=np.full_like(example.candidate_tokens, -1),
    )
