"""Prints: a quantity with all its readings, its copy in another unit, and the other parts of its size string."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from imagequant.core.records import Box, Candidate
from imagequant.quantity.dual_units import are_same_amount
from imagequant.quantity.units import METRIC_UNITS, UNITS, to_base

# Further readings of a print, whose amounts say nothing new.
_GUESSES = frozenset(("alternative", "ocr_alternative", "dual_unit", "fluid", "gram_read_as_nine"))
# Readings that share this much of the smaller box are of one print.
_SAME_PRINT = 0.5
# Gaps in text heights: to a copy in another unit, and between the parts of a size string.
_COPY_GAP, _BRACKET_GAP, _PART_GAP = 2.0, 0.8, 5.0
# Amounts that differ by less are one amount, rounded differently.
_ROUNDING = 0.03
# What nutrition tables and doses say is about a product's content.
CONTENT_CUES = frozenset(("nutrition", "dose"))

# The amounts printed, by kind and what is printed about them, in the kind's base unit: {("length", "height"): (75.0,)}.
Facts = Mapping[tuple[str, str], tuple[float, ...]]
UNNAMED_LENGTH = ("length", "")


@dataclass(frozen=True)
class Print:
    """One print of an amount, or of all parts of a size string.

    Attributes:
        candidates: Indices of its readings, the likeliest first.
        box: The box around them.
        angle: Reading direction (see ``Word.angle``).
        facts: What it says; empty for what is no property of a whole product.
    """

    candidates: tuple[int, ...]
    box: Box
    angle: int
    facts: Facts

    @property
    def height(self) -> float:
        """The height of its text in pixels."""
        return max(self.box.width if self.angle in (90, 270) else self.box.height, 1.0)


def find_prints(candidates: Sequence[Candidate]) -> list[Print]:
    """Return the prints on a photo, in reading order.

    Args:
        candidates: Everything read on the photo.
    """
    prints: list[Print] = []
    # Guesses last: they never start the print that they are a reading of.
    for at in sorted(range(len(candidates)), key=lambda at: (candidates[at].mention.form in _GUESSES, at)):
        candidate = candidates[at]
        home = next((place for place, each in enumerate(prints) if _belongs(candidate, each, candidates)), None)
        if home is None:
            facts = {} if candidate.mention.form in _GUESSES else _facts(candidate)
            prints.append(Print((at,), candidate.box, candidate.angle, facts))
        else:
            prints[home] = _with_reading(prints[home], at, candidates)
    return prints


def are_apart(one: Facts, other: Facts) -> bool:
    """Return whether two sets of facts say the same things, with other amounts, as of different products."""
    shared = one.keys() & other.keys()
    if not shared or 2 * len(shared) < len(one.keys() | other.keys()):
        return False
    return any(not _are_close(one[key], other[key]) for key in shared)


def may_be_views(one: Facts, other: Facts) -> bool:
    """Return whether two sets of facts may be about two views of one product, which has one height from both sides."""
    lengths, others = one.get(UNNAMED_LENGTH, ()), other.get(UNNAMED_LENGTH, ())
    return any(_is_close(a, b) for a in lengths for b in others)


def has_as_many(one: Facts, other: Facts) -> bool:
    """Return whether two sets of facts have as many lengths without a name."""
    return len(one.get(UNNAMED_LENGTH, ())) == len(other.get(UNNAMED_LENGTH, ()))


def joined_facts(prints: Iterable[Print]) -> Facts:
    """Return what some prints say together."""
    facts: dict[tuple[str, str], tuple[float, ...]] = {}
    for each in prints:
        for key, amounts in each.facts.items():
            facts[key] = (*facts.get(key, ()), *amounts)
    return facts


def _are_close(one: Sequence[float], other: Sequence[float]) -> bool:
    pairs = zip(sorted(one), sorted(other), strict=False)
    return len(one) == len(other) and all(_is_close(a, b) for a, b in pairs)


def _is_close(one: float, other: float) -> bool:
    return abs(one - other) <= _ROUNDING * max(abs(one), abs(other))


def _facts(candidate: Candidate) -> Facts:
    if candidate.name in CONTENT_CUES or CONTENT_CUES & set(candidate.cues):
        return {}
    mention, kind = candidate.mention, UNITS[candidate.unit].kind
    detail = candidate.name or (f"part {mention.place}" if mention.places > 1 else "")
    return {(kind, detail): (to_base(mention.value, mention.unit),)}


def _belongs(candidate: Candidate, known: Print, candidates: Sequence[Candidate]) -> bool:
    shared = candidate.box.intersection(known.box)
    if shared > _SAME_PRINT * min(candidate.box.area, known.box.area):
        return True
    if candidate.angle != known.angle:
        return False
    one, two = candidate.box, known.box
    apart = max(two.x0 - one.x1, one.x0 - two.x1, two.y0 - one.y1, one.y0 - two.y1) / known.height
    first = candidates[known.candidates[0]]
    if apart < _COPY_GAP and first.unit != candidate.unit and are_same_amount(first.mention, candidate.mention):
        return True
    # Also if one of them was misread: "7 1/4 in (18.4 cm)".
    is_system = (first.unit in METRIC_UNITS) != (candidate.unit in METRIC_UNITS)
    is_row = abs(one.center[1] - first.box.center[1]) < 0.5 * first.box.height
    if apart < _BRACKET_GAP and is_row and is_system and UNITS[first.unit].kind == UNITS[candidate.unit].kind:
        return True
    is_part = candidate.mention.places > 1 and candidate.mention.places == first.mention.places
    return is_part and candidate.line == first.line and apart < _PART_GAP and _is_next(candidate, known, candidates)


def _is_next(candidate: Candidate, known: Print, candidates: Sequence[Candidate]) -> bool:
    """Return whether a part of a size string is none that a print has already: it may be that of the next string."""
    places = {candidates[each].mention.place for each in known.candidates}
    copies = [each for each in known.candidates if candidates[each].mention.place == candidate.mention.place]
    is_copy = any(are_same_amount(candidates[each].mention, candidate.mention) for each in copies)
    return candidate.mention.place not in places or is_copy


def _with_reading(known: Print, at: int, candidates: Sequence[Candidate]) -> Print:
    candidate = candidates[at]
    facts = dict(known.facts)
    if candidate.mention.form not in _GUESSES and candidate.mention.places > 1:
        for key, amounts in _facts(candidate).items():
            facts.setdefault(key, amounts)
    box = known.box if candidate.mention.form in _GUESSES else known.box.union(candidate.box)
    return replace(known, candidates=(*known.candidates, at), box=box, facts=facts)
