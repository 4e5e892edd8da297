"""Names and amounts of entities that section ``domain`` declares with ``typical``, as rows of plates and tables."""

import math

from imagequant.quantity.convert import convert
from imagequant.quantity.domain import Entity, Typical
from imagequant.quantity.units import SIGNED_KINDS
from imagequant.synthetic.lettering.amounts import SPELLINGS, number
from imagequant.synthetic.lettering.electric_words import SpecRow
from imagequant.synthetic.records import Amount, question
from imagequant.synthetic.render.rng import Rng

# fmt: off
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "millimetre": ("mm", " mm"), "centimetre": ("cm", " cm"), "metre": ("m", " m"), "inch": ('"', " inch", " in", "in"),
    "foot": (" ft", "ft"), "kilovolt": ("kV", " kV"), "millivolt": ("mV", " mV"),
    "milliampere hour": ("mAh", " mAh", "mAH", " MAH"), "ampere hour": ("Ah", " Ah", "AH"),
    "joule": ("J", " J", " Joule"), "kilojoule": ("kJ", " kJ"), "kilocalorie": ("kcal", " kcal", " Kcal", " Cal"),
    "watt hour": ("Wh", " Wh"), "kilowatt hour": ("kWh", " kWh"), "british thermal unit": (" BTU", "BTU", " BTU/h"),
    "hertz": ("Hz", " Hz"), "kilohertz": ("kHz", " kHz", "KHz"), "megahertz": ("MHz", " MHz"),
    "gigahertz": ("GHz", " GHz"), "milliampere": ("mA", " mA"), "ampere": ("A", " A", " Amp"),
    "kelvin": ("K", " K"), "degree celsius": ("°C", " °C", "℃", "°C"), "degree fahrenheit": ("°F", " °F", "℉"),
    "piece": (" pcs", "pcs", " pieces", "-Pack", " Pack", " Count", " Stück", " PCS"),
    "tablet": (" tablets", " Tablets", " capsules", " Softgels", " Tabletten"),
    "sheet": (" sheets", " Sheets", " Blatt", " feuilles"), "dozen": (" dozen",),
    "square millimetre": ("mm²", " mm²"), "square centimetre": ("cm²", " cm²"), "square metre": ("m²", " m²", " sqm"),
    "square inch": (" sq in", " sq. in."), "square foot": (" sq ft", " sq. ft.", " sqft"), "square yard": (" sq yd",),
    "acre": (" acres",), "hectare": (" ha",), "metre per second": ("m/s", " m/s"),
    "kilometre per hour": ("km/h", " km/h"), "mile per hour": ("mph", " mph", " MPH"), "knot": (" knots",),
    "revolution per minute": ("rpm", " rpm", " RPM", "r/min"), "pascal": ("Pa", " Pa"), "kilopascal": ("kPa", " kPa"),
    "megapascal": ("MPa", " MPa"), "millibar": (" mbar",), "bar": ("bar", " bar", " Bar"),
    "pound per square inch": ("PSI", " PSI", " psi"), "atmosphere": (" atm",), "kilobyte": ("KB", " KB"),
    "megabyte": ("MB", " MB"), "gigabyte": ("GB", " GB"), "terabyte": ("TB", " TB"), "lumen": ("lm", " lm", " Lumens"),
    "second": (" s", " sec", " seconds"), "minute": (" min", " minutes", " mins"), "hour": (" h", " hours", " hrs"),
    "day": (" days",), "ohm": ("Ω", " Ω", " Ohm"), "kiloohm": ("kΩ", " kΩ"), "decibel": ("dB", " dB", " dB(A)"),
    "newton metre": ("Nm", " Nm", " N·m"), "megapixel": ("MP", " MP"),
}
# fmt: on
_BETWEEN_ENDS = ("-", " - ", "~", " ~ ", "–", " to ")
# Probabilities that two ends are printed, of a temperature and of anything else, and that the first end has a unit too.
_RANGE_OF_TEMPERATURE, _RANGE, _UNIT_TWICE = 0.7, 0.08, 0.5
_COUNT_PHRASES = ("Pack of {}", "Set of {}", "{} x 100 g", "{} x 250 ml", "Box of {}", "Qty: {}")
_COUNT_PHRASE = 0.35
# Probability that a round number is printed.
_ROUND = 0.8


def declared_row(rng: Rng, entity: str, declared: Entity) -> SpecRow:
    """Return a row with a name and a typical amount of an entity, which it answers. The upper end of a range is asked.

    Raises:
        ValueError: If it declares no typical amounts.
    """
    if declared.typical is None:
        raise ValueError(f"{entity} declares no typical amounts")
    unit = rng.pick(declared.typical.units)
    is_signed = declared.kind in SIGNED_KINDS
    ends = sorted({_value(rng, declared.typical, unit, declared.kind) for _ in range(2)})
    value = ends[-1]
    spelling = _spelling(rng, unit)
    text = _printed(value) + spelling
    if declared.kind == "count" and unit == "piece" and rng.chance(_COUNT_PHRASE):
        text = rng.pick(_COUNT_PHRASES).format(_printed(value))
    elif len(ends) == 2 and rng.chance(_RANGE_OF_TEMPERATURE if is_signed else _RANGE):
        first = _printed(ends[0]) + (spelling if rng.chance(_UNIT_TWICE) else "")
        between = rng.pick(_BETWEEN_ENDS if ends[0] >= 0 and value >= 0 else (" to ", " ~ ", "~"))
        text = first + between + text
    return SpecRow(_name(rng, entity, declared), text, entity, (question(entity, Amount(value, unit), entity),))


def _value(rng: Rng, typical: Typical, unit: str, kind: str) -> float:
    low, high = (convert(each, typical.units[0], unit) for each in (typical.low, typical.high))
    if kind == "count":
        return float(round(math.exp(rng.uniform(math.log(max(low, 1.0)), math.log(high)))))
    if kind in SIGNED_KINDS:
        step = 5 if rng.chance(_ROUND) else 1
        return float(step * round(rng.uniform(low, high) / step))
    value = math.exp(rng.uniform(math.log(max(low, high / 1e6)), math.log(high)))
    digits = (1 if rng.chance(0.3) else 2) if rng.chance(_ROUND) else 3
    return round(value, digits - 1 - math.floor(math.log10(value)))


def _printed(value: float) -> str:
    sign = "-" if value < 0 else ""
    return sign + number(abs(value))


def _spelling(rng: Rng, unit: str) -> str:
    if unit in SPELLINGS:
        return rng.weighted(SPELLINGS[unit])
    return rng.pick(_SPELLINGS.get(unit, (f" {unit}",)))


def _name(rng: Rng, entity: str, declared: Entity) -> str:
    names = [name for each in declared.names.values() for name in each] or [entity.replace("_", " ")]
    name = rng.pick(names)
    return rng.pick((name, name.title(), name.capitalize(), name.upper()))
