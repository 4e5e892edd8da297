"""Twins: one length or weight printed in two units, each of which checks the other (``20.1 cm / 7.9 in``)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from imagequant.quantity.grammar import Mention
from imagequant.quantity.units import METRIC_UNITS, UNITS, to_base

# Labels round inches to a tenth and small ones more coarsely.
TWIN_TOLERANCE = 0.03
# What may stand between twins.
_BETWEEN = re.compile(r"\s{0,2}[/|(=~≈,;]?\s{0,2}")
# A decimal point lost or put in by OCR.
_SLIPS = (0.1, 0.01, 10.0)


def are_twins(one: Mention, other: Mention) -> bool:
    """Whether two mentions tell the same amount, one in metric units and the other not."""
    return _are_systems_apart(one, other) and _is_same_amount(_base(one), _base(other))


def twin_corrections(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """What mentions would be if a decimal point that OCR lost were put back, judged by the twin beside them.

    ``25cm/984in`` gives ``9.84 inch``. Only neighbours on one line are compared; the form is ``twin``. Which of the
    two is wrong cannot always be told: both corrections are given where both fit.
    """
    corrections: list[Mention] = []
    for one, other in pairwise(mentions):
        apart = _are_systems_apart(one, other) and one.end <= other.start
        if not apart or are_twins(one, other) or not _BETWEEN.fullmatch(text, one.end, other.start):
            continue
        corrections.extend(
            _corrected(wrong, round(wrong.value * slip, 6))
            for wrong, right in ((one, other), (other, one))
            for slip in _SLIPS
            if _is_same_amount(_base(wrong) * slip, _base(right))
        )
    return corrections


def _corrected(mention: Mention, value: float) -> Mention:
    return replace(mention, value=value, low=value, high=value, form="twin")


def _are_systems_apart(one: Mention, other: Mention) -> bool:
    dimensions = {UNITS[mention.unit].dimension for mention in (one, other)}
    return len(dimensions) == 1 and (one.unit in METRIC_UNITS) != (other.unit in METRIC_UNITS)


def _is_same_amount(one: float, other: float) -> bool:
    return abs(math.log(one / other)) < TWIN_TOLERANCE


def _base(mention: Mention) -> float:
    return to_base(mention.value, mention.unit)
