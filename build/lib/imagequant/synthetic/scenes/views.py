"""Technical drawings of furniture: front and side view beside each other, with the lengths of parts and of a drawer."""

import math
from dataclasses import dataclass, replace
from itertools import combinations, product

from imagequant.core.records import Box
from imagequant.synthetic.lettering.dimension_lines import LineStyle, Side, draw_outside, line_style
from imagequant.synthetic.lettering.lengths import LengthStyle, length_style, write_length
from imagequant.synthetic.records import Scene
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.colours import Colour, readable_on
from imagequant.synthetic.render.geometry import Cuboid, View
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import plain_ground
from imagequant.synthetic.scenes.common import ask_lengths, margins, photo_size
from imagequant.synthetic.scenes.drawing import inner_spans
from imagequant.synthetic.scenes.solid import draw_along

# Ranges of width, height and depth in centimetres.
_FURNITURE = (
    ("sideboard", (80, 180), (40, 80), (35, 55)),
    ("chest", (40, 120), (60, 140), (35, 55)),
    ("wardrobe", (45, 200), (160, 240), (35, 65)),
    ("shelf", (30, 120), (60, 220), (20, 40)),
    ("desk", (80, 180), (65, 80), (45, 80)),
    ("bedside table", (30, 55), (40, 70), (30, 50)),
    ("bench", (70, 160), (40, 55), (25, 45)),
    ("crate", (20, 60), (10, 40), (30, 80)),
)
_LONGEST_PART = 0.9
_DRAWER = 0.35


@dataclass(frozen=True)
class _Drawing:
    """What all views of a drawing share."""

    canvas: Canvas
    lengths: LengthStyle
    style: LineStyle
    outline: Colour


def draw(rng: Rng) -> Scene:
    """Draw the front with width and height, and the side with the depth; sometimes a drawer of its own."""
    width, height = photo_size(rng)
    canvas, ground = plain_ground(rng, width, height, 0.95)
    name, *ranges = rng.pick(_FURNITURE)
    size = across, up, back = (rng.uniform(*ranges[0]), rng.uniform(*ranges[1]), rng.uniform(*ranges[2]))
    lengths = replace(length_style(rng, max(size)), bare=False)
    style = line_style(rng, ground, min(width, height))
    style = replace(style, placing="beside", boxed=None, extension=rng.chance(0.8))
    top, bottom, extra = margins(rng, canvas, ground, 0.1)
    shown = {
        key: write_length(lengths, value)
        for key, value in (("width", across), ("height", up), ("third", back))
        if key == "width" or not rng.chance(0.08)
    }
    ends = style.end_size * 4
    beside, over = (max(style.room(each, upright) for each in shown.values()) + ends for upright in (True, False))
    beside, over = min(beside, width * 0.16), min(over, height * 0.16)
    room = Box(beside, top + over, width - beside, bottom - over)
    has_drawer = rng.chance(_DRAWER)
    if has_drawer:
        room = room.inner(0, 0, 1, 0.6)
    gap = min(beside * rng.uniform(1.2, 2.2), room.width * 0.35)
    scale = min((room.width - gap) / (across + back), room.height / up)
    drawing = _Drawing(canvas, lengths, style, readable_on(ground, rng))
    left = room.x0 + (room.width - gap - scale * (across + back)) / 2
    floor = room.center[1] + scale * up / 2
    front = Box(left, floor - scale * up, left + scale * across, floor)
    side = Box(front.x1 + gap, front.y0, front.x1 + gap + scale * back, floor)
    _furniture(rng, drawing, front, rng.integer(1, 4), rng.integer(1, 3))
    _furniture(rng, drawing, side, 1, 1)
    reach = style.end_size * rng.uniform(1.5, 3.0)
    # The lines of parts may be between a product and the lines of the whole.
    nested = rng.chance(0.3)
    outer = reach + (style.room(shown["width"], True) if nested else 0.0)
    where: dict[str, tuple[Box, Side]] = {
        "width": (front, rng.pick(("above", "above", "below"))),
        "height": (side, "right") if rng.chance(0.2) else (front, "left"),
        "third": (side, rng.pick(("above", "above", "below"))),
    }
    for key, written in shown.items():
        draw_outside(canvas, *where[key], outer if key == "height" else reach, written, style, key)
    beside_front: Side | None = "left" if nested else rng.pick(("right", None))
    _parts(rng, drawing, "front", front, (across, up), where["width"][1], beside_front)
    _parts(rng, drawing, "side", side, (back, up), where["third"][1], "left" if rng.chance(0.3) else None)
    if has_drawer:
        _drawer(rng, drawing, Box(room.x0, room.y1 + over, room.x1, bottom - over), size)
    return Scene(canvas, ask_lengths(shown) + extra, name)


def _furniture(rng: Rng, drawing: _Drawing, frame: Box, rows: int, columns: int) -> None:
    """Draw the outline of one view, with legs, and doors or drawers."""
    line = max(drawing.style.width, 1.0)
    body = frame.inner(0, 0, 1, 1 - rng.pick((0.0, 0.06, 0.15, 0.3)))
    drawing.canvas.outline(body, drawing.outline, line)
    for x in (0.0, 0.94):
        leg = Box(frame.at(x, 0)[0], body.y1, frame.at(x + 0.06, 0)[0], frame.y1)
        drawing.canvas.outline(leg, drawing.outline, line)
    for row, column in product(range(rows), range(columns)) if rows * columns > 1 else ():
        cell = body.inner(column / columns, row / rows, (column + 1) / columns, (row + 1) / rows)
        drawing.canvas.outline(cell.inner(0.04, 0.06, 0.96, 0.94), drawing.outline, line * 0.7)


def _parts(
    rng: Rng, drawing: _Drawing, view: str, frame: Box, real: tuple[float, float], taken: Side, beside: Side | None
) -> None:
    """Draw lengths of parts: across on the side that is not taken, up beside the view, and inside."""
    canvas, lengths = drawing.canvas, drawing.lengths
    style = drawing.style.smaller(rng.uniform(0.8, 1.0))
    gap = style.end_size * rng.uniform(1.0, 2.0)
    if rng.chance(0.25):
        low, high = 0.5 - (half := rng.uniform(0.3, _LONGEST_PART / 2)), 0.5 + half
        side: Side = "below" if taken == "above" else "above"
        written = write_length(lengths, real[0] * (high - low))
        draw_outside(canvas, frame, side, gap, written, style, f"{view}_across", (low, high))
    if beside:
        low, high = rng.pick(((0.0, rng.uniform(0.15, 0.8)), (rng.uniform(0.2, 0.9), 1.0)))
        written = write_length(lengths, real[1] * (high - low))
        draw_outside(canvas, frame, beside, gap, written, style, f"{view}_up", (low, high))
    if rng.chance(0.6):
        inner_spans(rng, canvas, frame, real, (lengths, style), rng.integer(1, 2), view)


def _drawer(rng: Rng, drawing: _Drawing, room: Box, size: tuple[float, float, float]) -> None:
    """Draw a drawer at an angle, with its three lengths."""
    ranges = ((0.4, 0.95), (0.08, 0.3), (0.6, 0.95))
    across, up, back = (length * rng.uniform(*shares) for length, shares in zip(size, ranges, strict=True))
    down, rise = math.radians(rng.uniform(5, 20)), math.radians(rng.uniform(12, 38))
    vectors = (0.9 * math.cos(down), -0.9 * math.sin(down)), (0.8 * math.cos(rise), 0.8 * math.sin(rise))
    block = Cuboid((0.0, 0.0, 0.0), (across, back, up))
    view = View((0.0, 0.0), 1.0, *vectors, 0.0, back).fitted(block, room.inner(0.2, 0.1, 0.8, 1))
    for one, other in combinations(product((0.0, across), (0.0, back), (0.0, up)), 2):
        if sum(a != b for a, b in zip(one, other, strict=True)) == 1:
            line = [view.at(*one), view.at(*other)]
            drawing.canvas.line(line, drawing.outline, max(drawing.style.width * 0.8, 0.8))
    edges = {
        "drawer_width": ((0.0, 0.0, up), (across, 0.0, up)),
        "drawer_depth": ((across, 0.0, up), (across, back, up)),
        "drawer_height": ((0.0, 0.0, 0.0), (0.0, 0.0, up)),
    }
    style = drawing.style.smaller(0.9)
    for number, (key, edge) in enumerate(edges.items()):
        written = write_length(drawing.lengths, (across, back, up)[number])
        draw_along(drawing.canvas, view, (across, up, back), edge, style.end_size * 1.5, written, style, key)
