"""Dimension drawings of a product seen from the front."""

from __future__ import annotations

from dataclasses import replace

from imagequant.stages.catalogue.canvas import Canvas, Colour
from imagequant.stages.catalogue.dice import Dice
from imagequant.stages.catalogue.dimension_lines import LineStyle, draw_dimension, label_room, line_style
from imagequant.stages.catalogue.geometry import Frame, Point, leaning
from imagequant.stages.catalogue.goods import Good, any_good
from imagequant.stages.catalogue.grounds import plain_ground
from imagequant.stages.catalogue.length_questions import ask_lengths
from imagequant.stages.catalogue.lengths import LengthStyle, Written, length_style, note_for_bare, write_length
from imagequant.stages.catalogue.part_lines import other_rim, outer_part, part_lines
from imagequant.stages.catalogue.records import Answer, Scene
from imagequant.stages.catalogue.settings import fitted, footnote, headline, photo_size
from imagequant.stages.catalogue.side_notes import side_note

_LETTERS = {"height": "H", "width": "W", "third": "D"}
# Degrees up to which a tilted product still has a height and a width.
_SLIGHT_LEAN = 9.0
_LEAN_SCALE = 0.86
_SLENDER = 3.5


def draw(dice: Dice) -> Scene:
    """A product with its height and width drawn, mostly on white."""
    width, height = photo_size(dice)
    canvas, ground = plain_ground(dice, width, height, 0.86)
    good = any_good(dice)
    aspect, longest = dice.uniform(*good.aspect), dice.log_uniform(*good.longest)
    real = (longest, longest / aspect) if aspect >= 1 else (longest * aspect, longest)
    lengths = length_style(dice, longest)
    style = line_style(dice, ground, min(width, height))
    room, extra = _room(dice, canvas, ground, lengths)
    shown = _shown(dice, lengths, real, good.round)
    sides = (dice.chance(0.55), dice.chance(0.68))
    frame = _place(dice, room, aspect, shown, style, sides)
    lean = _lean(dice, aspect)
    paper = Canvas.blank(width, height, None) if lean else canvas
    good.draw(dice, paper, frame)
    _dimensions(dice, paper, frame, shown, style, sides)
    _parts(dice, paper, frame, real, (good, lengths, style), sides)
    if lean:
        canvas.place(paper, leaning(frame.at(0.5, 0.5), canvas.frame.at(0.5, 0.52), lean, _LEAN_SCALE))
    answers = ask_lengths(dice, shown, good.round)
    if abs(lean) > _SLIGHT_LEAN:
        # A thing lying aslant has a length, but neither height nor width.
        answers = ask_lengths(dice, {"third": shown["width" if aspect > 1 else "height"]})
        canvas.marks["third"] = canvas.marks.pop("width" if aspect > 1 else "height")
    return Scene(canvas, answers + extra, good.name)


def _lean(dice: Dice, aspect: float) -> float:
    slender = aspect > _SLENDER or aspect < 1 / _SLENDER
    if slender and dice.chance(0.22):
        return dice.pick((-1, 1)) * dice.uniform(20, 65)
    return dice.uniform(-_SLIGHT_LEAN, _SLIGHT_LEAN) if dice.chance(0.1) else 0.0


def _parts(
    dice: Dice,
    canvas: Canvas,
    frame: Frame,
    real: tuple[float, float],
    how: tuple[Good, LengthStyle, LineStyle],
    sides: tuple[bool, bool],
) -> None:
    good, lengths, style = how
    if dice.chance(0.1):
        outer_part(dice, canvas, frame, real[1], lengths, style, not sides[0])
    if good.round and dice.chance(0.25):
        other_rim(dice, canvas, frame, real[0], lengths, style, not sides[1])
    part_lines(dice, canvas, frame, real, lengths, style)


def _room(dice: Dice, canvas: Canvas, ground: Colour, lengths: LengthStyle) -> tuple[Frame, tuple[Answer, ...]]:
    top, bottom = canvas.height * 0.02, canvas.height * 0.98
    extra: tuple[Answer, ...] = ()
    if dice.chance(0.17):
        top = headline(dice, canvas, ground)
    if dice.chance(0.14):
        bottom = footnote(dice, canvas, ground)
    elif dice.chance(0.12):
        bottom, extra = side_note(dice, canvas, ground, bottom)
    if lengths.bare and dice.chance(0.85):
        size = min(canvas.width, canvas.height) * dice.uniform(0.02, 0.035)
        face = line_style(dice, ground, size).ink
        text = note_for_bare(lengths, dice)
        at = (canvas.width * 0.04, top + size)
        canvas.text(at, text, face.sized(size), "lm")
        top += size * 2
    return Frame(canvas.width * 0.02, top, canvas.width * 0.98, bottom), extra


def _shown(dice: Dice, lengths: LengthStyle, real: tuple[float, float], rounded: bool) -> dict[str, Written]:
    shown = {"width": write_length(lengths, real[0]), "height": write_length(lengths, real[1])}
    only = dice.uniform(0, 1)
    # Slender goods often have the long side alone.
    if only < 0.07 or (only < 0.2 and max(real) > 3 * min(real)):
        shown.pop("height" if real[0] > real[1] else "width")
    elif dice.chance(0.09):
        shown["third"] = write_length(lengths, min(real) * dice.uniform(0.2, 1.0))
    if dice.chance(0.08):
        pattern = dice.pick(("{}={}", "{}: {}", "{} = {}", "{}:{}", "{} {}"))
        shown = {axis: _prefixed(written, pattern, _LETTERS[axis]) for axis, written in shown.items()}
    elif rounded and "width" in shown and dice.chance(0.12):
        shown["width"] = _prefixed(
            shown["width"], dice.pick(("{}{}", "{} {}")), dice.pick(("Ø", "Ø", "ø", "Dia.", "D:"))
        )
    return shown


def _prefixed(written: Written, pattern: str, letter: str) -> Written:
    return replace(written, lines=(pattern.format(letter, written.lines[0]), *written.lines[1:]))


def _place(
    dice: Dice, room: Frame, aspect: float, shown: dict[str, Written], style: LineStyle, sides: tuple[bool, bool]
) -> Frame:
    # Room for labels on the sides they go to; a little on the others.
    ends = style.end_size * 3
    side = min(
        max((label_room(shown[key], style, True) for key in ("height", "third") if key in shown), default=0.0) + ends,
        room.width * 0.4,
    )
    below = min(
        max((label_room(shown[key], style, False) for key in ("width",) if key in shown), default=0.0) + ends,
        room.height * 0.3,
    )
    right, under = sides
    spare = (side if "third" in shown else ends) * 0.9
    free = Frame(
        room.x0 + (spare if right else side),
        room.y0 + (ends if under else below),
        room.x1 - (side if right else spare),
        room.y1 - (below if under else ends),
    )
    share = dice.weighted(((1.0, 40), (dice.uniform(0.7, 1.0), 42), (dice.uniform(0.5, 0.7), 18)))
    return fitted(free, aspect, share)


def _dimensions(
    dice: Dice, canvas: Canvas, frame: Frame, shown: dict[str, Written], style: LineStyle, sides: tuple[bool, bool]
) -> None:
    gap = style.end_size * dice.uniform(0.8, 2.0)
    right, under = sides
    placing = "beside" if style.placing == "inside" and frame.width < canvas.width * 0.3 else style.placing
    if "height" in shown:
        x = frame.x1 + gap if right else frame.x0 - gap
        span = ((x, frame.y0), (x, frame.y1))
        _extend(canvas, style, ((frame.x1 if right else frame.x0), frame.y0), span[0])
        _extend(canvas, style, ((frame.x1 if right else frame.x0), frame.y1), span[1])
        draw_dimension(canvas, span, shown["height"], style, (1.0 if right else -1.0, 0.0), "height", placing)
    if "width" in shown:
        y = frame.y1 + gap if under else frame.y0 - gap
        span = ((frame.x0, y), (frame.x1, y))
        _extend(canvas, style, (frame.x0, frame.y1 if under else frame.y0), span[0])
        _extend(canvas, style, (frame.x1, frame.y1 if under else frame.y0), span[1])
        draw_dimension(canvas, span, shown["width"], style, (0.0, 1.0 if under else -1.0), "width", placing)
    if "third" in shown:
        reach = min(frame.width, frame.height) * dice.uniform(0.25, 0.5) + style.end_size * 2
        start: Point = (frame.x0 - gap, frame.y1 - gap) if right else (frame.x1 + gap, frame.y1 - gap)
        end = (start[0] + (-reach if right else reach) * 0.8, start[1] - reach * 0.6)
        outward = (-0.6, 0.8) if right else (0.6, 0.8)
        draw_dimension(canvas, (start, end), shown["third"], replace(style, turned=False), outward, "third", "beside")


def _extend(canvas: Canvas, style: LineStyle, start: Point, end: Point) -> None:
    if style.extension:
        canvas.line([start, end], style.colour, max(style.width * 0.6, 0.6))
