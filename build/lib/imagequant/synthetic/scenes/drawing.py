"""Dimension drawings of a product from the front, alone, next to a person's silhouette, or in two sizes."""

from dataclasses import replace

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import Good, any_shape, real_size, shaped
from imagequant.synthetic.lettering.dimension_lines import LineStyle, Side, draw_dimension, draw_outside, line_style
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, length_style, write_length, write_unit
from imagequant.synthetic.records import Scene
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.colours import WHITE
from imagequant.synthetic.render.geometry import Point, ellipse, leaning, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import plain_ground
from imagequant.synthetic.scenes.common import ask_lengths, fitted, margins, photo_size

_Size = tuple[float, float]
_Shown = dict[str, Written]
_Sides = tuple[Side, Side]
_How = tuple[Good, LengthStyle, LineStyle]
# Numbers of different lengths on a photo. Most sellers print two: width and height. Photos with one teach most about
# lengths that are not printed.
_COUNTS = ((1, 30), (2, 36), (3, 24), (4, 12), (5, 6))
_LETTERS = {"height": "H", "width": "W", "third": "D"}
# Up to this tilt in degrees a product keeps its height and width.
_SLIGHT_LEAN = 9.0
_LEAN_SCALE = 0.86
_SLENDER = 3.5
# A part as long as the whole would be a second correct answer.
_LONGEST_PART = 0.85
_ATTEMPTS_PER_PART = 4
_PERSON_CM = 172.0
_GREY = (212, 212, 214)


def draw(rng: Rng) -> Scene:
    """Draw a product with its height and width, mostly on white."""
    width, height = photo_size(rng)
    canvas, ground = plain_ground(rng, width, height, 0.86)
    count = rng.weighted(_COUNTS)
    good, aspect = shaped(rng, 1.0) if count == 1 and rng.chance(0.4) else any_shape(rng)
    longest = rng.log_uniform(*good.longest)
    real = real_size(aspect, longest)
    lengths = length_style(rng, longest)
    style = line_style(rng, ground, min(width, height))
    top, bottom, extra = margins(rng, canvas, ground, 0.17)
    if lengths.bare and rng.chance(0.85):
        size = min(width, height) * rng.uniform(0.02, 0.035)
        top = write_unit(rng, canvas, lengths, top, line_style(rng, ground, size).ink.sized(size))
    shown = _shown(rng, lengths, real, count, good.round)
    sides: _Sides = ("right" if rng.chance(0.55) else "left", "below" if rng.chance(0.68) else "above")
    frame = _place(rng, Box(width * 0.02, top, width * 0.98, bottom), aspect, shown, style, sides)
    lean = _lean(rng, aspect)
    paper = Canvas.blank(width, height, None) if lean else canvas
    good.draw(rng, paper, frame)
    _dimensions(rng, paper, frame, shown, style, sides)
    _parts(rng, paper, frame, real, (good, lengths, style), sides, max(count - len(shown), 0))
    if lean:
        canvas.place(paper, leaning(frame.at(0.5, 0.5), canvas.frame.at(0.5, 0.52), lean, _LEAN_SCALE))
    if abs(lean) > _SLIGHT_LEAN and aspect > 1:
        # The long side of a slanted product counts as its height.
        names = {"width": "height", "height": "width"}
        canvas.marks = {names.get(key, key): mark for key, mark in canvas.marks.items()}
        shown = {names.get(key, key): written for key, written in shown.items()}
    return Scene(canvas, ask_lengths(shown) + extra, good.name)


def _shown(rng: Rng, lengths: LengthStyle, real: tuple[float, float], count: int, is_round: bool) -> _Shown:
    # The printed lengths of the whole product: mostly the long side; for squares either side or both.
    shown = {"width": write_length(lengths, real[0]), "height": write_length(lengths, real[1])}
    alike = real[0] == real[1]
    if count == 1 and (not alike or rng.chance(0.4)):
        longer, shorter = ("width", "height") if real[0] > real[1] else ("height", "width")
        shown.pop(shorter if alike or rng.chance(0.7) else longer)
    elif count > len(shown) and rng.chance(0.7):
        shown["third"] = write_length(lengths, min(min(real) * rng.uniform(0.3, 2.0), max(real) * 0.9))
    if rng.chance(0.08):
        pattern = rng.pick(("{}={}", "{}: {}", "{} = {}", "{}:{}", "{} {}"))
        return {axis: written.lettered(pattern, _LETTERS[axis]) for axis, written in shown.items()}
    if is_round and "width" in shown and rng.chance(0.12):
        mark = rng.pick(("Ø", "Ø", "ø", "Dia.", "D:"))
        shown["width"] = shown["width"].lettered(rng.pick(("{}{}", "{} {}")), mark)
    return shown


def _place(rng: Rng, room: Box, aspect: float, shown: _Shown, style: LineStyle, sides: _Sides) -> Box:
    # Leave room for labels on their sides and a little on the others.
    ends = style.end_size * 3
    across = max((style.room(shown[key], True) for key in ("height", "third") if key in shown), default=0.0)
    side = min(across + ends, room.width * 0.4)
    below = min((style.room(shown["width"], False) if "width" in shown else 0.0) + ends, room.height * 0.3)
    spare = (side if "third" in shown else ends) * 0.9
    left, right = (spare, side) if sides[0] == "right" else (side, spare)
    above, below = (ends, below) if sides[1] == "below" else (below, ends)
    share = rng.weighted(((1.0, 40), (rng.uniform(0.7, 1.0), 42), (rng.uniform(0.5, 0.7), 18)))
    return fitted(Box(room.x0 + left, room.y0 + above, room.x1 - right, room.y1 - below), aspect, share)


def _lean(rng: Rng, aspect: float) -> float:
    slender = aspect > _SLENDER or aspect < 1 / _SLENDER
    if slender and rng.chance(0.22):
        return rng.pick((-1, 1)) * rng.uniform(20, 65)
    return rng.uniform(-_SLIGHT_LEAN, _SLIGHT_LEAN) if rng.chance(0.1) else 0.0


def _dimensions(rng: Rng, canvas: Canvas, frame: Box, shown: _Shown, style: LineStyle, sides: _Sides) -> None:
    gap = style.end_size * rng.uniform(0.8, 2.0)
    if style.placing == "inside" and frame.width < canvas.width * 0.3:
        style = replace(style, placing="beside")
    for key, side in zip(("height", "width"), sides, strict=True):
        if key in shown:
            draw_outside(canvas, frame, side, gap, shown[key], style, key)
    if "third" in shown:
        reach = min(frame.width, frame.height) * rng.uniform(0.25, 0.5) + style.end_size * 2
        x, sign = (frame.x0 - gap, -1.0) if sides[0] == "right" else (frame.x1 + gap, 1.0)
        start: Point = (x, frame.y1 - gap)
        end = (x + sign * reach * 0.8, start[1] - reach * 0.6)
        style = replace(style, turned=False, placing="beside")
        draw_dimension(canvas, (start, end), shown["third"], style, (sign * 0.6, 0.8), "third")


def _parts(rng: Rng, canvas: Canvas, frame: Box, real: _Size, how: _How, sides: _Sides, count: int) -> None:
    """Draw up to ``count`` lengths of parts: a partial height, another rim of a round body, and inner spans."""
    good, lengths, style = how
    style = replace(style, placing="beside", extension=False)
    if count and rng.chance(0.25):
        low, high = (0.0, rng.uniform(0.2, 0.6)) if rng.chance(0.6) else (rng.uniform(0.3, 0.8), 1.0)
        side: Side = "left" if sides[0] == "right" else "right"
        gap, written = style.end_size * rng.uniform(0.8, 1.6), write_length(lengths, real[1] * (high - low))
        draw_outside(canvas, frame, side, gap, written, style, "outer", (low, high))
        count -= 1
    if count and good.round and rng.chance(0.5):
        share = rng.uniform(0.4, _LONGEST_PART)
        side = "above" if sides[1] == "below" else "below"
        gap, written = style.end_size * rng.uniform(0.8, 1.6), write_length(lengths, real[0] * share)
        draw_outside(canvas, frame, side, gap, written, style, "rim", ((1 - share) / 2, (1 + share) / 2))
        count -= 1
    if count:
        inner_spans(rng, canvas, frame, real, (lengths, style.smaller(rng.uniform(0.75, 1.0))), count)


def inner_spans(
    rng: Rng, canvas: Canvas, frame: Box, real: _Size, how: tuple[LengthStyle, LineStyle], count: int, prefix: str = ""
) -> None:
    """Draw up to ``count`` lengths of parts inside a product of a ``real`` size; their marks' keys have the prefix."""
    lengths, style = how
    drawn = 0
    for _ in range(count * _ATTEMPTS_PER_PART):
        if drawn == count:
            return
        low = rng.uniform(0.0, 0.5)
        high = min(low + rng.uniform(0.2, 0.7), 1.0)
        level, at = rng.chance(0.5), rng.uniform(0.2, 0.8)
        extent = (frame.width if level else frame.height) * (high - low)
        if high - low > _LONGEST_PART or extent < style.ink.size * 3:
            continue
        span = (frame.at(low, at), frame.at(high, at)) if level else (frame.at(at, low), frame.at(at, high))
        written = write_length(lengths, (real[0] if level else real[1]) * (high - low))
        draw_dimension(canvas, span, written, style, (0.0, -1.0) if level else (1.0, 0.0), f"{prefix}part{drawn}")
        drawn += 1


def draw_to_scale(rng: Rng) -> Scene:
    """Draw a product next to a person, or in two sizes, on white."""
    canvas = Canvas.blank(*photo_size(rng))
    style = replace(
        line_style(rng, WHITE, min(canvas.width, canvas.height)), placing="beside", boxed=None, extension=False
    )
    good, aspect = any_shape(rng)
    compared = _beside_person if rng.chance(0.65) else _two_sizes
    return compared(rng, canvas, good, aspect, style)


def _beside_person(rng: Rng, canvas: Canvas, good: Good, aspect: float, style: LineStyle) -> Scene:
    floor, top = canvas.height * 0.93, canvas.height * 0.05
    scale = (floor - top) / _PERSON_CM
    # Smaller products would be unreadable at the person's scale.
    real = real_size(aspect, rng.uniform(max(40.0, 0.1 * canvas.width / scale), 110.0))
    lengths = replace(length_style(rng, max(real)), bare=False)
    if lengths.second is not None and rng.chance(0.6):
        lengths = replace(lengths, join="{a}\n{b}")
    _person(canvas, Box(canvas.width * 0.62, top, canvas.width * 0.62 + _PERSON_CM * 0.32 * scale, floor))
    wide = min(real[0] * scale, canvas.width * 0.45)
    frame = Box(canvas.width * 0.08, floor - real[1] * scale, canvas.width * 0.08 + wide, floor)
    good.draw(rng, canvas, frame)
    shown = {"height": write_length(lengths, real[1])}
    draw_outside(canvas, frame, "right", style.end_size, shown["height"], style, "height")
    if rng.chance(0.6):
        shown["width"] = write_length(lengths, real[0])
        draw_outside(canvas, frame, "below", style.end_size, shown["width"], style, "width")
    return Scene(canvas, ask_lengths(shown), good.name)


def _person(canvas: Canvas, frame: Box) -> None:
    head = frame.height * 0.065
    canvas.fill(ellipse(frame.at(0.5, 0.07), head * 0.8, head), _GREY)
    canvas.fill(rounded(frame.inner(0.42, 0.1, 0.58, 0.18), 4), _GREY)
    canvas.fill(rounded(frame.inner(0.14, 0.155, 0.86, 0.52), frame.width * 0.16), _GREY)
    for left, right in ((0.02, 0.17), (0.83, 0.98)):
        canvas.fill(rounded(frame.inner(left, 0.18, right, 0.56), frame.width * 0.07), _GREY)
    for left, right in ((0.22, 0.47), (0.53, 0.78)):
        canvas.fill(rounded(frame.inner(left, 0.48, right, 0.985), frame.width * 0.08), _GREY)
        canvas.fill(rounded(frame.inner(left - 0.04, 0.97, right, 1.0), 4), _GREY)


def _two_sizes(rng: Rng, canvas: Canvas, good: Good, aspect: float, style: LineStyle) -> Scene:
    # The larger one is asked for; the other is a decoy.
    longest = rng.log_uniform(*good.longest)
    lengths = replace(length_style(rng, longest), bare=False)
    real = real_size(aspect, longest)
    share = rng.uniform(0.55, 0.85)
    # Both have the same scale, with a gap for labels between them.
    room = canvas.frame.inner(0.14, 0.1, 0.7, 0.84)
    both = fitted(room, real[0] * (1 + share) / real[1], rng.uniform(0.85, 1.0))
    middle, gap = both.x0 + both.width / (1 + share), canvas.width * 0.16
    large = Box(both.x0, both.y0, middle, both.y1)
    small = Box(middle + gap, both.y1 - both.height * share, both.x1 + gap, both.y1)
    style = replace(style, ink=style.ink.sized(max(style.ink.size * 0.85, 9.5)))
    shown = {"width": write_length(lengths, real[0]), "height": write_length(lengths, real[1])}
    good.draw(rng, canvas, large)
    draw_outside(canvas, large, "left", style.end_size, shown["height"], style, "height")
    draw_outside(canvas, large, "below", style.end_size, shown["width"], style, "width")
    good.draw(rng, canvas, small)
    other = write_length(lengths, real[0] * share)
    draw_outside(canvas, small, "below", style.end_size, other, style, "other_width")
    if rng.chance(0.7):
        other = write_length(lengths, real[1] * share)
        draw_outside(canvas, small, "right", style.end_size, other, style, "other_height")
    return Scene(canvas, ask_lengths(shown), good.name)
