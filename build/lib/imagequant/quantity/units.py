"""The units: contest names, dimensions, exact sizes, and how people and OCR spell them.

Sizes are in the dimension's base unit (gram, centimetre, volt, watt, millilitre) and exact by definition
(international yard and pound agreement of 1959; US and imperial gallons by statute). To add a unit, add a row.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

Dimension = Literal["weight", "length", "voltage", "power", "volume"]


@dataclass(frozen=True)
class Unit:
    """A unit of measurement.

    Attributes:
        name: The contest's name.
        dimension: The dimension it measures.
        size: Its exact size in the dimension's base unit.
        spellings: Spellings on products and in OCR readings, as regular expressions separated by ``|``, without nested
            repetition, matched case-insensitively.
        metric: Whether it is a metric weight, length or volume, which products print next to non-metric ones.
        label_names: Other names in the contest's labels.
    """

    name: str
    dimension: Dimension
    size: Fraction
    spellings: str
    metric: bool = False
    label_names: tuple[str, ...] = ()

    @cached_property
    def factor(self) -> float:
        """``size`` as a float."""
        return float(self.size)


def _unit(
    name: str,
    dimension: Dimension,
    size: str,
    spellings: str,
    *,
    metric: bool = False,
    label_names: tuple[str, ...] = (),
) -> Unit:
    return Unit(name, dimension, Fraction(size), spellings, metric, label_names)


# fmt: off
_UNITS = (
    _unit("microgram", "weight", "0.000001", r"micro ?grams?|mcg|µg|μg|ug|microgrammes?|mikrogramm", metric=True),
    _unit("milligram", "weight", "0.001", r"milli ?gram(?:me|m|o|a|i)?s?|mgs?|m9|мг|毫克|㎎", metric=True),
    _unit("gram", "weight", "1",
          r"grams?|gramm|grammes?|gramos?|gramas?|grammi|grammo|gms?|gr[sm]?|g|гр?|克|公克|グラム", metric=True),
    _unit("kilogram", "weight", "1000",
          r"kilo ?gram(?:me|m|o|a|i)?s?|kilos?|kgs?|kq|k9|k9s|кг|公斤|千克|㎏|キログラム", metric=True),
    _unit("ton", "weight", "907184.74", r"tons?|tonnes?|tonnen|toneladas?"),
    _unit("ounce", "weight", "28.349523125", r"ounces?|onces?|onzas?|0z|o2|ozs?|oz"),
    _unit("pound", "weight", "453.59237", r"pounds?|libras?|[l1i|]bs?|livres?"),
    _unit("millimetre", "length", "0.1",
          r"milli ?met(?:er|re)s?|millimètres?|milímetros?|mm|мм|毫米|㎜|ミリ",
          metric=True, label_names=("millimeter",)),
    _unit("centimetre", "length", "1",
          r"centi ?met(?:er|re)s?|zentimeter|centimètres?|centímetros?|centimetri|cms?|ccm|crn|cn|см|厘米|公分|㎝",
          metric=True, label_names=("centimeter",)),
    _unit("metre", "length", "100",
          r"met(?:er|re)s?|mètres?|metros?|metri|mtrs?|mts?|m|м|米", metric=True, label_names=("meter",)),
    _unit("inch", "length", "2.54",
          r"inch(?:es|s)?|inc|ins?|lnch(?:es)?|1nch|pulg(?:adas?|s)?|pouces?|zoll|pollici|polegadas?|дюйм(?:ов|а)?|英?寸|インチ|"
          r"''|’’|‘‘|′′|\"|″|”|“|〞"),
    _unit("foot", "length", "30.48", r"foots?|feets?|fts?|pieds?|pies|fuss|'|′|’|‘", label_names=("feet",)),
    _unit("yard", "length", "91.44", r"yards?|yds?"),
    _unit("millivolt", "voltage", "0.001", r"milli ?volts?|mv"),
    _unit("volt", "voltage", "1", r"volts?|voltios?|volt[aios]*|vac|vdc|v ?~|v ?⎓|v ?dc|v ?ac|v|в|伏"),
    _unit("kilovolt", "voltage", "1000", r"kilo ?volts?|kv"),
    _unit("watt", "power", "1", r"watts?|vatios?|watios?|wattage|w|вт|瓦"),
    _unit("kilowatt", "power", "1000", r"kilo ?watts?|kw|квт"),
    _unit("microlitre", "volume", "0.001", r"micro ?lit(?:er|re)s?|µl|μl|ul", metric=True, label_names=("microliter",)),
    _unit("millilitre", "volume", "1",
          r"milli ?lit(?:er|re|ro)s?|millilitri|mls?|m1|mi|m\||мл|毫升|㎖", metric=True, label_names=("milliliter",)),
    _unit("centilitre", "volume", "10", r"centi ?lit(?:er|re)s?|cl", metric=True, label_names=("centiliter",)),
    _unit("decilitre", "volume", "100", r"deci ?lit(?:er|re)s?|dl", metric=True, label_names=("deciliter",)),
    _unit("litre", "volume", "1000",
          r"lit(?:er|re|ro)s?|litri|ltrs?|lts?|ltr|l|л|升|公升|ℓ", metric=True, label_names=("liter",)),
    _unit("cubic inch", "volume", "16.387064", r"cubic inch(?:es)?|cu\.? ?in\.?|in[³3]"),
    _unit("cubic foot", "volume", "28316.846592", r"cubic (?:foot|feet)|cu\.? ?ft\.?|ft[³3]|cuft"),
    _unit("cup", "volume", "236.5882365", r"cups?|tazas?"),
    _unit("fluid ounce", "volume", "29.5735295625",
          r"(?:u\.? ?s\.? ?)?(?:fluid ounces?|f[l1i|]\.? ?\.?[o0]z\.?)|fl\.? ?ounces?|us ?f[l1]\.? ?oz|"
          r"oz\.? ?f[l1]\.?|fl\. ?oz|fi\.? ?oz|f[l1i]\.? ?o|once(?:s)? liquides?|onzas? l[ií]quidas?"),
    _unit("pint", "volume", "473.176473", r"pints?|pt"),
    _unit("quart", "volume", "946.352946", r"quarts?|qts?"),
    _unit("gallon", "volume", "3785.411784", r"(?:u\.? ?s\.? ?)?(?:gallons?|gals?)|galones?"),
    _unit("imperial gallon", "volume", "4546.09", r"imperial gallons?|imp\.? ?gal(?:lons?)?"),
)
# fmt: on

UNITS: dict[str, Unit] = {unit.name: unit for unit in _UNITS}

METRIC_UNITS: frozenset[str] = frozenset(unit.name for unit in _UNITS if unit.metric)
LENGTH_UNITS: frozenset[str] = frozenset(unit.name for unit in _UNITS if unit.dimension == "length")

ENTITY_DIMENSION: dict[str, Dimension] = {
    "width": "length",
    "depth": "length",
    "height": "length",
    "item_weight": "weight",
    "maximum_weight_recommendation": "weight",
    "voltage": "voltage",
    "wattage": "power",
    "item_volume": "volume",
}

ENTITIES: tuple[str, ...] = tuple(ENTITY_DIMENSION)

# As in the contest's table, an entity allows all units of its dimension.
ENTITY_UNITS: dict[str, frozenset[str]] = {
    entity: frozenset(unit.name for unit in _UNITS if unit.dimension == dimension)
    for entity, dimension in ENTITY_DIMENSION.items()
}


def to_base(value: float, unit: str) -> float:
    """Convert an amount to the base unit of its dimension."""
    return value * UNITS[unit].factor
