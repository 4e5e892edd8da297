"""Dual units: one amount printed in two units, which check each other (``20.1 cm / 7.9 in``)."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from imagequant.core.records import Mention
from imagequant.quantity.units import METRIC_UNITS, UNITS, to_base

# Products round inches to a tenth, small values more coarsely.
DUAL_UNIT_TOLERANCE = 0.03
_BETWEEN = re.compile(r"\s{0,2}[/|(=~≈,;]?\s{0,2}")
# Factors that undo a decimal point that OCR lost or inserted.
_SLIPS = (0.1, 0.01, 10.0)
# Up to a copy in brackets there are only numbers: "56.2 cm (22 1/8 in)". Copies are rounded, but not by this factor.
_COPY = re.compile(r"\s{0,2}[(\[]\s?(\d{0,4})[\d\s.,/¼½¾⅐-⅞∛]{0,8}")
_MISREAD = 1.3


def are_dual_units(one: Mention, other: Mention) -> bool:
    """Return whether two mentions give the same amount, one in a metric unit and the other not."""
    return _are_systems_apart(one, other) and _is_same_amount(_base(one), _base(other))


def are_same_amount(one: Mention, other: Mention) -> bool:
    """Return whether two mentions give the same amount: exactly, or in a metric unit and another one."""
    same_kind = UNITS[one.unit].kind == UNITS[other.unit].kind
    return (same_kind and math.isclose(_base(one), _base(other), rel_tol=1e-9)) or are_dual_units(one, other)


def dual_unit_corrections(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """Correct misread decimal points using the same amount in a neighbouring unit.

    ``25cm/984in`` gives ``9.84 inch`` with the form ``dual_unit``. Only neighbours on one line are compared. If it is
    unclear which of the two is wrong, both corrections are returned.
    """
    corrections: list[Mention] = []
    for one, other in pairwise(mentions):
        apart = _are_systems_apart(one, other) and one.end <= other.start
        if not apart or are_dual_units(one, other) or not _BETWEEN.fullmatch(text, one.end, other.start):
            continue
        corrections.extend(
            _corrected(wrong, round(wrong.value * slip, 6))
            for wrong, right in ((one, other), (other, one))
            for slip in _SLIPS
            if _is_same_amount(_base(wrong) * slip, _base(right))
        )
    return corrections


def mended_copy(mention: Mention, mentions: Sequence[Mention], text: str) -> Mention | None:
    """Mend a copy in brackets, in another unit, that is not the amount before the brackets.

    OCR misreads fractions: ``56.2 cm (22 1½")`` has no length of one and a half inches. If the whole number before the
    fraction is right, the copy is the nearest eighth of an inch.

    Args:
        mention: The mention.
        mentions: All mentions of the text.
        text: The text.

    Returns:
        The mention itself if it is no such copy; None if it cannot be mended.
    """
    originals = [
        (each, whole[1])
        for each in mentions
        if _is_single(each) and each.end <= mention.start and _are_systems_apart(each, mention)
        if (whole := _COPY.fullmatch(text, each.end, mention.start))
    ]
    if not _is_single(mention) or not originals or any(_may_be_copy(mention, each) for each, _ in originals):
        return mention
    original, whole_number = originals[-1]
    inches = round(_base(original) / UNITS["inch"].factor * 8) / 8
    if mention.unit != "inch" or not whole_number or int(inches) != int(whole_number):
        return None
    return _corrected(mention, inches)


def _is_single(mention: Mention) -> bool:
    return mention.places == 1 and mention.low == mention.high


def _may_be_copy(one: Mention, other: Mention) -> bool:
    is_near = abs(math.log(_base(one) / _base(other))) < math.log(_MISREAD)
    return is_near or any(_is_same_amount(_base(one) * slip, _base(other)) for slip in _SLIPS)


def _corrected(mention: Mention, value: float) -> Mention:
    return replace(mention, value=value, low=value, high=value, form="dual_unit")


def _are_systems_apart(one: Mention, other: Mention) -> bool:
    kinds = {UNITS[mention.unit].kind for mention in (one, other)}
    return len(kinds) == 1 and (one.unit in METRIC_UNITS) != (other.unit in METRIC_UNITS)


def _is_same_amount(one: float, other: float) -> bool:
    return abs(math.log(one / other)) < DUAL_UNIT_TOLERANCE


def _base(mention: Mention) -> float:
    return to_base(mention.value, mention.unit)
