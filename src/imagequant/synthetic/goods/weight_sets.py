"""Sets of training weights, labelled with their weights: kettlebells, dumbbells, discs and sandbags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from imagequant.core.records import Box
from imagequant.synthetic.lettering.amounts import spelled
from imagequant.synthetic.records import Amount, Scene, question
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.geometry import ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import VIVIDS, cylinder, fabric, lit, luminance, matte, metal, readable_on

_KILOGRAMS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0, 12.0, 15.0, 16.0, 20.0, 24.0, 25.0)
_POUNDS = (2.0, 3.0, 5.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0)
_TOTALS = ("{} SET", "{} Set", "Total {}", "TOTAL: {}", "{} total weight", "{} in total", "Gesamt {}", "Set {}")
# Probability that the label is the weight of one piece rather than of the set.
_PIECE = 0.65


@dataclass(frozen=True)
class Piece:
    """A kind of weight; ``draw`` returns the printable frame."""

    name: str
    draw: Callable[[Rng, Canvas, Box, Colour], Box]
    aspect: float


def draw_weight_set(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    """Draw a row of two to four labelled weights, and sometimes a headline with their total."""
    piece, count = rng.pick(_PIECES), rng.integer(2, 4)
    unit = rng.weighted((("kilogram", 65), ("pound", 35)))
    values = _values(rng, _KILOGRAMS if unit == "kilogram" else _POUNDS, count)
    whole, largest = Amount(sum(values), unit), Amount(max(values), unit)
    stated = rng.chance(0.75)
    if stated:
        _total(rng, canvas, ground, whole)
    _row(rng, canvas, piece, [Amount(value, unit) for value in values])
    asks_whole = stated and not rng.chance(_PIECE)
    answer = question("item_weight", whole, "whole") if asks_whole else question("item_weight", largest, "piece")
    return Scene(canvas, (answer,), piece.name)


def _row(rng: Rng, canvas: Canvas, piece: Piece, amounts: list[Amount]) -> None:
    room = canvas.frame.inner(0.03, 0.2, 0.97, 0.96)
    colour = rng.pick(((26, 26, 28), (60, 62, 66), lit(rng.pick(VIVIDS), 0.8)))
    face, count = title_face(rng), len(amounts)
    largest = max(range(count), key=lambda number: (amounts[number].value, -number))
    for number, amount in enumerate(amounts):
        cell = room.inner(number / count, 0, (number + 1) / count, 1)
        share = 0.92 * (0.75 + 0.25 * amount.value / amounts[largest].value)
        width = min(cell.width * share, room.height * 0.9 * piece.aspect)
        x, floor = cell.at(0.5, 0.8)
        print_on = piece.draw(
            rng, canvas, Box(x - width / 2, floor - width / piece.aspect, x + width / 2, floor), colour
        )
        text = spelled(rng, amount)
        ink = Ink(face, print_on.height * 0.5, (250, 250, 250) if luminance(colour) < 0.6 else (10, 10, 12))
        key = "piece" if number == largest else f"other{number}"
        canvas.text(print_on.at(0.5, 0.5), text, fitting(text, ink, print_on.width), "mm", key=key)


def _values(rng: Rng, choice: tuple[float, ...], count: int) -> list[float]:
    if rng.chance(0.6):
        return [rng.pick(choice)] * count
    return sorted(rng.sample(choice, count))


def _total(rng: Rng, canvas: Canvas, ground: Colour, whole: Amount) -> None:
    text = rng.pick(_TOTALS).format(spelled(rng, whole))
    face = title_face(rng) if rng.chance(0.6) else body_face(rng)
    ink = Ink(face, canvas.height * rng.uniform(0.035, 0.08), readable_on(ground, rng))
    y = canvas.height * rng.weighted(((0.08, 7), (0.93, 3)))
    canvas.text((canvas.width / 2, y), text, fitting(text, ink, canvas.width * 0.9), "mm", key="whole")


def _kettlebell(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    canvas.shadow(ellipse(frame.at(0.5, 0.98), frame.width * 0.4, frame.height * 0.03), (2, 2), 5, 0.4)
    grip = ellipse(frame.at(0.5, 0.28), frame.width * 0.3, frame.height * 0.25)
    canvas.outline(grip, lit(colour, 0.9), max(frame.width * 0.1, 2.0))
    ball = ellipse(frame.at(0.5, 0.66), frame.width * 0.48, frame.height * 0.34)
    canvas.fill(ball, cylinder(rng, colour))
    return frame.inner(0.15, 0.55, 0.85, 0.78)


def _dumbbell(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    canvas.fill(frame.inner(0.25, 0.38, 0.75, 0.62).corners, metal(rng))
    for left, right in ((0.0, 0.42), (0.58, 1.0)):
        head = frame.inner(left, 0.05, right, 0.95)
        canvas.fill(rounded(head, head.width * 0.25), matte(rng, colour))
        canvas.outline(rounded(head, head.width * 0.25), lit(colour, 0.7), 1.0)
    return frame.inner(0.03, 0.3, 0.39, 0.7)


def _disc(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    center = frame.at(0.5, 0.5)
    canvas.shadow(ellipse(center, frame.width / 2, frame.height / 2), (3, 4), 5, 0.3)
    canvas.fill(ellipse(center, frame.width / 2, frame.height / 2, steps=64), matte(rng, colour))
    canvas.outline(ellipse(center, frame.width * 0.42, frame.height * 0.42), lit(colour, 1.3), 1.5)
    canvas.fill(ellipse(center, frame.width * 0.09, frame.height * 0.09), metal(rng))
    return frame.inner(0.2, 0.62, 0.8, 0.84)


def _sandbag(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    body = rounded(frame.inner(0, 0.18, 1, 1), frame.height * 0.25)
    canvas.shadow(body, (2, 3), 5, 0.3)
    canvas.outline(rounded(frame.inner(0.3, 0, 0.7, 0.4), 6), lit(colour, 0.7), max(frame.height * 0.05, 2.0))
    canvas.fill(body, fabric(rng, colour))
    return frame.inner(0.15, 0.4, 0.85, 0.8)


_PIECES = (
    Piece("kettlebell", _kettlebell, 0.8),
    Piece("dumbbell", _dumbbell, 2.0),
    Piece("disc", _disc, 1.0),
    Piece("sandbag", _sandbag, 1.5),
)
