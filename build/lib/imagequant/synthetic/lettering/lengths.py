"""Spelling of lengths: units and their order, decimals, fractions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imagequant.quantity.units import to_base
from imagequant.synthetic.lettering.amounts import number
from imagequant.synthetic.records import Amount
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.rng import Rng

# Spellings with their shares on sellers' photos; a leading space is part of the spelling.
# fmt: off
_SPELLINGS: dict[str, tuple[tuple[str, float], ...]] = {
    "centimetre": (("cm", 50), (" cm", 32), ("CM", 12), (" CM", 3), ("cms", 1), (" Cm", 1), ("Cm", 1),
                   (" centimeters", 1)),
    "millimetre": (("mm", 60), (" mm", 30), ("MM", 8), (" MM", 2)),
    "metre": (("m", 55), (" m", 30), ("M", 10), (" meter", 3), (" Mtr", 1)),
    "inch": (('"', 28), (" in", 17), ("in", 16), ("inch", 9), (" inch", 9), ("''", 4), ("”", 4), (" inches", 6),
             (" Inch", 3), ("IN", 3), (" INCH", 2), ("inches", 2), ("″", 2), (" Zoll", 1), (" pulg", 0.5),
             (" pouces", 0.5)),
    "foot": (("ft", 45), (" ft", 30), ("'", 12), (" feet", 10), ("FT", 3)),
}
_UNIT_NOTES = ("Unit: {}", "unit:{}", "Units: {}", "({})", "Unit {}", "Size: {}", "All dimensions in {}", "Maße in {}",
               "Unité : {}")
_JOINS = (("{a}/{b}", 32), ("{a} / {b}", 20), ("{a} /{b}", 6), ("{a}({b})", 11), ("{a} ({b})", 13), ("{a}\n{b}", 16),
          ("{a}|{b}", 1), ("{a}={b}", 1))
# Fractions of an inch as a glyph and as digits.
_FRACTIONS = {
    0.25: ("¼", "1/4"), 0.5: ("½", "1/2"), 0.75: ("¾", "3/4"), 0.125: ("⅛", "1/8"), 0.375: ("⅜", "3/8"),
    0.625: ("⅝", "5/8"), 0.875: ("⅞", "7/8"),
}
# fmt: on
# The first printed unit, with shares from the contest's length labels.
_FIRST = (("centimetre", 53), ("inch", 32), ("millimetre", 13), ("metre", 1.2), ("foot", 1.2))
_FEET = (("'", '"'), ("' ", '"'), ("ft", "in"), ("ft ", "in"), (" ft ", " in"), ("'", "''"), (" feet ", " inches"))
_INCHES_PER_FOOT = 12
_SEPARATORS = {"space": " ", "dash": "-"}
_FRACTION_STYLES = (("glyph", 35), ("space", 30), ("dash", 20), ("tight", 15))


@dataclass(frozen=True)
class LengthStyle:
    """A seller's spelling of lengths, used for a whole photo."""

    first: str
    first_spelling: str
    second: str | None
    second_spelling: str
    join: str
    decimals: int
    second_decimals: int
    step: float  # whole numbers are multiples of it
    comma: bool
    fraction: str  # "none", "glyph", "space", "dash", "tight"
    second_fraction: str  # the same for the second unit
    bare: bool  # labels have no units; a note states the unit
    fixed: bool  # keep trailing zeros: 20.00cm
    prefer_second: bool  # the label has the second printed unit
    feet: tuple[str, str] | None  # spellings of feet and inches, used from two feet on


@dataclass(frozen=True)
class Written:
    """A printed length: its lines, the label's amount, and the index of its line."""

    lines: tuple[str, ...]
    amount: Amount
    line: int

    def lettered(self, pattern: str, letter: str) -> Written:
        """Return the length with the letter of its axis on the first line."""
        return replace(self, lines=(pattern.format(letter, self.lines[0]), *self.lines[1:]))


def length_style(rng: Rng, longest_cm: float) -> LengthStyle:
    """Choose a style for lengths up to ``longest_cm``."""
    first = rng.weighted(_FIRST)
    if (first == "metre" and longest_cm < 80) or (first == "foot" and longest_cm < 60):
        first = "centimetre"
    if first == "millimetre" and longest_cm > 250 and rng.chance(0.7):
        first = "centimetre"
    second = None
    if rng.chance(0.4):
        second = {"inch": "centimetre", "foot": "centimetre"}.get(first, "inch")
        if longest_cm < 20 and second == "centimetre" and rng.chance(0.2):
            second = "millimetre"
    fraction = second_fraction = "none"
    if first == "inch" and rng.chance(0.22):
        fraction = rng.weighted(_FRACTION_STYLES)
    if second == "inch" and rng.chance(0.25):
        second_fraction = rng.weighted(_FRACTION_STYLES)
    return LengthStyle(
        first=first,
        first_spelling=rng.weighted(_SPELLINGS[first]),
        second=second,
        second_spelling=rng.weighted(_SPELLINGS[second]) if second else "",
        join=rng.weighted(_JOINS),
        decimals=rng.weighted(((0, 47), (1, 43), (2, 10))),
        second_decimals=rng.weighted(((0, 20), (1, 45), (2, 35))),
        step=rng.weighted(((1.0, 55), (5.0, 25), (10.0, 8), (2.0, 12))),
        comma=rng.chance(0.06),
        fraction=fraction,
        second_fraction=second_fraction,
        bare=second is None and fraction == "none" and rng.chance(0.06),
        fixed=rng.chance(0.08),
        prefer_second=rng.chance(0.07),
        feet=rng.pick(_FEET) if first == "inch" and longest_cm > 60 and rng.chance(0.15) else None,
    )


def write_unit(rng: Rng, canvas: Canvas, style: LengthStyle, top: float, ink: Ink) -> float:
    """Write a note with the unit of bare labels at the top of the free room, and return the top of the rest."""
    unit = {"centimetre": "cm", "millimetre": "mm", "inch": "inch", "metre": "m", "foot": "ft"}[style.first]
    canvas.text((canvas.width * 0.04, top + ink.size), rng.pick(_UNIT_NOTES).format(unit), ink, "lm")
    return top + ink.size * 2


def write_length(style: LengthStyle, centimetres: float) -> Written:
    """Format a length; the amount is the printed, rounded value."""
    first = _rounded(centimetres, style.first, style)
    amount = Amount(first, style.first)
    if style.bare:
        return Written((_number(first, style),), amount, 0)
    text = _number(first, style) + style.first_spelling
    if style.feet is not None and first >= 2 * _INCHES_PER_FOOT:
        feet, rest = divmod(first, _INCHES_PER_FOOT)
        foot, inch = style.feet
        # Whole feet have no inches and no joining space.
        text = f"{feet:g}{foot}{_number(round(rest, 3), style)}{inch}" if rest else f"{feet:g}{foot.rstrip()}"
    if style.second is None:
        return Written((text,), amount, 0)
    exact = to_base(first, style.first) / to_base(1.0, style.second)
    if style.second_fraction == "none":
        value = round(exact, style.second_decimals) or round(exact, 2)
        other = _digits(value, style.second_decimals, style) + style.second_spelling
    else:
        value = max(round(exact * 8) / 8, 1 / 8)
        other = _fractional(value, style.second_fraction) + style.second_spelling
    lines = tuple(style.join.format(a=text, b=other).split("\n"))
    if style.prefer_second:
        return Written(lines, Amount(value, style.second), len(lines) - 1)
    return Written(lines, amount, 0)


def _rounded(centimetres: float, unit: str, style: LengthStyle) -> float:
    value = centimetres / to_base(1.0, unit)
    if unit == "millimetre":
        return _stepped(value, style.step) if value > 12 else max(round(value * 2) / 2, 0.5)
    if style.fraction != "none":
        step = 4 if value > 6 else 8
        return max(round(value * step) / step, 1 / step)
    # Long products rarely have decimals.
    decimals = 0 if unit == "centimetre" and value >= 60 else style.decimals
    if unit in ("metre", "foot") or value < 4:
        decimals = max(decimals, 1)
    if decimals == 0:
        return _stepped(value, style.step)
    rounded = round(value * 2) / 2 if style.step > 1 and decimals == 1 else round(value, decimals)
    return rounded if rounded > 0 else round(max(value, 0.05), 2)


def _stepped(value: float, step: float) -> float:
    # Large products have round sizes: 40, 60, 120.
    return max(round(value / step) * step, step) if value >= 8 * step else float(max(round(value), 1))


def _number(value: float, style: LengthStyle) -> str:
    return _digits(value, style.decimals, style) if style.fraction == "none" else _fractional(value, style.fraction)


def _fractional(value: float, fraction: str) -> str:
    whole, part = int(value), value - int(value)
    if part == 0:
        return str(whole)
    glyph, plain = _FRACTIONS[part]
    # Next to a whole number without a separator, "31/2" would be ambiguous, so the glyph is used.
    text = glyph if fraction == "glyph" or (fraction == "tight" and whole) else plain
    return f"{whole or ''}{_SEPARATORS.get(fraction, '') if whole else ''}{text}"


def _digits(value: float, decimals: int, style: LengthStyle) -> str:
    if not style.fixed or round(value, decimals) != value:
        return number(value, style.comma)
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if style.comma else text
