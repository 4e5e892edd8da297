"""Common values and spellings of weights, volumes, voltages and powers."""

from imagequant.quantity.units import to_base
from imagequant.synthetic.records import Amount
from imagequant.synthetic.render.rng import Rng

# fmt: off
SPELLINGS: dict[str, tuple[tuple[str, float], ...]] = {
    "gram": (("g", 46), (" g", 24), ("G", 5), (" gm", 4), ("gm", 3), ("gms", 2), (" grams", 5), (" gr", 2), ("gr", 2),
             (" GRAMS", 2), ("GM", 2)),
    "kilogram": (("kg", 45), (" kg", 28), ("KG", 12), (" KG", 6), (" Kg", 4), ("kgs", 3), (" kgs", 2)),
    "milligram": (("mg", 50), (" mg", 36), ("MG", 10), (" MG", 4)),
    "microgram": (("mcg", 50), (" mcg", 25), ("µg", 15), (" µg", 10)),
    "ounce": ((" oz", 45), ("oz", 25), (" OZ", 15), ("OZ", 8), (" oz.", 5), (" ounces", 2)),
    "pound": ((" lbs", 30), ("lbs", 22), (" lb", 14), ("lb", 10), (" LBS", 10), ("LBS", 6), (" pounds", 4), (" Lbs", 2),
              (" LB", 2)),
    "ton": ((" ton", 40), ("T", 20), (" Ton", 20), (" tons", 20)),
    "millilitre": (("ml", 42), (" ml", 26), (" mL", 10), ("mL", 7), ("ML", 10), (" ML", 3), (" mℓ", 0.2)),
    "centilitre": (("cl", 60), (" cl", 40)),
    "litre": (("L", 42), (" L", 26), (" l", 8), (" Litre", 6), (" Liter", 6), ("l", 4), (" Litres", 3), ("LTR", 3),
              (" litros", 2)),
    "fluid ounce": ((" fl oz", 32), (" FL OZ", 24), (" fl. oz.", 18), (" FL. OZ.", 14), (" Fl Oz", 8), ("fl oz", 4)),
    "gallon": ((" gal", 40), (" Gallon", 40), (" GALLON", 20)),
    "quart": ((" qt", 40), (" QT", 30), (" Quart", 30)),
    "pint": ((" pint", 60), (" PT", 40)),
    "cup": ((" cups", 60), (" Cup", 40)),
    "volt": (("V", 66), (" V", 20), ("v", 6), (" Volt", 3), ("VAC", 2), ("VDC", 2), (" Volts", 1)),
    "watt": (("W", 70), (" W", 16), ("w", 5), (" Watt", 5), (" Watts", 4)),
    "kilowatt": (("kW", 60), (" kW", 30), ("KW", 10)),
}
_ROUND: dict[str, tuple[float, ...]] = {
    "gram": (5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 100, 110, 120, 125, 130, 150, 170, 180, 200, 225, 227, 240, 250,
             260, 280, 300, 320, 340, 350, 400, 450, 454, 500, 600, 700, 750, 800, 900, 1000),
    "kilogram": (0.4, 0.5, 0.75, 0.8, 1, 1.2, 1.5, 1.8, 2, 2.25, 2.5, 3, 3.5, 4, 5, 6, 7.5, 8, 10, 12, 15, 18, 20, 25,
                 30),
    "milligram": (50, 100, 125, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 750, 800, 1000, 1200, 1400, 1500,
                  2000, 3000, 5000),
    "microgram": (10, 25, 50, 100, 125, 200, 400, 500, 1000, 2500, 5000),
    "ounce": (0.5, 1, 1.5, 1.76, 2, 2.5, 3, 3.5, 4, 5, 5.3, 6, 7, 8, 8.8, 10, 10.5, 12, 14, 15, 16, 18, 20, 24, 26, 32),
    "pound": (0.5, 1, 1.5, 2, 2.2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50),
    "millilitre": (5, 8, 10, 15, 20, 30, 40, 50, 60, 75, 80, 100, 120, 125, 150, 175, 180, 200, 220, 236, 240, 250, 300,
                   330, 350, 355, 400, 450, 473, 480, 500, 600, 650, 700, 750, 800, 900, 1000, 1100, 1500),
    "centilitre": (20, 25, 33, 50, 70, 75),
    "litre": (0.5, 0.7, 0.75, 1, 1.2, 1.5, 1.7, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 8, 10, 12, 15, 20, 25, 30, 50, 60),
    "fluid ounce": (0.17, 0.33, 0.5, 1, 1.35, 1.7, 2, 3.4, 4, 5, 6, 6.8, 8, 8.4, 10, 10.1, 12, 13.5, 16, 16.9, 20, 24,
                    32, 33.8, 64, 128),
    "gallon": (0.5, 1, 2, 2.5, 3, 5, 8, 10, 13, 20, 30),
    "quart": (1, 1.5, 2, 3, 4, 5.5, 6, 8),
    "pint": (0.5, 1, 2, 4),
    "cup": (1, 1.5, 2, 4, 5, 10, 12),
    "volt": (1.5, 3, 3.2, 3.6, 3.7, 5, 6, 7.2, 7.4, 9, 11.1, 12, 14.8, 18, 20, 24, 36, 48, 60, 110, 115, 120, 125, 127,
             220, 230, 240, 250, 380, 400, 500),
    "watt": (1, 2, 3, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 24, 25, 30, 33, 36, 40, 45, 48, 50, 60, 65, 72, 75, 80, 90,
             100, 120, 140, 150, 180, 200, 240, 250, 300, 350, 400, 450, 500, 550, 600, 700, 750, 800, 850, 900, 1000,
             1080, 1100, 1200, 1300, 1400, 1500, 1600, 1800, 2000, 2200, 2400, 3000),
    "kilowatt": (1, 1.5, 1.8, 2, 2.2, 3, 3.6, 5.5, 7, 7.2, 11),
}
_LOADS: dict[str, tuple[float, ...]] = {
    "kilogram": (1, 2, 2.5, 3, 5, 6, 8, 10, 15, 18, 20, 25, 30, 35, 40, 50, 60, 65, 75, 80, 90, 100, 105, 110, 120, 125,
                 130, 135, 150, 158, 160, 180, 181, 200, 227, 250, 265, 300, 350, 400, 500),
    "pound": (2, 3, 5, 6.6, 10, 11, 15, 20, 22, 25, 30, 33, 35, 40, 44, 50, 55, 60, 66, 75, 80, 100, 110, 120, 130, 150,
              165, 175, 200, 220, 225, 250, 264, 265, 275, 300, 320, 330, 350, 400, 440, 450, 500, 550, 600, 660, 700,
              800, 1000),
    "gram": (100, 200, 250, 300, 400, 500, 800, 1000, 2000, 3000),
    "ton": (1, 1.5, 2, 3, 4, 5, 10),
    "ounce": (2, 4, 8, 16),
}
# Weights of units on photos that can use any. Together with the other photos, the labels' units get about their shares
# in the contest, without OCR errors.
_UNIT_SHARES: dict[str, tuple[tuple[str, float], ...]] = {
    "item_weight": (("gram", 62), ("kilogram", 8), ("ounce", 12), ("pound", 7), ("milligram", 3), ("microgram", 0.4)),
    "item_volume": (("millilitre", 47), ("fluid ounce", 27), ("litre", 14), ("gallon", 3), ("cup", 1.2),
                    ("centilitre", 2), ("quart", 1.4), ("pint", 1.2)),
    "voltage": (("volt", 1),),
    "wattage": (("watt", 97), ("kilowatt", 3)),
    "maximum_weight_recommendation": (("kilogram", 46), ("pound", 42), ("gram", 3), ("ton", 5), ("ounce", 1)),
}
# The second of two printed units.
_PARTNER = {
    "gram": "ounce", "ounce": "gram", "kilogram": "pound", "pound": "kilogram", "millilitre": "fluid ounce",
    "fluid ounce": "millilitre", "litre": "fluid ounce", "gallon": "litre", "quart": "litre",
}
# fmt: on
_DOUBLES = (("{} ({})", 45), ("{} / {}", 22), ("{}/{}", 18), ("{} {}", 8), ("{} | {}", 4), ("{} e {}", 3))


def any_amount(rng: Rng, entity: str, units: tuple[str, ...] = ()) -> Amount:
    """Choose a realistic amount, mostly a round number; ``units`` limits the choice."""
    unit = rng.weighted([(unit, share) for unit, share in _UNIT_SHARES[entity] if not units or unit in units])
    value = float(rng.pick((_LOADS if entity == "maximum_weight_recommendation" else _ROUND)[unit]))
    if rng.chance(0.16) and unit not in ("volt", "ton"):
        value *= rng.uniform(0.8, 1.25)
        value = round(value, 2 if value < 3 else 1 if value < 50 else 0)
    return Amount(value, unit)


def number(value: float, comma: bool = False) -> str:
    """Format a number without trailing zeros."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text


def spelled(rng: Rng, amount: Amount, comma: bool = False) -> str:
    """Format an amount with a random spelling of its unit."""
    return number(amount.value, comma) + rng.weighted(SPELLINGS[amount.unit])


def doubled(rng: Rng, amount: Amount) -> str:
    """Format an amount with its conversion: ``12 OZ (340g)``."""
    text = spelled(rng, amount)
    unit = _PARTNER.get(amount.unit)
    if unit is None:
        return text
    # Rounded like on packs.
    value = to_base(amount.value, amount.unit) / to_base(1.0, unit)
    whole = value >= 100 or (value >= 10 and unit in ("gram", "millilitre"))
    value = round(value, 0 if whole else 1 if value >= 3 else 2)
    other = spelled(rng, Amount(max(value, 0.01), unit))
    return rng.weighted(_DOUBLES).format(text, other)
