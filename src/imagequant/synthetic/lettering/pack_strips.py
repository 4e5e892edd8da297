"""Amounts on the front of packs other than the net weight: nutrition strips, doses, servings."""

from __future__ import annotations

from imagequant.core.records import Box
from imagequant.synthetic.lettering.amounts import number
from imagequant.synthetic.render.canvas import Canvas, Ink, fitting
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import mixed

# fmt: off
_GRAMS = (
    "protein", "Protein", "PROTEIN", "sugar", "SUGARS", "fat", "fibre", "carbs", "BCAA", "net carbs", "collagen",
    "creatine", "Eiweiß", "Zucker", "protéines", "proteína", "EAA",
)
_MILLIGRAMS = ("caffeine", "sodium", "CAFFEINE", "Vitamin C", "potassium", "magnesium", "omega 3", "taurine", "Calcium")
_SERVINGS = (
    "Serving size {} g", "{}g per serving", "Drained weight {} g", "Abtropfgewicht {} g", "per {} g portion",
    "{} g per scoop", "Portion: {} g",
)
# fmt: on


def strip_cells(rng: Rng, count: int) -> tuple[tuple[str, str], ...]:
    """Return values and names for a nutrition strip: ``150`` ``calories``, ``20 g`` ``protein``."""
    cells = [(f"{rng.integer(2, 60) * 10}", rng.pick(("calories", "Calories", "kcal", "CAL")))]
    cells += [(_grams(rng), name) for name in rng.sample(_GRAMS, 3)]
    cells += [(_milligrams(rng), name) for name in rng.sample(_MILLIGRAMS, 2)]
    return tuple(rng.sample(cells, count))


def dose_lines(rng: Rng, count: int) -> tuple[str, ...]:
    """Return doses as lines of text: ``200 mg caffeine``, ``Serving size 30 g``."""
    return tuple(_dose_line(rng) for _ in range(count))


def draw_strip(rng: Rng, layer: Canvas, frame: Box, ink: Ink, cells: tuple[tuple[str, str], ...]) -> None:
    """Draw cells side by side, each with a value above its name, sometimes in a box."""
    boxed = rng.chance(0.5)
    rule = mixed(ink.colour, (128, 128, 128), 0.4)
    for position, (value, name) in enumerate(cells):
        cell = frame.inner(position / len(cells), 0.0, (position + 1) / len(cells), 1.0)
        if boxed:
            layer.outline(cell.inner(0.04, 0.0, 0.96, 1.0).corners, rule, 1.0)
        large, small = ink.sized(frame.height * 0.42), ink.sized(max(frame.height * 0.28, 5.0))
        layer.text(cell.at(0.5, 0.34), value, fitting(value, large, cell.width * 0.86), "mm")
        layer.text(cell.at(0.5, 0.76), name, fitting(name, small, cell.width * 0.86), "mm")


def _dose_line(rng: Rng) -> str:
    if rng.chance(0.3):
        return rng.pick(_SERVINGS).format(rng.pick((5, 10, 12.5, 15, 25, 30, 33, 40, 50, 60, 100, 120, 150)))
    grams = rng.chance(0.5)
    value, name = (_grams(rng), rng.pick(_GRAMS)) if grams else (_milligrams(rng), rng.pick(_MILLIGRAMS))
    return f"{value} {name}" if rng.chance(0.7) else f"{name} {value}"


def _grams(rng: Rng) -> str:
    value = rng.weighted(((float(rng.integer(0, 35)), 4), (rng.integer(1, 150) / 10, 1)))
    return number(value) + rng.pick(("g", "g", " g", "G"))


def _milligrams(rng: Rng) -> str:
    value = rng.pick((20, 40, 50, 60, 75, 80, 90, 100, 120, 150, 160, 200, 240, 250, 300, 400, 500, 1000))
    return f"{value}{rng.pick(('mg', ' mg', 'MG', ' mg', 'mcg'))}"
