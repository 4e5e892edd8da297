"""Every quantity printed on a photo, whatever it measures, without a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Box, Candidate
from imagequant.imaging.ink import tight_box
from imagequant.quantity.numbers import format_number
from imagequant.quantity.units import UNITS

# Readings of what is listed already, and guesses that need a question to be worth anything.
_LEFT_OUT = frozenset(("alternative", "ocr_alternative", "fluid", "gram_read_as_nine"))
# Quantities of one kind whose boxes share this much of the smaller one are one print.
_SAME_PRINT = 0.5


@dataclass(frozen=True)
class PrintedQuantity:
    """A quantity printed on a photo.

    Attributes:
        text: Number and unit, ``500 gram``, or both ends of a range, ``100 to 240 volt``.
        value: The number; of a range the upper end.
        unit: The unit.
        low: The lower end of a range, else ``value``.
        high: The upper end of a range, else ``value``.
        kind: What it measures: ``weight``, ``length``, ``voltage``, ``power`` or ``volume``.
        name: What is printed about it: an axis such as ``height``, or ``net``, ``item``, ``gross``, ``drained``,
            ``load``, ``dose`` or ``user`` of a weight; empty if nothing is.
        confidence: OCR's, of its least certain word, in [0, 1].
        words: The text it was read from.
        box: Where it is printed, in pixels of the upright photo.
    """

    text: str
    value: float
    unit: str
    low: float
    high: float
    kind: str
    name: str
    confidence: float
    words: str
    box: Box

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def printed_quantities(candidates: Sequence[Candidate], pixels: NDArray[np.uint8]) -> tuple[PrintedQuantity, ...]:
    """Return what is printed, in reading order: one quantity per print, in its likeliest reading.

    Args:
        candidates: Everything read on a photo.
        pixels: The upright photo, RGB (height, width, 3).
    """
    kept: list[Candidate] = []
    for candidate in candidates:
        if candidate.mention.form not in _LEFT_OUT and not any(_is_one_print(candidate, each) for each in kept):
            kept.append(candidate)
    return tuple(_printed(candidate, pixels) for candidate in kept)


def _is_one_print(one: Candidate, other: Candidate) -> bool:
    shared = one.box.intersection(other.box)
    same_kind = UNITS[one.unit].dimension == UNITS[other.unit].dimension
    return same_kind and shared > _SAME_PRINT * min(one.box.area, other.box.area)


def _printed(candidate: Candidate, pixels: NDArray[np.uint8]) -> PrintedQuantity:
    mention = candidate.mention
    number = format_number(mention.value)
    if mention.low != mention.high:
        number = f"{format_number(mention.low)} to {format_number(mention.high)}"
    return PrintedQuantity(
        text=f"{number} {mention.unit}",
        value=mention.value,
        unit=mention.unit,
        low=mention.low,
        high=mention.high,
        kind=UNITS[mention.unit].dimension,
        name=candidate.name,
        confidence=candidate.confidence,
        words=candidate.text,
        box=tight_box(pixels, candidate.box, candidate.angle),
    )
