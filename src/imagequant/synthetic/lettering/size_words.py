"""Sizes as text: lengths joined by ``x``, with or without letters, and named lines."""

from __future__ import annotations

from dataclasses import dataclass

from imagequant.quantity.units import to_base
from imagequant.synthetic.records import Amount
from imagequant.synthetic.render.rng import Rng

# Width, height, and depth towards the viewer.
Size = tuple[float, float, float]
_UNITS: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = (
    ("centimetre", (("cm", 50), (" cm", 40), ("CM", 8), (" CM", 2))),
    ("inch", (('"', 40), (" inch", 16), ("in", 14), (" in", 14), (" inches", 10), ("''", 3), ("”", 3))),
    ("millimetre", (("mm", 50), (" mm", 45), ("MM", 5))),
)
# fmt: off
_NAMES: dict[str, tuple[str, ...]] = {
    "height": (
        "Height", "HEIGHT", "Höhe", "Hauteur", "Altura", "Alto", "Altezza", "H", "Yükseklik", "Wysokość", "Hoogte",
        "Höjd",
    ),
    "width": (
        "Width", "WIDTH", "Breite", "Largeur", "Ancho", "Largura", "Larghezza", "W", "Genişlik", "Szerokość",
        "Breedte", "Bredd",
    ),
    "third": (
        "Length", "Depth", "Länge", "Longueur", "Largo", "Lunghezza", "L", "Derinlik", "Długość", "Tiefe",
        "Profondeur", "D", "Diepte", "Profundidad",
    ),
}
_LEADS = (
    "", "", "Size: ", "Size ", "SIZE: ", "Dimensions: ", "Product size: ", "Größe: ", "Maße: ", "Dimension: ",
    "Medidas: ", "Taille : ", "Misure: ", "Measures ", "Approx. ", "Overall: ",
)
# fmt: on


@dataclass(frozen=True)
class SizeLine:
    """A line of text; ``parts`` has the start, end and amount of each axis."""

    text: str
    parts: dict[str, tuple[int, int, Amount]]


def rounded_size(rng: Rng, centimetres: Size) -> tuple[str, str, Size]:
    """Choose a unit and its spelling, and return them with the rounded size."""
    unit, spellings = rng.weighted((((_UNITS[0]), 58), ((_UNITS[1]), 32), ((_UNITS[2]), 10)))
    digits = 0 if unit == "millimetre" else rng.weighted(((0, 55), (1, 45)))
    whole = to_base(1.0, unit)
    values = tuple(
        max(round(value / whole, digits), round(value / whole, 1), 0.1)
        if value / whole < 2
        else round(value / whole, digits)
        for value in centimetres
    )
    return unit, rng.weighted(spellings), (values[0], values[1], values[2])


def crossed(rng: Rng, centimetres: Size, flat: bool) -> SizeLine:
    """Format a size as ``40 x 30 x 10 cm``, with or without letters; flat products have two numbers."""
    unit, spelling, values = rounded_size(rng, centimetres)
    axes = (
        ("width", "height")
        if flat
        else rng.pick((("third", "width", "height"), ("width", "third", "height"), ("third", "width", "height")))
    )
    letters = {"third": rng.pick(("L", "L", "D")), "width": "W", "height": "H"}
    cross = rng.weighted(((" x ", 45), ("x", 22), (" X ", 10), (" × ", 10), ("*", 8), ("×", 3), (" * ", 2)))
    style = rng.weighted((("plain", 50), ("each", 20), ("lettered", 20), ("before", 10)))
    text = rng.pick(_LEADS)
    parts: dict[str, tuple[int, int, Amount]] = {}
    by_axis = dict(zip(("width", "height", "third"), values, strict=True))
    gap = rng.pick(("", " ", " "))
    for position, axis in enumerate(axes):
        text += cross if position else ""
        text += f"{letters[axis]}{rng.pick(('', ' ', ':'))}" if style == "before" else ""
        start = len(text)
        text += f"{by_axis[axis]:g}" + ("" if style in ("plain", "before") else spelling)
        parts[axis] = (start, len(text), Amount(by_axis[axis], unit))
        text += (
            f"{gap}({letters[axis]})" if style == "lettered" and gap else letters[axis] if style == "lettered" else ""
        )
    text += spelling if style in ("plain", "before") else ""
    return SizeLine(text, parts)


def named(rng: Rng, centimetres: Size, flat: bool) -> list[SizeLine]:
    """Return one line per axis: ``Height: 12 cm``."""
    unit, spelling, values = rounded_size(rng, centimetres)
    language = rng.integer(0, 11)
    colon = rng.pick((": ", ": ", " : ", ":", " ", " - ", " = "))
    lines = []
    for axis, value in zip(("height", "width", "third"), (values[1], values[0], values[2]), strict=True):
        if axis == "third" and flat:
            continue
        name = (
            _NAMES[axis][language % len(_NAMES[axis])]
            if axis != "third"
            else rng.pick((_NAMES[axis][language], _NAMES[axis][language], "Length"))
        )
        start = len(name + colon)
        text = f"{name}{colon}{value:g}{spelling}"
        lines.append(SizeLine(text, {axis: (start, len(text), Amount(value, unit))}))
    return rng.sample(lines, len(lines))
