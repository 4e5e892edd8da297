"""Questions as arrays: a photo, an entity, and the candidate answers."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imagequant.core.line_segments import LEVEL, UPRIGHT
from imagequant.core.records import Candidate, PhotoFeatures, PhotoReading
from imagequant.model.features import FORMS, candidate_evidence, candidate_features, is_along_line
from imagequant.model.printed import SHARED, printed_numbers
from imagequant.model.vocabulary import Vocabulary
from imagequant.model.words import NGRAMS_PER_TOKEN, token_features, token_ngrams
from imagequant.quantity.domain import Domain
from imagequant.quantity.scoring import Quantity, same_quantity

GROUP_BUCKETS = 256
UNKNOWN_GROUP = 0
TOKENS_PER_CANDIDATE = 6


@dataclass(frozen=True)
class Example:
    """One question with T tokens and C candidates.

    Attributes:
        quantities: The candidates' quantities.
        ngrams: int64 (T, n-grams).
        token_features: float32 (T, features).
        candidate_features: float32 (C, features).
        candidate_ids: int64 (C, 3): unit, form and name numbers.
        candidate_tokens: int64 (C, ``TOKENS_PER_CANDIDATE``): indices of tokens, padded with -1.
        centers: float32 (C, 2): the candidates' centres in the CNN's square, in [-1, 1].
        evidence: float32 (C, ``features.EVIDENCE``): what speaks for the candidates besides the ranker.
        entity: Index of the entity.
        vocabulary: What is numbered how.
        group: Hash bucket of the group.
        photo: CNN features.
        correct: bool (C,): candidates that equal an accepted answer; None without a label.
        targets: bool (C,): candidates to choose in training (see ``training_targets``); None without a label.
        answerable: Whether the label has an answer.
        printed: int64 (C,): numbers of the candidates' printed quantities (see ``printed``).
        source_abstains: Whether whoever labelled the row also says when a photo gives no answer
            (``labels.groups_that_abstain``).
        calibrates: Whether the row shows how sure an answer is (``labels.groups_that_calibrate``).
        siblings: The questions that are decided with this one, at most two, without siblings of their own.
    """

    quantities: tuple[Quantity, ...]
    ngrams: NDArray[np.int64]
    token_features: NDArray[np.float32]
    candidate_features: NDArray[np.float32]
    candidate_ids: NDArray[np.int64]
    candidate_tokens: NDArray[np.int64]
    centers: NDArray[np.float32]
    evidence: NDArray[np.float32]
    entity: int
    vocabulary: Vocabulary
    group: int
    photo: PhotoFeatures
    correct: NDArray[np.bool_] | None
    targets: NDArray[np.bool_] | None
    answerable: bool
    printed: NDArray[np.int64]
    source_abstains: bool = True
    calibrates: bool = True
    siblings: tuple[Example, ...] = ()

    @property
    def teaches(self) -> bool:
        """Whether there is something to learn from the row.

        If its source hardly ever abstains, a row about a photo with one printed quantity only teaches to answer always.
        """
        return self.source_abstains or not self.answerable or len(np.unique(self.printed)) != 1


@dataclass(frozen=True)
class Limits:
    """Maximum numbers of tokens and candidates per question, in reading order."""

    max_words: int
    max_candidates: int


def make_example(
    reading: PhotoReading,
    entity: str,
    group_id: str,
    photo: PhotoFeatures,
    limits: Limits,
    domain: Domain,
    truths: Sequence[Quantity] | None = None,
    answerable: bool = False,
) -> Example:
    """Build the arrays of one question and of those that are decided with it.

    Args:
        reading: The photo's OCR reading.
        entity: One of the domain's.
        group_id: The product category's code; empty if unknown.
        photo: The photo's CNN features.
        limits: Maximum numbers of tokens and candidates.
        domain: The entities.
        truths: Accepted answers for training and evaluation, the label's own first.
        answerable: Whether the label has an answer.
    """
    tokens = reading.tokens[: limits.max_words]
    ngrams = np.array([token_ngrams(token.text) for token in tokens], dtype=np.int64).reshape(-1, NGRAMS_PER_TOKEN)
    described = token_features(tokens, reading.width, reading.height, domain.kinds)
    printed = dict(zip(map(id, reading.candidates), printed_numbers(reading.candidates), strict=True))
    vocabulary = Vocabulary.of(domain)

    def build(name: str, candidates: Sequence[Candidate], siblings: tuple[Example, ...] = ()) -> Example:
        features = candidate_features(candidates, reading.tokens, reading.width, reading.height)
        ids = _candidate_ids(candidates, domain)
        return Example(
            quantities=tuple(Quantity(candidate.value, candidate.unit) for candidate in candidates),
            ngrams=ngrams,
            token_features=described,
            candidate_features=features,
            candidate_ids=ids,
            candidate_tokens=_candidate_tokens(candidates, len(tokens)),
            centers=_centers(candidates, reading, photo),
            evidence=candidate_evidence(features, ids, name, domain),
            entity=domain.names.index(name),
            vocabulary=vocabulary,
            group=group_bucket(group_id),
            photo=photo,
            correct=None,
            targets=None,
            answerable=False,
            printed=np.array([printed[id(candidate)] for candidate in candidates], dtype=np.int64),
            siblings=siblings,
        )

    siblings = (build(name, limited_candidates(reading, name, limits, domain)) for name in domain.siblings(entity))
    candidates = limited_candidates(reading, entity, limits, domain)
    example = build(entity, candidates, tuple(siblings))
    if truths is None:
        return example
    targets = training_targets(candidates, truths, answerable=answerable)
    return replace(example, correct=matches(candidates, truths), targets=targets, answerable=answerable)


def entity_candidates(reading: PhotoReading, entity: str, domain: Domain) -> tuple[Candidate, ...]:
    """Return the candidates that may answer a question, in reading order.

    Their units are the entity's, their amounts are such as products have, and a printed name decides (see ``Role``).
    """
    role, units = domain.roles[entity], domain.entities[entity].allowed_units
    possible = [
        candidate
        for candidate in reading.candidates
        if candidate.unit in units
        and domain.is_plausible(candidate.value, candidate.unit, entity)
        and candidate.name not in role.others
    ]
    named = [candidate for candidate in possible if candidate.name in role.own]
    others = [candidate for candidate in possible if candidate.name not in role.weak]
    if not named and entity in _ACROSS and _is_only_length(possible, _ACROSS[entity]):
        return ()
    return tuple(named or others or possible)


# A single length along a line of this direction is the other one: an upright length is no width.
_ACROSS = {"width": UPRIGHT, "height": LEVEL}


def _is_only_length(candidates: Sequence[Candidate], direction: int) -> bool:
    """Return whether a photo prints a single length, once, beside a dimension line of a direction."""
    numbers = set(printed_numbers(candidates))
    return (
        len(numbers) == 1
        and SHARED not in numbers
        and all(
            is_along_line(candidate, direction) for candidate in candidates if candidate.mention.form not in _COPIES
        )
    )


# Further readings of a quantity, whose boxes are less exact.
_COPIES = ("alternative", "ocr_alternative", "dual_unit")


def limited_candidates(reading: PhotoReading, entity: str, limits: Limits, domain: Domain) -> tuple[Candidate, ...]:
    """Return the entity's candidates up to the limit, in the order of the example's ``quantities``."""
    return entity_candidates(reading, entity, domain)[: limits.max_candidates]


def matches(candidates: Sequence[Candidate], truths: Sequence[Quantity]) -> NDArray[np.bool_]:
    """Return which candidates equal an accepted answer."""
    quantities = (Quantity(candidate.value, candidate.unit) for candidate in candidates)
    return np.array([any(same_quantity(each, truth) for truth in truths) for each in quantities], dtype=bool)


def training_targets(
    candidates: Sequence[Candidate], truths: Sequence[Quantity], *, answerable: bool
) -> NDArray[np.bool_]:
    """Return which candidates training should choose: those that equal the label itself.

    Of two printed units, the model should learn to choose the label's, so other accepted answers only count if the
    label was not read. If the label is empty, there are no targets, even if an answer would be accepted.
    """
    if not answerable:
        return np.zeros(len(candidates), dtype=bool)
    own = matches(candidates, truths[:1])
    return own if own.any() else matches(candidates, truths)


def group_bucket(group_id: str) -> int:
    """Return a group's hash bucket; unknown groups have their own."""
    return UNKNOWN_GROUP if not group_id else zlib.crc32(group_id.encode()) % (GROUP_BUCKETS - 1) + 1


def _candidate_ids(candidates: Sequence[Candidate], domain: Domain) -> NDArray[np.int64]:
    units, names = list(domain.units), domain.printed_names
    rows = [(units.index(c.unit), FORMS.index(c.mention.form), names.index(c.name)) for c in candidates]
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
