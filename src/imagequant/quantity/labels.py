"""Labels in the contest's formats: ``500.0 gram``, ``[220.0, 240.0] volt``, ``9 kilogram to 18 kilogram``.

Also as people write them: ``500 g``, ``330ml``, ``12 inches``, ``1/2 inch``, ``1,000 gram``.
"""

import math
import re
from dataclasses import dataclass
from typing import Literal

from imagequant.quantity.domain import Entity
from imagequant.quantity.numbers import NUMBER, format_number, number_values
from imagequant.quantity.spelling import match_unit
from imagequant.quantity.units import ALL_KINDS, SIGNED_KINDS, UNITS, to_base

Status = Literal["ok", "empty", "rejected"]

_NUMBER = r"[-+]?\d{1,20}(?:\.\d{1,20})?(?:[eE][-+]?\d{1,3})?"
_SINGLE = re.compile(rf"({_NUMBER})\s+([A-Za-z ]+?)\s*")
_BRACKETS = re.compile(rf"\[\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\]\s*([A-Za-z ]+?)\s*")
_FROM_TO = re.compile(rf"({_NUMBER})\s+([A-Za-z ]+?)\s+to\s+({_NUMBER})\s+([A-Za-z ]+?)\s*")
# Spellings of units for people. Those with digits and bars are OCR's misreadings.
_UNIT_WORDS = re.compile(r"[^\W\d_][^\d_|]*|[\"'″′]{1,2}")
_TWO_UNITS = "range_of_two_units"
_WRITTEN_FORMS = frozenset({"mixed", "vulgar", "fraction", "plain"})

_CONTEST_NAMES = {other: unit.name for unit in UNITS.values() for other in unit.label_names}

# Largest plausible amounts in base units; larger labels are OCR errors.
_LARGEST: dict[str, float] = {
    "weight": 1e8,  # 100 t
    "length": 1e5,  # 1 km, of rope
    "voltage": 1e6,
    "power": 1e7,
    "volume": 5e6,  # 5 m³; the contest's "2006 gallon" lies above
}


@dataclass(frozen=True)
class Label:
    """A normalised label.

    ``status`` is ``empty`` if the photo has no answer, or ``rejected`` with a ``reason``. ``low`` and ``high`` are the
    ends of a range and equal otherwise. ``value`` is NaN unless ``status`` is ``ok``.
    """

    status: Status
    reason: str
    value: float
    unit: str
    low: float
    high: float

    @property
    def is_range(self) -> bool:
        """Whether the label is a range."""
        return self.status == "ok" and self.low != self.high

    @property
    def text(self) -> str:
        """The label in the contest's format; both ends of a range."""
        if self.status != "ok":
            return ""
        if self.is_range:
            return f"{format_number(self.low)} {self.unit} to {format_number(self.high)} {self.unit}"
        return f"{format_number(self.value)} {self.unit}"


def parse_label(text: str, entity: Entity | None = None) -> Label:
    """Normalise an ``entity_value`` cell. ``value`` is the upper end of a range.

    Args:
        text: The cell.
        entity: The entity that it labels; None: any unit is allowed.
    """
    text = text.strip()
    if not text or text.lower() == "nan":  # how pandas writes a gap
        return _without("empty", "")
    if match := _SINGLE.fullmatch(text):
        return _checked(entity, match[2], match[1], match[1])
    if match := _BRACKETS.fullmatch(text):
        return _checked(entity, match[3], match[1], match[2])
    if match := _FROM_TO.fullmatch(text):
        is_one_unit = _unit(match[2]) == _unit(match[4])
        return _checked(entity, match[2], match[1], match[3]) if is_one_unit else _without("rejected", _TWO_UNITS)
    number, unit = _written(text)
    return _without("rejected", "not_a_quantity") if number is None else _checked(entity, unit, number, number)


def _written(text: str) -> tuple[float | None, str]:
    """Return the number that a label starts with and the unit after it; no number if this is not how people write."""
    match = NUMBER.match(text)
    unit = text[match.end() :].strip() if match else ""
    return (_written_number(match) if match and _UNIT_WORDS.fullmatch(unit) else None), unit


def _written_number(match: re.Match[str]) -> float | None:
    """Return the number that somebody wrote; None if it could be several ("31/2", "6 330") or is OCR's."""
    values = number_values(match) if match.lastgroup in _WRITTEN_FORMS else ()
    is_grouped = match.lastgroup == "plain" and "," in match[0]
    return values[0] if len(values) == 1 or is_grouped else None


def _unit(text: str) -> str:
    name = " ".join(text.lower().split())
    name = _CONTEST_NAMES.get(name, name)
    if name in UNITS:
        return name
    text = text.strip().removesuffix(".")
    match match_unit(text, 0, ALL_KINDS):
        case (spelled, end) if end == len(text):
            return spelled
    return name


def _checked(entity: Entity | None, unit_text: str, one: str | float, other: str | float) -> Label:
    unit = _unit(unit_text)
    low, high = sorted((float(one), float(other)))
    if unit not in UNITS:
        return _without("rejected", "unknown_unit")
    if entity is not None and unit not in entity.allowed_units:
        return _without("rejected", "unit_of_another_entity")
    kind = UNITS[unit].kind
    if (low <= 0 and kind not in SIGNED_KINDS) or not math.isfinite(high):
        return _without("rejected", "not_positive")
    if to_base(high, unit) > _LARGEST.get(kind, math.inf):
        return _without("rejected", "implausible_value")
    return Label("ok", "", high, unit, low, high)


def _without(status: Status, reason: str) -> Label:
    return Label(status, reason, math.nan, "", math.nan, math.nan)
