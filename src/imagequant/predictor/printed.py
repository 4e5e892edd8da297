"""Every quantity printed on a photo, whatever it measures, without a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Box, Candidate
from imagequant.imaging.ink import tight_box
from imagequant.predictor.wording import as_printed, details
from imagequant.quantity.convert import plain
from imagequant.quantity.units import UNITS

# Readings of what is listed already, and guesses that need a question to be worth anything.
_LEFT_OUT = frozenset(("alternative", "ocr_alternative", "fluid", "gram_read_as_nine"))
# Quantities of one kind whose boxes share this much of the smaller one are one print.
_SAME_PRINT = 0.5


@dataclass(frozen=True)
class PrintedQuantity:
    """A quantity printed on a photo.

    Attributes:
        text: As printed, with the unit's name: ``500 gram``, ``100 to 240 volt``, ``12 ± 0.5 centimetre``, ``up to 150
            kilogram``, ``6 x 330 millilitre``.
        value: The number; of a range the upper end.
        unit: The unit.
        low: The lower end of a range, else ``value``.
        high: The upper end of a range, else ``value``.
        kind: What it measures: ``weight``, ``length``, ``charge``, ... (see ``quantity.units.KINDS``).
        name: What is printed about it: an axis such as ``height``, or ``net``, ``item``, ``gross``, ``drained``,
            ``load``, ``dose`` or ``user`` of a weight, or an entity that declares names; empty if nothing is.
        confidence: OCR's, of its least certain word, in [0, 1].
        words: The text it was read from.
        box: Where it is printed, in pixels of the upright photo.
        tolerance: What is printed after ``±``, in the unit; else 0.
        bound: ``up to`` or ``at least`` if it is printed as a limit; else empty.
        count: The number of parts of a multipack (``6 x 330 ml``), else 1.
        part: The amount of one part, else ``value``.
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
    tolerance: float
    bound: str
    count: float
    part: float

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
    same_kind = UNITS[one.unit].kind == UNITS[other.unit].kind
    return same_kind and shared > _SAME_PRINT * min(one.box.area, other.box.area)


def _printed(candidate: Candidate, pixels: NDArray[np.uint8]) -> PrintedQuantity:
    mention = candidate.mention
    return PrintedQuantity(
        text=as_printed(mention) or f"{plain(mention.value)} {mention.unit}",
        value=mention.value,
        unit=mention.unit,
        **details(mention),
        kind=UNITS[mention.unit].kind,
        name=candidate.name,
        confidence=candidate.confidence,
        words=candidate.text,
        box=tight_box(pixels, candidate.box, candidate.angle),
    )
