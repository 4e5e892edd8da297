"""What photos have in common: sizes, headlines, small print around the product."""

from __future__ import annotations

from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.geometry import Frame
from imagequant.synthetic.render.rng import Dice
from imagequant.synthetic.render.surfaces import readable_on

_TITLES = (
    "PRODUCT SIZE",
    "Product Size",
    "Dimensions",
    "DIMENSIONS",
    "Size Chart",
    "SIZE",
    "Product Dimensions",
    "Specification",
    "PRODUCT DETAILS",
    "Abmessungen",
    "Dimensiones",
    "Dimensioni",
    "Taille du produit",
    "Perfect Size",
    "Size & Details",
    "Measurements",
)
_NOTES = (
    "Please allow 1-3cm error due to manual measurement",
    "All dimensions are approximate",
    "*Measured manually, may vary slightly",
    "Color may differ slightly from the picture",
    "These dimensions are given for information only",
    "Material: Ceramic",
    "Material: Stainless Steel",
    "Material: 100% Polyester",
    "Mehrfarbig erhältlich",
    "1 piece",
    "Set of 2",
    "Hand Wash Only",
)


def photo_size(dice: Dice) -> tuple[int, int]:
    """Width and height: square four times in five, the long side as sellers' photos have it."""
    long_side = dice.weighted(
        (
            (500, 26),
            (dice.integer(350, 500), 5),
            (dice.integer(600, 950), 17),
            (1000, 30),
            (dice.integer(1000, 1200), 16),
            (dice.integer(1200, 1500), 6),
        )
    )
    shape = dice.weighted(((1.0, 78), (dice.uniform(1.15, 1.9), 12), (dice.uniform(0.55, 0.87), 10)))
    return (long_side, round(long_side / shape)) if shape >= 1 else (round(long_side * shape), long_side)


def headline(dice: Dice, canvas: Canvas, ground: Colour, text: str | None = None) -> float:
    """A headline at the top; returns where the room below it starts."""
    size = min(canvas.width, canvas.height) * dice.uniform(0.04, 0.075)
    ink = Ink(title_face(dice), size, readable_on(ground, dice), tracking=dice.pick((0.0, 0.0, 0.06)))
    text = text or dice.pick(_TITLES)
    ink = fitting(text, ink, canvas.width * 0.9)
    y = canvas.height * dice.uniform(0.02, 0.05) + ink.size / 2
    if dice.chance(0.7):
        canvas.text((canvas.width / 2, y), text, ink, "mm")
    else:
        canvas.text((canvas.width * 0.05, y), text, ink, "lm")
    return y + ink.size


def footnote(dice: Dice, canvas: Canvas, ground: Colour) -> float:
    """A line of small print at the bottom; returns where the room above it ends."""
    size = max(min(canvas.width, canvas.height) * dice.uniform(0.016, 0.03), 8.0)
    ink = Ink(body_face(dice), size, readable_on(ground, dice))
    text = dice.pick(_NOTES)
    y = canvas.height * 0.97 - size / 2
    canvas.text((canvas.width / 2, y), text, fitting(text, ink, canvas.width * 0.9), "mm")
    return y - size


def fitted(room: Frame, aspect: float, share: float) -> Frame:
    """The largest frame of an aspect inside the room, shrunk to a share of it and centered."""
    width = min(room.width, room.height * aspect) * share
    height = width / aspect
    x, y = (room.x0 + room.x1 - width) / 2, (room.y0 + room.y1 - height) / 2
    return Frame(x, y, x + width, y + height)
