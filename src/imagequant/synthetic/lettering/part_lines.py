"""Lengths of parts on a drawing: inner spans, partial heights, the other rim of a round body."""

from __future__ import annotations

from imagequant.core.records import Box
from imagequant.synthetic.lettering.dimension_lines import LineStyle, draw_dimension, smaller
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, write_length
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.geometry import Cuboid, View, front
from imagequant.synthetic.render.rng import Rng

# A part as long as the whole would be a second correct answer.
_LONGEST_PART = 0.85
_ATTEMPTS_PER_PART = 4


def part_lines(
    rng: Rng, canvas: Canvas, frame: Box, real: tuple[float, float], lengths: LengthStyle, style: LineStyle, count: int
) -> None:
    """Draw up to ``count`` spans inside the product's frame, as far as they fit."""
    if not count:
        return
    quiet = smaller(style, rng.uniform(0.75, 1.0))
    drawn = 0
    for _ in range(count * _ATTEMPTS_PER_PART):
        if drawn == count:
            return
        low = rng.uniform(0.0, 0.5)
        high = min(low + rng.uniform(0.2, 0.7), 1.0)
        level, at = rng.chance(0.5), rng.uniform(0.2, 0.8)
        extent = (frame.width if level else frame.height) * (high - low)
        if high - low > _LONGEST_PART or extent < quiet.ink.size * 3:
            continue
        span = (frame.at(low, at), frame.at(high, at)) if level else (frame.at(at, low), frame.at(at, high))
        written = write_length(lengths, (real[0] if level else real[1]) * (high - low))
        draw_dimension(canvas, span, written, quiet, (0.0, -1.0) if level else (1.0, 0.0), f"part{drawn}", "beside")
        drawn += 1


def outer_part(
    rng: Rng, canvas: Canvas, frame: Box, height: float, lengths: LengthStyle, style: LineStyle, right: bool
) -> None:
    """Draw a partial height on the side opposite the whole height."""
    low, high = (0.0, rng.uniform(0.2, 0.6)) if rng.chance(0.6) else (rng.uniform(0.3, 0.8), 1.0)
    gap = style.end_size * rng.uniform(0.8, 1.6)
    x = frame.x1 + gap if right else frame.x0 - gap
    span = ((x, frame.at(0, low)[1]), (x, frame.at(0, high)[1]))
    written = write_length(lengths, height * (high - low))
    draw_dimension(canvas, span, written, style, (1.0 if right else -1.0, 0.0), "outer", "beside")


def other_rim(
    rng: Rng, canvas: Canvas, frame: Box, width: float, lengths: LengthStyle, style: LineStyle, under: bool
) -> None:
    """Draw a smaller width at the end opposite the whole width: a foot, a neck, a base."""
    share = rng.uniform(0.4, _LONGEST_PART)
    gap = style.end_size * rng.uniform(0.8, 1.6)
    y = frame.y1 + gap if under else frame.y0 - gap
    span = ((frame.at((1 - share) / 2, 0)[0], y), (frame.at((1 + share) / 2, 0)[0], y))
    written = write_length(lengths, width * share)
    draw_dimension(canvas, span, written, style, (0.0, 1.0 if under else -1.0), "rim", "beside")


def face_parts(rng: Rng, canvas: Canvas, view: View, block: Cuboid, lengths: LengthStyle, style: LineStyle) -> None:
    """Draw lengths of shelves, drawers or legs on a solid's front."""
    quiet = smaller(smaller(style, 0.8), rng.uniform(0.75, 1.0))
    wide, tall = block.high[0] - block.low[0], block.high[2] - block.low[2]
    for number in range(rng.integer(1, 4)):
        low = rng.uniform(0.02, 0.5)
        high = min(low + rng.uniform(0.15, 0.5), 0.98)
        level, at = rng.chance(0.5), rng.uniform(0.1, 0.9)
        span = (
            (front(view, block, low, at), front(view, block, high, at))
            if level
            else (front(view, block, at, low), front(view, block, at, high))
        )
        written: Written = write_length(lengths, (wide if level else tall) * (high - low))
        draw_dimension(canvas, span, written, quiet, (0.0, -1.0) if level else (1.0, 0.0), f"part{number}", "beside")
