"""Dimension drawings of a solid product at an angle, with lines along three edges."""

import math
from dataclasses import replace

from imagequant.core.records import Box
from imagequant.synthetic.goods.solid import SOLIDS, Solid
from imagequant.synthetic.lettering.dimension_lines import LineStyle, draw_dimension, extend, line_style
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, length_style, write_length, write_unit
from imagequant.synthetic.records import Scene
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.geometry import Corner, Cuboid, View, add, between, direction
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import plain_ground
from imagequant.synthetic.scenes.common import ask_lengths, margins, photo_size

# Axis letters in labels, as used by furniture sellers: 31.5" L.
_LETTERS = (("W", "H", "D"), ("W", "H", "L"), ("L", "H", "W"), ("W", "H", "D"))
_TWO_OF_THREE = 0.1
# Furniture sellers print the lengths of shelves, drawers and legs, too.
_WITH_PARTS = 0.6
_PART_COUNTS = ((1, 20), (2, 25), (3, 20), (4, 15), (6, 12), (8, 8))
# A part as long as the whole would be a second correct answer.
_LONGEST_PART = 0.9
Edge = tuple[Corner, Corner]


def draw(rng: Rng) -> Scene:
    """Draw a box-like product with width, height and depth along its edges."""
    width, height = photo_size(rng)
    canvas, ground = plain_ground(rng, width, height, 0.88)
    solid = rng.weighted([(each, each.weight) for each in SOLIDS])
    scale = rng.log_uniform(*solid.scale)
    size = (rng.uniform(*solid.width) * scale, rng.uniform(*solid.height) * scale, rng.uniform(*solid.depth) * scale)
    lengths = length_style(rng, max(size))
    style = line_style(rng, ground, min(width, height))
    if style.placing == "inside":
        style = replace(style, placing="beside")
    shown = _shown(rng, lengths, size)
    top, bottom, extra = margins(rng, canvas, ground, 0.15)
    if lengths.bare:
        top = write_unit(rng, canvas, lengths, top, style.ink.sized(min(width, height) * 0.03))
    block = Cuboid((0.0, 0.0, 0.0), (size[0], size[2], size[1]))
    view = _view(rng, solid, size).fitted(block, _free(rng, canvas, top, bottom, shown, style))
    solid.draw(rng, canvas, view, block)
    corner = _edges(rng, canvas, view, size, shown, style)
    if rng.chance(_WITH_PARTS):
        _parts(rng, canvas, view, size, corner, (lengths, style.smaller(0.8)))
    return Scene(canvas, ask_lengths(shown) + extra, solid.name)


def _shown(rng: Rng, lengths: LengthStyle, size: Corner) -> dict[str, Written]:
    names = ("width", "height", "third")
    shown = {name: write_length(lengths, value) for name, value in zip(names, size, strict=True)}
    if rng.chance(0.12):
        letters = rng.pick(_LETTERS)
        pattern = rng.pick(("{1} {0}", "{1} {0}", "{0}:{1}", "{1}({0})", "{0}: {1}"))
        shown = {name: shown[name].lettered(pattern, letter) for name, letter in zip(names, letters, strict=True)}
    if rng.chance(_TWO_OF_THREE):
        shown.pop(rng.pick(names))
    return shown


def _view(rng: Rng, solid: Solid, size: Corner) -> View:
    kind = rng.weighted((("front", 55), ("corner", 45)))
    fade = rng.uniform(0.0, 0.22)
    mirrored = rng.chance(0.5)
    if kind == "front":
        angle = math.radians(rng.uniform(25, 50))
        share = rng.uniform(0.35, 0.6)
        tilt = math.radians(rng.uniform(0, 8))
        across, back = (math.cos(tilt), math.sin(tilt)), (share * math.cos(angle), -share * math.sin(angle))
    else:
        down, up = math.radians(rng.uniform(12, 35)), math.radians(rng.uniform(12, 38))
        across, back = (0.85 * math.cos(down), 0.85 * math.sin(down)), (0.8 * math.cos(up), -0.8 * math.sin(up))
    # Low products are seen from higher up.
    if solid.name == "mattress" or size[1] < max(size[0], size[2]) * 0.3:
        across, back = (across[0], across[1] * 1.3), (back[0], back[1] * 1.3)
    return View((0.0, 0.0), 1.0, across, back, fade, size[2], mirrored)


def _free(rng: Rng, canvas: Canvas, top: float, bottom: float, shown: dict[str, Written], style: LineStyle) -> Box:
    side = max(style.room(written, True) for written in shown.values()) + style.end_size * 3
    below = max(style.room(written, False) for written in shown.values()) + style.end_size * 3
    side, below = min(side, canvas.width * 0.22), min(below, canvas.height * 0.16)
    share = rng.uniform(0.8, 1.0)
    free = Box(side, top + below * 0.8, canvas.width - side, bottom - below * 1.2)
    return free.inner((1 - share) / 2, (1 - share) / 2, (1 + share) / 2, (1 + share) / 2)


def _edges(
    rng: Rng, canvas: Canvas, view: View, size: Corner, shown: dict[str, Written], style: LineStyle
) -> tuple[float, float]:
    """Draw the lengths of the whole along its edges; return the corner (across, back) where the height is."""
    across, up, back = size
    gap = style.end_size * rng.uniform(1.0, 2.2)
    above = rng.chance(0.22)
    y, z = (back, up) if above else (0, 0.0)
    left = above and rng.chance(0.4)
    # Vertical lines are at an outer edge: the far corner of the front or of the side.
    corner = (0.0, 0.0) if rng.chance(0.6) else (across, back)
    edges = {
        "width": ((0, y, z), (across, y, z)),
        "third": ((0 if left else across, 0, z), (0 if left else across, back, z)),
        "height": ((*corner, 0), (*corner, up)),
    }
    angled = style if style.turned or rng.chance(0.75) else style.smaller(0.95)
    for name in (axis for axis in edges if axis in shown):
        draw_along(canvas, view, size, edges[name], gap, shown[name], angled, name)
    return corner


def draw_along(
    canvas: Canvas, view: View, size: Corner, edge: Edge, gap: float, written: Written, style: LineStyle, key: str
) -> None:
    """Draw a dimension line beside an edge of the block, or beside a part of it."""
    center = view.at(size[0] / 2, size[2] / 2, size[1] / 2)
    p, q = (view.at(*end) for end in edge)
    step, middle = direction(p, q), between(p, q)
    away = (-step[1], step[0])
    if (center[0] - middle[0]) * away[0] + (center[1] - middle[1]) * away[1] > 0:
        away = (step[1], -step[0])
    span = (add(p, away, gap), add(q, away, gap))
    for start, end in zip((p, q), span, strict=True):
        extend(canvas, start, add(end, away, gap * 0.4), style)
    draw_dimension(canvas, span, written, style, away, key)


def _parts(
    rng: Rng, canvas: Canvas, view: View, size: Corner, corner: tuple[float, float], how: tuple[LengthStyle, LineStyle]
) -> None:
    """Draw lengths of shelves, drawers or legs: on the front, and along the vertical edge that has no height."""
    lengths, style = how
    across, up, back = size
    quiet = replace(style.smaller(rng.uniform(0.75, 1.0)), placing="beside")
    count = rng.weighted(_PART_COUNTS)
    if rng.chance(0.5):
        other = (across, back) if corner == (0.0, 0.0) else (0.0, 0.0)
        middle = rng.uniform(0.15, 0.85)
        for number, (low, high) in enumerate(((0.0, middle), (middle, 1.0))[: rng.integer(1, 2)]):
            if high - low <= _LONGEST_PART:
                edge = ((*other, up * low), (*other, up * high))
                written = write_length(lengths, up * (high - low))
                draw_along(canvas, view, size, edge, style.end_size * 1.5, written, quiet, f"outer{number}")
                count -= 1
    block = Cuboid((0.0, 0.0, 0.0), (across, back, up))
    for number in range(count):
        low = rng.uniform(0.02, 0.5)
        high = min(low + rng.uniform(0.15, _LONGEST_PART), 0.98)
        if high - low > _LONGEST_PART:
            continue
        level, at = rng.chance(0.5), rng.uniform(0.1, 0.9)
        start, end = ((low, at), (high, at)) if level else ((at, low), (at, high))
        span = (view.front(block, *start), view.front(block, *end))
        written = write_length(lengths, (across if level else up) * (high - low))
        draw_dimension(canvas, span, written, quiet, (0.0, -1.0) if level else (1.0, 0.0), f"part{number}")
