"""Which candidates of a photo are one printed quantity: the same amount, read twice or printed in two units."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from imagequant.core.records import Box, Candidate
from imagequant.quantity.dual_units import DUAL_UNIT_TOLERANCE
from imagequant.quantity.units import UNITS, to_base

# The number of a quantity that may answer several questions.
SHARED = -1
# Boxes that share this much of the smaller one are one print.
_OVERLAP = 0.3


def printed_numbers(candidates: Sequence[Candidate]) -> list[int]:
    """Return the number of each candidate's printed quantity.

    Candidates of one dimension have the same number if their amounts are the same up to rounding. Quantities that may
    answer several questions are ``SHARED``: diameters, and amounts that are printed more than once in one unit (a cube
    of 10 x 10 x 10 cm).
    """
    numbers = [SHARED] * len(candidates)
    order = sorted(
        (UNITS[candidate.unit].kind, to_base(candidate.value, candidate.unit), at)
        for at, candidate in enumerate(candidates)
    )
    number = 0
    for _, items in groupby(order, key=itemgetter(0)):
        group: list[int] = []
        start = 0.0
        for _, amount, at in items:
            if group and np.log(amount / start) > DUAL_UNIT_TOLERANCE:
                _assign(numbers, group, number, candidates)
                number, group = number + 1, []
            if not group:
                start = amount
            group.append(at)
        _assign(numbers, group, number, candidates)
        number += 1
    return numbers


def _assign(numbers: list[int], group: Sequence[int], number: int, candidates: Sequence[Candidate]) -> None:
    """Number the candidates of one amount, unless it may answer several questions."""
    members = [candidates[at] for at in group]
    if any(member.name == "diameter" for member in members) or _times_printed(members) > 1:
        return
    for at in group:
        numbers[at] = number


def _times_printed(members: Sequence[Candidate]) -> int:
    """Return how often an amount is printed in the unit in which it is printed most often."""
    places: dict[str, list[Box]] = {}
    for member in members:
        boxes = places.setdefault(member.unit, [])
        if all(member.box.intersection(box) < _OVERLAP * min(member.box.area, box.area) for box in boxes):
            boxes.append(member.box)
    return max(map(len, places.values()))
