"""Dimension drawings of a product from the front."""

from __future__ import annotations

from dataclasses import replace

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import Good, real_size
from imagequant.synthetic.lettering.dimension_lines import LineStyle, draw_dimension, label_room, line_style
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, length_style, note_for_bare
from imagequant.synthetic.lettering.part_lines import other_rim, outer_part, part_lines
from imagequant.synthetic.lettering.side_notes import side_note
from imagequant.synthetic.records import Scene, SceneQuestion
from imagequant.synthetic.render.backgrounds import plain_ground
from imagequant.synthetic.render.canvas import Canvas, Colour
from imagequant.synthetic.render.geometry import Point, leaning
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import fitted, footnote, headline, photo_size
from imagequant.synthetic.scenes.length_questions import ask_lengths
from imagequant.synthetic.scenes.printed_lengths import any_count, outline_lengths, shape_for

# Up to this tilt in degrees a product keeps its height and width.
_SLIGHT_LEAN = 9.0
_LEAN_SCALE = 0.86
_SLENDER = 3.5


def draw(rng: Rng) -> Scene:
    """Draw a product with its height and width, mostly on white."""
    width, height = photo_size(rng)
    canvas, ground = plain_ground(rng, width, height, 0.86)
    count = any_count(rng)
    good, aspect = shape_for(rng, count)
    longest = rng.log_uniform(*good.longest)
    real = real_size(aspect, longest)
    lengths = length_style(rng, longest)
    style = line_style(rng, ground, min(width, height))
    room, extra = _room(rng, canvas, ground, lengths)
    shown = outline_lengths(rng, lengths, real, count, good.round)
    sides = (rng.chance(0.55), rng.chance(0.68))
    frame = _place(rng, room, aspect, shown, style, sides)
    lean = _lean(rng, aspect)
    paper = Canvas.blank(width, height, None) if lean else canvas
    good.draw(rng, paper, frame)
    _dimensions(rng, paper, frame, shown, style, sides)
    _parts(rng, paper, frame, real, (good, lengths, style), sides, max(count - len(shown), 0))
    if lean:
        canvas.place(paper, leaning(frame.at(0.5, 0.5), canvas.frame.at(0.5, 0.52), lean, _LEAN_SCALE))
    if abs(lean) > _SLIGHT_LEAN and aspect > 1:
        shown = _stood_up(canvas, shown)
    return Scene(canvas, ask_lengths(rng, shown, good.round, count) + extra, good.name)


def _stood_up(canvas: Canvas, shown: dict[str, Written]) -> dict[str, Written]:
    # The long side of a slanted product counts as its height.
    names = {"width": "height", "height": "width"}
    canvas.marks = {names.get(key, key): mark for key, mark in canvas.marks.items()}
    return {names.get(key, key): written for key, written in shown.items()}


def _lean(rng: Rng, aspect: float) -> float:
    slender = aspect > _SLENDER or aspect < 1 / _SLENDER
    if slender and rng.chance(0.22):
        return rng.pick((-1, 1)) * rng.uniform(20, 65)
    return rng.uniform(-_SLIGHT_LEAN, _SLIGHT_LEAN) if rng.chance(0.1) else 0.0


def _parts(
    rng: Rng,
    canvas: Canvas,
    frame: Box,
    real: tuple[float, float],
    how: tuple[Good, LengthStyle, LineStyle],
    sides: tuple[bool, bool],
    count: int,
) -> None:
    good, lengths, style = how
    if count and rng.chance(0.25):
        outer_part(rng, canvas, frame, real[1], lengths, style, not sides[0])
        count -= 1
    if count and good.round and rng.chance(0.5):
        other_rim(rng, canvas, frame, real[0], lengths, style, not sides[1])
        count -= 1
    part_lines(rng, canvas, frame, real, lengths, style, count)


def _room(rng: Rng, canvas: Canvas, ground: Colour, lengths: LengthStyle) -> tuple[Box, tuple[SceneQuestion, ...]]:
    top, bottom = canvas.height * 0.02, canvas.height * 0.98
    extra: tuple[SceneQuestion, ...] = ()
    if rng.chance(0.17):
        top = headline(rng, canvas, ground)
    if rng.chance(0.14):
        bottom = footnote(rng, canvas, ground)
    elif rng.chance(0.12):
        bottom, extra = side_note(rng, canvas, ground, bottom)
    if lengths.bare and rng.chance(0.85):
        size = min(canvas.width, canvas.height) * rng.uniform(0.02, 0.035)
        face = line_style(rng, ground, size).ink
        canvas.text((canvas.width * 0.04, top + size), note_for_bare(lengths, rng), face.sized(size), "lm")
        top += size * 2
    return Box(canvas.width * 0.02, top, canvas.width * 0.98, bottom), extra


def _place(
    rng: Rng, room: Box, aspect: float, shown: dict[str, Written], style: LineStyle, sides: tuple[bool, bool]
) -> Box:
    # Leave room for labels on their sides and a little on the others.
    ends = style.end_size * 3
    across = max((label_room(shown[key], style, True) for key in ("height", "third") if key in shown), default=0.0)
    side = min(across + ends, room.width * 0.4)
    below = min((label_room(shown["width"], style, False) if "width" in shown else 0.0) + ends, room.height * 0.3)
    right, under = sides
    spare = (side if "third" in shown else ends) * 0.9
    free = Box(
        room.x0 + (spare if right else side),
        room.y0 + (ends if under else below),
        room.x1 - (side if right else spare),
        room.y1 - (below if under else ends),
    )
    share = rng.weighted(((1.0, 40), (rng.uniform(0.7, 1.0), 42), (rng.uniform(0.5, 0.7), 18)))
    return fitted(free, aspect, share)


def _dimensions(
    rng: Rng, canvas: Canvas, frame: Box, shown: dict[str, Written], style: LineStyle, sides: tuple[bool, bool]
) -> None:
    gap = style.end_size * rng.uniform(0.8, 2.0)
    right, under = sides
    placing = "beside" if style.placing == "inside" and frame.width < canvas.width * 0.3 else style.placing
    if "height" in shown:
        edge, x = (frame.x1, frame.x1 + gap) if right else (frame.x0, frame.x0 - gap)
        span = ((x, frame.y0), (x, frame.y1))
        _extend(canvas, style, (edge, frame.y0), span[0])
        _extend(canvas, style, (edge, frame.y1), span[1])
        draw_dimension(canvas, span, shown["height"], style, (1.0 if right else -1.0, 0.0), "height", placing)
    if "width" in shown:
        edge, y = (frame.y1, frame.y1 + gap) if under else (frame.y0, frame.y0 - gap)
        span = ((frame.x0, y), (frame.x1, y))
        _extend(canvas, style, (frame.x0, edge), span[0])
        _extend(canvas, style, (frame.x1, edge), span[1])
        draw_dimension(canvas, span, shown["width"], style, (0.0, 1.0 if under else -1.0), "width", placing)
    if "third" in shown:
        reach = min(frame.width, frame.height) * rng.uniform(0.25, 0.5) + style.end_size * 2
        start: Point = (frame.x0 - gap, frame.y1 - gap) if right else (frame.x1 + gap, frame.y1 - gap)
        end = (start[0] + (-reach if right else reach) * 0.8, start[1] - reach * 0.6)
        outward = (-0.6, 0.8) if right else (0.6, 0.8)
        draw_dimension(canvas, (start, end), shown["third"], replace(style, turned=False), outward, "third", "beside")


def _extend(canvas: Canvas, style: LineStyle, start: Point, end: Point) -> None:
    if style.extension:
        canvas.line([start, end], style.colour, max(style.width * 0.6, 0.6))
