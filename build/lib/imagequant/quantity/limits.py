"""Amounts that products have, by entity; no answer lies outside.

In the dimension's base unit, from the 198 062 labels of the contest's training set: half the quantile 0.0005 to twice
the quantile 0.9995 of lengths and voltages; half 0.005 to twice 0.99 of the others, which have more misread units. Half
0.05 for loads: one in twenty is a few grams or less, mostly a dose.
"""

from imagequant.quantity.units import to_base

LIMITS: dict[str, tuple[float, float]] = {
    "width": (0.05, 1220.0),
    "depth": (0.1, 4600.0),
    "height": (0.12, 884.0),
    "item_weight": (0.0005, 3_620_000.0),
    "maximum_weight_recommendation": (5.0, 54_400_000.0),
    "voltage": (0.25, 268_000.0),
    "wattage": (0.12, 14_500.0),
    "item_volume": (0.35, 758_000.0),
}
# Of an entity that the contest does not have.
_NO_LIMITS = (0.0, float("inf"))


def is_plausible(value: float, unit: str, entity: str) -> bool:
    """Return whether a product may have this amount."""
    low, high = LIMITS.get(entity, _NO_LIMITS)
    return low <= to_base(value, unit) <= high
