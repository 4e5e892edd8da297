"""Dual units: one length or weight printed in two units, each of which checks the other (``20.1 cm / 7.9 in``)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from imagequant.core.records import Mention
from imagequant.quantity.units import METRIC_UNITS, UNITS, to_base

# Labels round inches to a tenth and small ones more coarsely.
DUAL_UNIT_TOLERANCE = 0.03
# The text between the two.
_BETWEEN = re.compile(r"\s{0,2}[/|(=~≈,;]?\s{0,2}")
# What a decimal point that OCR lost or inserted does to the value.
_SLIPS = (0.1, 0.01, 10.0)


def are_dual_units(one: Mention, other: Mention) -> bool:
    """Return whether two mentions give the same amount, one in a metric unit and the other not."""
    return _are_systems_apart(one, other) and _is_same_amount(_base(one), _base(other))


def dual_unit_corrections(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """Return mentions with a decimal point restored that OCR lost, judged by the other unit beside them.

    ``25cm/984in`` gives ``9.84 inch``, with the form ``dual_unit``. Only neighbours on one line are compared. Which of
    the two is wrong cannot always be decided, so both corrections are returned if both fit.
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


def _corrected(mention: Mention, value: float) -> Mention:
    return replace(mention, value=value, low=value, high=value, form="dual_unit")


def _are_systems_apart(one: Mention, other: Mention) -> bool:
    dimensions = {UNITS[mention.unit].dimension for mention in (one, other)}
    return len(dimensions) == 1 and (one.unit in METRIC_UNITS) != (other.unit in METRIC_UNITS)


def _is_same_amount(one: float, other: float) -> bool:
    return abs(math.log(one / other)) < DUAL_UNIT_TOLERANCE


def _base(mention: Mention) -> float:
    return to_base(mention.value, mention.unit)
