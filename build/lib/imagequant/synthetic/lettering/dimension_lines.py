"""Dimension lines with their ends and labels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from imagequant.core.records import Box
from imagequant.synthetic.lettering.lengths import Written
from imagequant.synthetic.render.canvas import Canvas, Ink, text_width
from imagequant.synthetic.render.colours import BLACK, VIVIDS, WHITE, Colour, lit, luminance
from imagequant.synthetic.render.fonts import body_face
from imagequant.synthetic.render.geometry import Point, Segment, add, between, direction
from imagequant.synthetic.render.rng import Rng

End = Literal["arrow", "open", "tick", "bar", "dot", "none", "big"]
Placing = Literal["beside", "inside", "break"]
Side = Literal["left", "right", "above", "below"]
Part = tuple[float, float] | None
# Minimum luminance contrast between ink and ground, and the share of the ground that may have less.
_CONTRAST = 0.25
_LOW_CONTRAST_SHARE = 0.15


@dataclass(frozen=True)
class LineStyle:
    """A seller's style of dimension lines, used for a whole photo."""

    colour: Colour
    width: float
    end: End
    end_size: float
    dash: float  # length of dashes in line widths; 0: solid
    placing: Placing
    turned: bool  # labels are parallel to their line
    upward: bool  # turned labels on vertical lines read from bottom to top
    extension: bool
    ink: Ink
    boxed: Colour | None  # colour of a box behind labels
    middle: float  # where on their line labels are, as a share of its length

    def smaller(self, factor: float) -> LineStyle:
        """Return the style with smaller labels, for secondary lengths."""
        return replace(self, ink=self.ink.sized(max(self.ink.size * factor, 9.0)))

    def room(self, written: Written, upright: bool) -> float:
        """Return the space that a label needs next to its vertical (``upright``) or horizontal line."""
        along = (0.0, 1.0) if upright else (1.0, 0.0)
        _, across = _label_extent(written, self.ink, _label_angle((0.0, 0.0), along, self), along)
        return across + self.ink.size * 0.7 + self.width


def line_style(rng: Rng, ground: Colour, size: float) -> LineStyle:
    """Choose a style that is readable on the ground, for a photo of about ``size`` pixels."""
    dark = luminance(ground) < 0.5
    strong = WHITE if dark else BLACK
    soft: Colour = (190, 190, 190) if dark else (150, 150, 152)
    vivid = lit(VIVIDS[0] if rng.chance(0.3) else rng.pick(VIVIDS), 1.4 if dark else 0.9)
    if not dark and luminance(vivid) > 0.7:
        vivid = (200, 30, 36)
    colour = rng.weighted(((strong, 55), (WHITE if dark else (60, 60, 62), 15), (soft, 14), (vivid, 16)))
    text_colour = colour if rng.chance(0.6) else strong
    # As on sellers' drawings, most labels have 2% to 5% of the photo's height and some are hardly readable.
    text = size * rng.weighted(((0.018, 14), (0.024, 22), (0.03, 28), (0.038, 22), (0.048, 10), (0.06, 4)))
    text = max(text * rng.uniform(0.9, 1.1), 9.5)
    ink = Ink(body_face(rng), text, text_colour)
    return LineStyle(
        colour=colour,
        width=max(size * rng.weighted(((0.001, 35), (0.002, 35), (0.0035, 20), (0.006, 10))), 0.8),
        end=rng.weighted((("arrow", 45), ("tick", 10), ("bar", 22), ("open", 8), ("none", 8), ("dot", 3), ("big", 4))),
        end_size=size * rng.uniform(0.009, 0.02),
        dash=rng.weighted(((0.0, 85), (4.0, 10), (1.3, 5))),
        placing=rng.weighted((("beside", 72), ("break", 20), ("inside", 8))),
        turned=rng.chance(0.48),
        upward=rng.chance(0.66),
        extension=rng.chance(0.35),
        ink=ink,
        boxed=rng.pick(VIVIDS) if rng.chance(0.04) else None,
        middle=rng.uniform(0.2, 0.8) if rng.chance(0.15) else 0.5,
    )


def draw_outside(
    canvas: Canvas, frame: Box, side: Side, gap: float, written: Written, style: LineStyle, key: str, part: Part = None
) -> None:
    """Draw a dimension line outside a product's frame, along one of its sides or the part between two shares of it."""
    sign = 1.0 if side in ("right", "below") else -1.0
    upright = side in ("left", "right")
    low, high = (frame.y0, frame.y1) if upright else (frame.x0, frame.x1)
    if part is not None:
        low, high = (frame.at(share, share)[1 if upright else 0] for share in part)
    edge = {"left": frame.x0, "right": frame.x1, "above": frame.y0, "below": frame.y1}[side]
    at = edge + sign * gap
    ends = ((at, low), (at, high)) if upright else ((low, at), (high, at))
    for end in ends:
        extend(canvas, (edge, end[1]) if upright else (end[0], edge), end, style)
    draw_dimension(canvas, ends, written, style, (sign, 0.0) if upright else (0.0, sign), key)


def extend(canvas: Canvas, start: Point, end: Point, style: LineStyle) -> None:
    """Draw the thin line from the product to the end of a dimension line, if the style has it."""
    if style.extension:
        canvas.line([start, end], style.colour, max(style.width * 0.6, 0.6))


def draw_dimension(canvas: Canvas, ends: Segment, written: Written, style: LineStyle, outward: Point, key: str) -> None:
    """Draw a dimension line and its label.

    ``outward`` is the unit vector towards the label's side, away from the product. ``key`` marks the answer's line.
    """
    p, q = ends
    placing = style.placing
    angle = _label_angle(p, q, style)
    step, middle = direction(p, q), between(p, q, style.middle)
    along, across = _label_extent(written, style.ink, angle, step)
    if placing == "break" and along > math.dist(p, q) * 0.75:
        placing = "beside"
    if placing == "break":
        gap = along / 2 + style.ink.size * 0.35
        _stroke(canvas, p, add(middle, step, -gap), style)
        _stroke(canvas, add(middle, step, gap), q, style)
    else:
        _stroke(canvas, p, q, style)
    for tip, back in ((p, step), (q, direction(q, p))):
        _end(canvas, tip, back, min(style.end_size, math.dist(p, q) * 0.3) + style.width, style)
    sign = {"break": 0.0, "inside": -1.0, "beside": 1.0}[placing]
    center = add(middle, outward, sign * (across / 2 + style.ink.size * 0.35 + style.width))
    draw_label(canvas, center, written, style, angle, key)


def draw_label(canvas: Canvas, center: Point, written: Written, style: LineStyle, angle: float, key: str) -> None:
    """Write a label around a centre, which is moved if the label would leave the photo."""
    ink = style.ink
    width, height = _label_frame(written, ink, angle)
    margin = 3.0
    x = min(max(center[0], width / 2 + margin), canvas.width - width / 2 - margin)
    y = min(max(center[1], height / 2 + margin), canvas.height - height / 2 - margin)
    if style.boxed is not None and angle % 180 == 0:
        wide, tall = width / 2 + ink.size * 0.4, height / 2 + ink.size * 0.2
        canvas.fill(Box(x - wide, y - tall, x + wide, y + tall), style.boxed)
        ink = replace(ink, colour=WHITE if luminance(style.boxed) < 0.6 else BLACK)
    else:
        covered = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        # An outline, if much of the ground has low contrast with the ink.
        low = np.abs(canvas.luminances(covered) - luminance(ink.colour)) < _CONTRAST
        if low.size and low.mean() >= _LOW_CONTRAST_SHARE:
            ink = replace(ink, halo=WHITE if luminance(ink.colour) < 0.5 else BLACK)
    down = (-math.sin(math.radians(angle)), math.cos(math.radians(angle)))
    for number, line in enumerate(written.lines):
        at = add((x, y), down, (number - (len(written.lines) - 1) / 2) * (ink.size * 1.2))
        canvas.text(at, line, ink, "mm", angle, key if number == written.line else "")


def _label_angle(p: Point, q: Point, style: LineStyle) -> float:
    if not style.turned:
        return 0.0
    angle = math.degrees(math.atan2(q[1] - p[1], q[0] - p[0])) % 180.0
    if abs(angle - 90.0) < 8.0:
        return (270.0 if style.upward else 90.0) + (angle - 90.0)
    return angle if angle < 90.0 else angle - 180.0


def _label_extent(written: Written, ink: Ink, angle: float, along: Point) -> tuple[float, float]:
    # The label's size along the line and across it.
    if angle % 90:
        return _label_frame(written, ink, 0.0)
    width, height = _label_frame(written, ink, angle)
    return abs(width * along[0]) + abs(height * along[1]), abs(width * along[1]) + abs(height * along[0])


def _label_frame(written: Written, ink: Ink, angle: float) -> tuple[float, float]:
    width, height = max(text_width(line, ink) for line in written.lines), len(written.lines) * ink.size * 1.2
    cos, sin = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    return width * cos + height * sin, width * sin + height * cos


def _stroke(canvas: Canvas, p: Point, q: Point, style: LineStyle) -> None:
    if not style.dash:
        canvas.line([p, q], style.colour, style.width)
        return
    length, step = math.dist(p, q), direction(p, q)
    dash = max(style.width * style.dash, style.dash * 1.25)
    at = 0.0
    while at < length:
        canvas.line([add(p, step, at), add(p, step, min(at + dash, length))], style.colour, style.width)
        at += dash * 1.7


def _end(canvas: Canvas, tip: Point, back: Point, size: float, style: LineStyle) -> None:
    side = (-back[1], back[0])
    if style.end in ("arrow", "big"):
        size *= 1.8 if style.end == "big" else 1.0
        base = add(tip, back, size)
        canvas.fill([tip, add(base, side, size * 0.36), add(base, side, -size * 0.36)], style.colour)
    elif style.end == "open":
        base = add(tip, back, size)
        canvas.line([add(base, side, size * 0.5), tip, add(base, side, -size * 0.5)], style.colour, style.width)
    elif style.end == "bar":
        canvas.line([add(tip, side, size * 0.7), add(tip, side, -size * 0.7)], style.colour, style.width)
    elif style.end == "tick":
        lean = add(back, side)
        canvas.line([add(tip, lean, size * 0.5), add(tip, lean, -size * 0.5)], style.colour, style.width * 1.3)
    elif style.end == "dot":
        angles = (0, 0.8, 1.6, 2.4, 3.1, 3.9, 4.7, 5.5)
        canvas.fill([add(tip, (math.cos(a), math.sin(a)), size * 0.3) for a in angles], style.colour)
