"""Solid products at an angle: boxes, cabinets, shelves, tables, sofas, mattresses, bags."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from PIL import Image, ImageEnhance

from imagequant.synthetic.lettering.pack_words import BRANDS
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import Colour, any_colour, lit, luminance
from imagequant.synthetic.render.fonts import title_face
from imagequant.synthetic.render.geometry import Cuboid, View, disc, ellipse
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import WOODS, any_surface, fabric, matte, metal, pattern, puffed, wood


@dataclass(frozen=True)
class Solid:
    """A product with ranges for width, height and depth in centimetres, and for the scale to multiply them by."""

    name: str
    draw: Callable[[Rng, Canvas, View, Cuboid], None]
    width: tuple[float, float]
    height: tuple[float, float]
    depth: tuple[float, float]
    scale: tuple[float, float]
    weight: float


def _block(canvas: Canvas, view: View, block: Cuboid, surface: Image.Image, edge: Colour | None) -> None:
    # The visible faces with different light, and their edges.
    (x0, y0, z0), (x1, y1, z1) = block.low, block.high
    top = ((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1))
    side = ((x1, y0, z1), (x1, y1, z1), (x1, y1, z0), (x1, y0, z0))
    face = ((x0, y0, z1), (x1, y0, z1), (x1, y0, z0), (x0, y0, z0))
    for corners, light in ((top, 1.07), (side, 0.8), (face, 0.95)):
        points = [view.at(*corner) for corner in corners]
        canvas.body(points, _shaded(surface, light), None, edge and lit(edge, light), 0.7)


def _shaded(surface: Image.Image, light: float) -> Image.Image:
    return ImageEnhance.Brightness(surface).enhance(light)


def _ground_shadow(canvas: Canvas, view: View, block: Cuboid) -> None:
    (x0, y0, z0), (x1, y1, _) = block.low, block.high
    canvas.shadow([view.at(x, y, z0) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], (0, 3), 7, 0.3)


def _standing(canvas: Canvas, view: View, block: Cuboid, surface: Image.Image, edge: Colour) -> None:
    _ground_shadow(canvas, view, block)
    _block(canvas, view, block, surface, edge)


def _seam(canvas: Canvas, view: View, block: Cuboid, z: float, colour: Colour, width: float) -> None:
    # A line along the front and the side at a height.
    (x0, y0, _), (x1, y1, _) = block.low, block.high
    canvas.line([view.at(x0, y0, z), view.at(x1, y0, z), view.at(x1, y1, z)], colour, width)


def _finish(rng: Rng) -> tuple[Image.Image, Colour]:
    # Furniture's surface and the colour of its edges; furniture is mostly white, and outlined in technical drawings.
    if rng.chance(0.15):
        return matte(rng, (254, 254, 254)), rng.pick(((0, 0, 0), (40, 40, 42), (30, 50, 110)))
    if rng.chance(0.35):
        colour = rng.pick(WOODS)
        return wood(rng, colour), lit(colour, 0.7)
    colour = rng.weighted((((246, 246, 246), 5), ((44, 44, 46), 2), ((150, 152, 154), 2), (any_colour(rng), 3)))
    return matte(rng, colour), lit(colour, 0.82 if luminance(colour) > 0.2 else 1.9)


def box(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """A carton, case or tin with print."""
    colour = rng.weighted(((any_colour(rng), 5), ((196, 160, 112), 2), ((246, 246, 244), 2)))
    _standing(canvas, view, block, any_surface(rng, colour), lit(colour, 0.75))
    if rng.chance(0.4):
        canvas.fill(view.patch(block, 0.2, 0.25, 0.8, 0.7), matte(rng, any_colour(rng)))
    if rng.chance(0.5):
        size = max((view.front(block, 1, 0)[0] - view.front(block, 0, 0)[0]) * 0.11, 6.0)
        a, b = view.front(block, 0, 0.5), view.front(block, 1, 0.5)
        angle = float(np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0])))
        ink = Ink(title_face(rng), abs(size), (20, 20, 22) if luminance(colour) > 0.5 else (250, 250, 250))
        if abs(angle) < 90:
            canvas.text(view.front(block, 0.5, 0.45), rng.pick(BRANDS), ink, "mm", angle)
    if rng.chance(0.3):
        top, bottom = block.high[2], block.low[2]
        _seam(canvas, view, block, top - (top - bottom) * rng.uniform(0.1, 0.3), lit(colour, 0.6), 1.2)


def cabinet(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """A body with doors and drawers, sometimes on legs."""
    surface, edge = _finish(rng)
    (x0, y0, z0), (x1, y1, z1) = block.low, block.high
    legs = (z1 - z0) * rng.pick((0.0, 0.0, 0.05, 0.12, 0.2))
    _ground_shadow(canvas, view, block)
    if legs:
        _legs(rng, canvas, view, block, legs)
    body = Cuboid((x0, y0, z0 + legs), (x1, y1, z1))
    _block(canvas, view, body, surface, edge)
    columns, rows = rng.integer(1, 3), rng.integer(1, 4)
    tall = 1 / rows
    for column in range(columns):
        for row in range(rows if rng.chance(0.6) else 1):
            left, right = column / columns + 0.015, (column + 1) / columns - 0.015
            top, bottom = row * tall + 0.02, (row + 1) * tall - 0.02
            door = view.patch(body, left, top, right, bottom)
            if rng.chance(0.15):
                canvas.fill(door, lit(edge, 0.6))
            canvas.outline(door, lit(edge, 0.85), 0.9)
            knob = view.front(body, (left + right) / 2, (top + bottom) / 2)
            canvas.fill(ellipse(knob, 3, 2), rng.pick(((40, 40, 42), (180, 160, 110), (190, 190, 192))))


def _legs(rng: Rng, canvas: Canvas, view: View, block: Cuboid, height: float) -> None:
    (x0, y0, z0), (x1, y1, _) = block.low, block.high
    thick = min(x1 - x0, y1 - y0) * rng.uniform(0.04, 0.1)
    surface = wood(rng) if rng.chance(0.5) else matte(rng, (30, 30, 32))
    for y in (y1 - thick, y0):
        for x in (x0, x1 - thick):
            _block(canvas, view, Cuboid((x, y, z0), (x + thick, y + thick, z0 + height)), surface, None)


def bookcase(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """Open shelves."""
    surface, edge = _finish(rng)
    _standing(canvas, view, block, surface, edge)
    columns, rows = rng.integer(1, 2), rng.integer(2, 6)
    for column, row in product(range(columns), range(rows)):
        left, right = column / columns + 0.02, (column + 1) / columns - 0.02
        top, bottom = row / rows + 0.01, (row + 1) / rows - 0.01
        opening = view.patch(block, left, top, right, bottom)
        canvas.fill(opening, _shaded(surface, 0.68))
        canvas.fill(view.patch(block, left, bottom - 0.15 / rows, right, bottom), _shaded(surface, 0.85))
        canvas.outline(opening, lit(edge, 0.85), 0.7)
        if rng.chance(0.15):
            u = rng.uniform(left, right - 0.1)
            canvas.fill(view.patch(block, u, top + 0.3 / rows, u + 0.1, bottom - 0.05 / rows), any_colour(rng))


def table(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """A top on four legs."""
    (x0, y0, z0), (x1, y1, z1) = block.low, block.high
    thick = (z1 - z0) * rng.uniform(0.04, 0.12)
    _ground_shadow(canvas, view, block)
    _legs(rng, canvas, view, block, z1 - z0 - thick)
    surface, edge = _finish(rng)
    if rng.chance(0.3):
        shelf = z0 + (z1 - z0) * rng.uniform(0.2, 0.5)
        _block(canvas, view, Cuboid((x0, y0, shelf), (x1, y1, shelf + thick * 0.7)), surface, edge)
    _block(canvas, view, Cuboid((x0, y0, z1 - thick), (x1, y1, z1)), surface, edge)


def sofa(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """A seat with back and arms."""
    (x0, y0, z0), (x1, y1, z1) = block.low, block.high
    colour = any_colour(rng)
    surface, edge = fabric(rng, colour), lit(colour, 0.75)
    wide, deep, tall = x1 - x0, y1 - y0, z1 - z0
    arm, seat, legs = wide * rng.uniform(0.07, 0.13), z0 + tall * 0.5, tall * 0.08
    _ground_shadow(canvas, view, block)
    _legs(rng, canvas, view, block, legs)
    _block(canvas, view, Cuboid((x0, y0 + deep * 0.7, z0 + legs), (x1, y1, z1)), surface, edge)
    _block(canvas, view, Cuboid((x0, y0, z0 + legs), (x0 + arm, y1, z0 + tall * 0.72)), surface, edge)
    seats = rng.integer(1, 3)
    for number in range(seats):
        left = x0 + arm + (wide - 2 * arm) * number / seats
        right = x0 + arm + (wide - 2 * arm) * (number + 1) / seats
        cushion = Cuboid((left, y0, z0 + legs), (right, y0 + deep * 0.7, seat))
        _block(canvas, view, cushion, puffed(rng, colour), edge)
    _block(canvas, view, Cuboid((x1 - arm, y0, z0 + legs), (x1, y1, z0 + tall * 0.72)), surface, edge)


def mattress(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """A mattress, board, pad or towel stack."""
    colour = rng.weighted((((248, 248, 246), 4), (any_colour(rng), 3)))
    _standing(canvas, view, block, fabric(rng, colour), lit(colour, 0.8))
    bottom, top = block.low[2], block.high[2]
    for share in (0.15, 0.85):
        _seam(canvas, view, block, bottom + (top - bottom) * share, lit(colour, 0.7), 1)


def bag(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """A soft case with a zip and a handle."""
    colour, other = any_colour(rng), any_colour(rng)
    surface = fabric(rng, colour) if rng.chance(0.7) else pattern(rng, colour, other)
    _standing(canvas, view, block, surface, lit(colour, 0.7))
    top, bottom = block.high[2], block.low[2]
    _seam(canvas, view, block, top - (top - bottom) * 0.15, (170, 170, 160), 2)
    if rng.chance(0.5):
        canvas.fill(view.patch(block, 0.2, 0.4, 0.8, 0.9), fabric(rng, lit(colour, 0.9)))


def appliance(rng: Rng, canvas: Canvas, view: View, block: Cuboid) -> None:
    """A device with a panel and buttons."""
    colour = rng.pick(((246, 246, 246), (26, 26, 28), (190, 192, 196), any_colour(rng)))
    surface = metal(rng) if rng.chance(0.3) else matte(rng, colour)
    _standing(canvas, view, block, surface, lit(colour, 0.75 if luminance(colour) > 0.2 else 1.9))
    canvas.fill(view.patch(block, 0.08, 0.1, 0.92, rng.uniform(0.3, 0.8)), matte(rng, (18, 18, 22)))
    for number in range(rng.integer(1, 5)):
        canvas.fill(disc(view.front(block, 0.15 + 0.15 * number, 0.9), 3), (120, 120, 124))


SOLIDS: tuple[Solid, ...] = (
    Solid("box", box, (10, 40), (4, 35), (8, 30), (0.4, 2.0), 5),
    Solid("cabinet", cabinet, (35, 120), (30, 180), (25, 50), (0.8, 1.2), 5),
    Solid("bookcase", bookcase, (30, 100), (70, 200), (20, 40), (0.7, 1.2), 3),
    Solid("table", table, (45, 180), (35, 80), (40, 90), (0.8, 1.1), 4),
    Solid("sofa", sofa, (70, 230), (65, 95), (60, 95), (0.9, 1.1), 2),
    Solid("mattress", mattress, (30, 160), (3, 28), (40, 200), (0.5, 1.2), 4),
    Solid("pouch", bag, (12, 45), (6, 35), (5, 25), (0.7, 1.4), 4),
    # Deeper than wide: waste bins, desk drawers, computer towers, shoe boxes.
    Solid("bin", box, (14, 28), (35, 66), (24, 45), (0.6, 1.1), 4),
    Solid("drawer", cabinet, (14, 35), (12, 60), (32, 55), (0.7, 1.1), 4),
    Solid("tower", appliance, (10, 25), (20, 50), (25, 48), (0.4, 1.1), 2),
    Solid("appliance", appliance, (8, 60), (6, 70), (5, 45), (0.5, 1.2), 4),
)
