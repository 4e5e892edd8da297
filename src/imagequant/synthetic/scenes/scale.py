"""Photos that show scale: a product next to a person's silhouette, or in two sizes."""

from dataclasses import replace

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import Good, any_shape, real_size
from imagequant.synthetic.lettering.dimension_lines import LineStyle, draw_outside, line_style
from imagequant.synthetic.lettering.lengths import length_style, write_length
from imagequant.synthetic.records import Scene
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.colours import WHITE
from imagequant.synthetic.render.geometry import ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import fitted, photo_size
from imagequant.synthetic.scenes.length_questions import ask_lengths

_PERSON_CM = 172.0
_GREY = (212, 212, 214)


def draw(rng: Rng) -> Scene:
    """Draw one of the two on white."""
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
