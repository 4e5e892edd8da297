"""Features of candidates.

Ablations disable groups of columns; their order is defined here only.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imagequant.core.line_segments import CENTRED, FALLING, IN_LINE, LEVEL, NEAR, RISING, UPRIGHT
from imagequant.core.records import LINE_SEGMENT_FEATURES, Candidate, Word
from imagequant.model.printed import SHARED, printed_numbers
from imagequant.quantity.cues import CUES
from imagequant.quantity.domain import Domain
from imagequant.quantity.dual_units import DUAL_UNIT_TOLERANCE
from imagequant.quantity.units import METRIC_UNITS, to_base

FORMS = (
    "plain", "factor", "product", "range", "compound", "degree", "confusable", "fluid", "alternative", "stacked",
    "noted", "ocr_alternative", "dual_unit", "unit_first", "gram_read_as_nine",
)  # fmt: skip
# Relative tolerance for equal values in rankings.
_SAME_TOLERANCE = 0.015

Matrix = NDArray[np.float32]


def candidate_features(candidates: Sequence[Candidate], tokens: Sequence[Word], width: int, height: int) -> Matrix:
    """Return features of a question's candidates; shape (candidates, ``CANDIDATE_FEATURES``).

    Args:
        candidates: The candidates with the entity's units, which are compared with each other.
        tokens: All tokens of the photo, to compare text sizes.
        width: The photo's width in pixels.
        height: The photo's height in pixels.
    """
    if not candidates:
        return np.zeros((0, CANDIDATE_FEATURES), dtype=np.float32)
    groups = (
        _geometry(candidates, tokens, width, height),
        _amounts(candidates),
        _directions(candidates),
        _reading(candidates),
        _dual_units(candidates),
        _cues(candidates),
    )
    return np.concatenate(groups, axis=1).astype(np.float32)


# What else speaks for a candidate besides the ranker: the confidence of OCR, a second engine, the entity's name, no
# weak name, the same amount in another unit, that its reading is no guess, and that it is not in milligrams without a
# name, as doses are.
EVIDENCE = ("ocr_confidence", "second_engine", "own_name", "no_weak_name", "dual_unit", "no_guess", "no_dose_unit")
_DOSE_UNITS = ("milligram", "microgram")
_GUESSES = ("degree", "confusable", "fluid", "alternative", "ocr_alternative", "gram_read_as_nine")


def is_mere_guess(evidence: Sequence[float]) -> bool:
    """Return whether a candidate's reading is a guess, and nothing else speaks for it."""
    signs = dict(zip(EVIDENCE, evidence, strict=True))
    return not (signs["no_guess"] or signs["second_engine"] or signs["own_name"] or signs["dual_unit"])


def candidate_evidence(features: Matrix, ids: NDArray[np.int64], entity: str, domain: Domain) -> Matrix:
    """Return the evidence for candidates, float32 (candidates, ``EVIDENCE``).

    Args:
        features: ``candidate_features``.
        ids: int64 (candidates, 3): their unit, form and name numbers.
        entity: The entity that is asked for.
        domain: Numbers units and names.
    """
    role = domain.roles[entity]
    reading = DIRECTION_COLUMNS.stop
    dual = reading + _READING_FEATURES
    guesses = [FORMS.index(form) for form in _GUESSES]
    named = _has_name(ids, role.own, domain)
    dose_units = [number for number, unit in enumerate(domain.units) if unit in _DOSE_UNITS]
    columns = (
        features[:, reading], features[:, reading + 3] >= 1, named, ~_has_name(ids, role.weak, domain),
        features[:, dual], ~np.isin(ids[:, 1], guesses), named | ~np.isin(ids[:, 0], dose_units),
    )  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _has_name(ids: NDArray[np.int64], names: frozenset[str], domain: Domain) -> NDArray[np.bool_]:
    return np.isin(ids[:, 2], [domain.printed_names.index(name) for name in sorted(names)])


GEOMETRY_FEATURES = 21 + LINE_SEGMENT_FEATURES
_AMOUNT_FEATURES = 11
_DIRECTION_FEATURES = 15
DIRECTION_COLUMNS = slice(
    GEOMETRY_FEATURES + _AMOUNT_FEATURES, GEOMETRY_FEATURES + _AMOUNT_FEATURES + _DIRECTION_FEATURES
)
_READING_FEATURES = 12
_DUAL_UNIT_FEATURES = 5
CANDIDATE_FEATURES = (
    GEOMETRY_FEATURES + _AMOUNT_FEATURES + _DIRECTION_FEATURES + _READING_FEATURES + _DUAL_UNIT_FEATURES + len(CUES)
)


def _geometry(candidates: Sequence[Candidate], tokens: Sequence[Word], width: int, height: int) -> Matrix:
    """Position and print size, absolute and relative to the other candidates."""
    side = max(width, height)
    centers = np.array([candidate.box.center for candidate in candidates]) / (width, height)
    sizes = np.array([(candidate.box.width / width, candidate.box.height / height) for candidate in candidates])
    print_sizes = np.array(
        [_print_size(candidate.box.width, candidate.box.height, candidate.angle) for candidate in candidates]
    )
    all_sizes = [_print_size(token.box.width, token.box.height, token.angle) for token in tokens] or [1.0]
    angles = np.array([candidate.angle for candidate in candidates])
    low, high = centers.min(axis=0), centers.max(axis=0)
    columns = [
        2 * centers - 1,
        np.abs(2 * centers - 1),
        sizes,
        np.log1p(100 * print_sizes / side)[:, None] / 4,
        (print_sizes / max(*all_sizes, 1.0))[:, None],
        np.log(np.maximum(print_sizes, 1.0) / max(float(np.median(all_sizes)), 1.0))[:, None] / 3,
        _rank(-print_sizes)[:, None],
        np.stack([angles == angle for angle in (0, 90, 180, 270)], axis=1),
        centers == low,
        centers == high,
        np.stack([_rank(centers[:, 0]), _rank(centers[:, 1])], axis=1),
        np.full((len(candidates), 1), np.log(width / height)),
        np.array([candidate.line_segments for candidate in candidates]),
    ]
    return np.concatenate([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _print_size(width: float, height: float, angle: int) -> float:
    return width if angle in (90, 270) else height


def _amounts(candidates: Sequence[Candidate]) -> Matrix:
    """The amount, absolute and relative to the other candidates'."""
    base = np.array([max(to_base(candidate.value, candidate.unit), 1e-9) for candidate in candidates])
    logs = np.log10(base)
    distinct = _distinct(np.sort(logs))
    places = np.searchsorted(distinct, logs + np.log10(1 + _SAME_TOLERANCE) / 2) - 1
    count = len(distinct)
    units = [candidate.unit for candidate in candidates]
    columns = [
        logs / 4,
        logs - logs.max(),
        logs - logs.min(),
        places == count - 1,
        places == 0,
        places / max(count - 1, 1),
        np.full(len(base), np.log1p(count) / 3),
        np.full(len(base), count == 1),
        [float(candidate.value).is_integer() for candidate in candidates],
        [units.count(unit) / len(units) for unit in units],
        [sum(abs(logs - value) < np.log10(1 + _SAME_TOLERANCE)) / len(logs) for value in logs],
    ]
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _distinct(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the first of each run of values that differ by less than the tolerance."""
    steps = np.diff(ordered, prepend=-np.inf)
    kept: NDArray[np.float64] = ordered[steps > np.log10(1 + _SAME_TOLERANCE)]
    return kept


def _directions(candidates: Sequence[Candidate]) -> Matrix:
    """In which direction a length was measured, and how it compares with the others measured in this direction.

    A drawing's height is the longest of its upright lengths. If all lengths are upright, the width is not printed,
    unless one of them is printed for both (see ``printed.printed_numbers``).
    """
    shared = [number == SHARED for number in printed_numbers(candidates)]
    logs = np.log10([max(to_base(candidate.value, candidate.unit), 1e-9) for candidate in candidates])
    directions = np.array([direction_of(candidate) for candidate in candidates])
    counts = [len(_distinct(np.sort(logs[directions == direction]))) for direction in range(UNKNOWN + 1)]
    rows = []
    for direction, log, is_shared in zip(directions, logs, shared, strict=True):
        mine = logs[directions == direction]
        rows.append(
            [
                *(direction == each for each in range(UNKNOWN + 1)),
                mine.max() - log,
                mine.max() - log < np.log10(1 + _SAME_TOLERANCE),
                np.log1p(counts[direction]) / 3,
                *(np.log1p(count) / 3 for count in counts),
                sum(count > 0 for count in counts) / (UNKNOWN + 1),
                is_shared,
            ]
        )
    return np.array(rows, dtype=np.float32)


# The direction of a dimension line if no segment is near.
UNKNOWN = FALLING + 1


def direction_of(candidate: Candidate) -> int:
    """Return the direction of the dimension line that a candidate most likely belongs to."""
    if candidate.angle in (90, 270):
        return UPRIGHT
    segments = candidate.line_segments
    near, in_line = segments[NEAR], segments[IN_LINE]
    # How well a slanted line is centred on its text is not measured.
    centred = (*segments[CENTRED], 0.5, 0.5)
    scores = [near[each] * centred[each] + in_line[each] for each in (LEVEL, UPRIGHT, RISING, FALLING)]
    return int(np.argmax(scores)) if max(scores) > 0 else UNKNOWN


# A line that surely measures what is printed beside it: its least length as a share of the photo's side, how well it is
# centred on the text, and the most length of a near line across.
_SURE_LENGTH, _SURE_CENTRED, _MOST_ACROSS = 0.25, 0.25, 0.15


def is_along_line(candidate: Candidate, direction: int) -> bool:
    """Return whether a candidate surely belongs to a dimension line that is ``LEVEL`` or ``UPRIGHT``."""
    segments = candidate.line_segments
    near, across = segments[NEAR][direction], segments[NEAR][UPRIGHT if direction == LEVEL else LEVEL]
    is_centred = segments[CENTRED][direction] >= _SURE_CENTRED or segments[IN_LINE][direction] >= _SURE_LENGTH
    return near >= _SURE_LENGTH and is_centred and across <= _MOST_ACROSS


def _reading(candidates: Sequence[Candidate]) -> Matrix:
    """Confidence, OCR engines, and place in the text."""
    count = len(candidates)
    rows = [
        [
            candidate.confidence,
            len(candidate.engines) == 0,
            len(candidate.engines) == 1,
            min(len(candidate.engines), 2) / 2,
            order / count,
            order == 0,
            mention.low != mention.high,
            mention.low != mention.high and mention.value == mention.high,
            mention.places == 2,
            mention.places >= 3,
            mention.place / 2,
            mention.places > 1 and mention.place == mention.places - 1,
        ]
        for order, candidate in enumerate(candidates)
        for mention in (candidate.mention,)
    ]
    return np.array(rows, dtype=np.float32)


def _dual_units(candidates: Sequence[Candidate]) -> Matrix:
    """Whether the same amount is nearby in another unit, and which of the two comes first."""
    base = np.array([max(to_base(candidate.value, candidate.unit), 1e-9) for candidate in candidates])
    rows = []
    for order, candidate in enumerate(candidates):
        others = [
            other
            for other, value in enumerate(base)
            if candidates[other].unit != candidate.unit
            and abs(np.log(value / base[order])) < DUAL_UNIT_TOLERANCE
            and abs(candidates[other].line - candidate.line) <= 2
        ]
        first = bool(others) and order < min(others)
        rows.append(
            [
                bool(others),
                first,
                bool(others) and not first,
                candidate.unit in METRIC_UNITS,
                bool(others) and candidate.unit in METRIC_UNITS,
            ]
        )
    return np.array(rows, dtype=np.float32)


def _cues(candidates: Sequence[Candidate]) -> Matrix:
    return np.array([[cue in candidate.cues for cue in CUES] for candidate in candidates], dtype=np.float32)


def _rank(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks scaled to [0, 1], 0 for the smallest; ties by order."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks / max(len(values) - 1, 1)
