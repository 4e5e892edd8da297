"""Dimension drawings of a solid product at an angle, with lines along three edges."""

from __future__ import annotations

import math
from dataclasses import replace

from imagequant.core.records import Box
from imagequant.synthetic.goods.solid import Solid, any_solid
from imagequant.synthetic.lettering.dimension_lines import LineStyle, draw_dimension, label_room, line_style, smaller
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, length_style, note_for_bare, write_length
from imagequant.synthetic.lettering.part_lines import face_parts
from imagequant.synthetic.lettering.side_notes import side_note
from imagequant.synthetic.records import Scene, SceneQuestion
from imagequant.synthetic.render.backgrounds import plain_ground
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.geometry import Cuboid, Point, View, add, between, direction, fitted_view
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import footnote, headline, photo_size
from imagequant.synthetic.scenes.length_questions import ask_lengths

# Axis letters in labels, as used by furniture sellers: 31.5" L.
_LETTERS = (("W", "H", "D"), ("W", "H", "L"), ("L", "H", "W"), ("W", "H", "D"))
_TWO_OF_THREE = 0.1
_WITH_PARTS = 0.19


def draw(rng: Rng) -> Scene:
    """Draw a box-like product with width, height and depth along its edges."""
    width, height = photo_size(rng)
    canvas, ground = plain_ground(rng, width, height, 0.88)
    solid = any_solid(rng)
    size = _real_size(rng, solid)
    lengths = length_style(rng, max(size))
    style = line_style(rng, ground, min(width, height))
    if style.placing == "inside":
        style = replace(style, placing="beside")
    shown = _shown(rng, lengths, size)
    top, bottom = canvas.height * 0.02, canvas.height * 0.98
    extra: tuple[SceneQuestion, ...] = ()
    if rng.chance(0.15):
        top = headline(rng, canvas, ground)
    if rng.chance(0.14):
        bottom = footnote(rng, canvas, ground)
    elif rng.chance(0.12):
        bottom, extra = side_note(rng, canvas, ground, bottom)
    if lengths.bare:
        size_of_note = min(width, height) * 0.03
        at = (canvas.width * 0.04, top + size_of_note)
        canvas.text(at, note_for_bare(lengths, rng), style.ink.sized(size_of_note), "lm")
        top += size_of_note * 2
    block = Cuboid((0.0, 0.0, 0.0), (size[0], size[2], size[1]))
    view = fitted_view(_view(rng, solid, size), block, _free(rng, canvas, top, bottom, shown, style))
    solid.draw(rng, canvas, view, block)
    _edges(rng, canvas, view, size, shown, style)
    if rng.chance(_WITH_PARTS):
        face_parts(rng, canvas, view, block, lengths, style)
    return Scene(canvas, ask_lengths(rng, shown) + extra, solid.name)


def _real_size(rng: Rng, solid: Solid) -> tuple[float, float, float]:
    scale = rng.log_uniform(*solid.scale)
    return (rng.uniform(*solid.width) * scale, rng.uniform(*solid.height) * scale, rng.uniform(*solid.depth) * scale)


def _shown(rng: Rng, lengths: LengthStyle, size: tuple[float, float, float]) -> dict[str, Written]:
    names = ("width", "height", "third")
    shown = {name: write_length(lengths, value) for name, value in zip(names, size, strict=True)}
    if rng.chance(0.12):
        letters = rng.pick(_LETTERS)
        colon = rng.pick((" {}", " {}", "{}:", "({})", "{}: "))
        shown = {name: _lettered(shown[name], letter, colon) for name, letter in zip(names, letters, strict=True)}
    if rng.chance(_TWO_OF_THREE):
        shown.pop(rng.pick(names))
    return shown


def _lettered(written: Written, letter: str, pattern: str) -> Written:
    mark = pattern.format(letter)
    before = mark.rstrip().endswith(":")
    line = written.lines[0]
    return replace(written, lines=((mark + line if before else line + mark), *written.lines[1:]))


def _view(rng: Rng, solid: Solid, size: tuple[float, float, float]) -> View:
    kind = rng.weighted((("front", 55), ("corner", 45)))
    fade = rng.uniform(0.0, 0.22)
    mirrored = rng.chance(0.5)
    low = solid.name == "mattress" or size[1] < max(size[0], size[2]) * 0.3
    if kind == "front":
        angle = math.radians(rng.uniform(25, 50))
        share = rng.uniform(0.35, 0.6)
        tilt = math.radians(rng.uniform(0, 8))
        across, back = (math.cos(tilt), math.sin(tilt)), (share * math.cos(angle), -share * math.sin(angle))
    else:
        down, up = math.radians(rng.uniform(12, 35)), math.radians(rng.uniform(12, 38))
        across = (0.85 * math.cos(down), 0.85 * math.sin(down))
        back = (0.8 * math.cos(up), -0.8 * math.sin(up))
    if low:
        across, back = (across[0], across[1] * 1.3), (back[0], back[1] * 1.3)
    return View((0.0, 0.0), 1.0, across, back, fade, size[2], mirrored)


def _free(rng: Rng, canvas: Canvas, top: float, bottom: float, shown: dict[str, Written], style: LineStyle) -> Box:
    side = max(label_room(written, style, True) for written in shown.values()) + style.end_size * 3
    below = max(label_room(written, style, False) for written in shown.values()) + style.end_size * 3
    side, below = min(side, canvas.width * 0.22), min(below, canvas.height * 0.16)
    share = rng.uniform(0.8, 1.0)
    free = Box(side, top + below * 0.8, canvas.width - side, bottom - below * 1.2)
    return free.inner((1 - share) / 2, (1 - share) / 2, (1 + share) / 2, (1 + share) / 2)


def _edges(
    rng: Rng, canvas: Canvas, view: View, size: tuple[float, float, float], shown: dict[str, Written], style: LineStyle
) -> None:
    across, up, back = size
    center = view.at(across / 2, back / 2, up / 2)
    gap = style.end_size * rng.uniform(1.0, 2.2)
    above = rng.chance(0.22)
    z = up if above else 0.0
    edges: dict[str, tuple[Point, Point]] = {
        "width": (view.at(0, back if above else 0, z), view.at(across, back if above else 0, z)),
        "third": (view.at(across, 0, z), view.at(across, back, z)),
    }
    if above:
        edges["third"] = (view.at(0, 0, z), view.at(0, back, z)) if rng.chance(0.4) else edges["third"]
    # Vertical lines are at an outer edge: the far corner of the front or of the side.
    edges["height"] = (
        (view.at(0, 0, 0), view.at(0, 0, up))
        if rng.chance(0.6)
        else (view.at(across, back, 0), view.at(across, back, up))
    )
    angled = style if style.turned or rng.chance(0.75) else smaller(style, 0.95)
    for name in ("width", "third", "height"):
        if name not in shown:
            continue
        p, q = edges[name]
        away = _outward(p, q, center)
        span = (add(p, away, gap), add(q, away, gap))
        if style.extension:
            canvas.line([p, add(span[0], away, gap * 0.4)], style.colour, max(style.width * 0.6, 0.6))
            canvas.line([q, add(span[1], away, gap * 0.4)], style.colour, max(style.width * 0.6, 0.6))
        draw_dimension(canvas, span, shown[name], angled, away, name)


def _outward(p: Point, q: Point, center: Point) -> Point:
    step = direction(p, q)
    side = (-step[1], step[0])
    middle = between(p, q)
    inward = (center[0] - middle[0]) * side[0] + (center[1] - middle[1]) * side[1]
    return (-side[0], -side[1]) if inward > 0 else side
