"""What photos have in common: sizes, headlines, small print around the product."""

from __future__ import annotations

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.rng import Rng
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


def photo_size(rng: Rng) -> tuple[int, int]:
    """Width and height: square four times in five, the long side as sellers' photos have it."""
    long_side = rng.weighted(
        (
            (500, 26),
            (rng.integer(350, 500), 5),
            (rng.integer(600, 950), 17),
            (1000, 30),
            (rng.integer(1000, 1200), 16),
            (rng.integer(1200, 1500), 6),
        )
    )
    shape = rng.weighted(((1.0, 78), (rng.uniform(1.15, 1.9), 12), (rng.uniform(0.55, 0.87), 10)))
    return (long_side, round(long_side / shape)) if shape >= 1 else (round(long_side * shape), long_side)


def headline(rng: Rng, canvas: Canvas, ground: Colour, text: str | None = None) -> float:
    """A headline at the top; returns where the room below it starts."""
    size = min(canvas.width, canvas.height) * rng.uniform(0.04, 0.075)
    ink = Ink(title_face(rng), size, readable_on(ground, rng), tracking=rng.pick((0.0, 0.0, 0.06)))
    text = text or rng.pick(_TITLES)
    ink = fitting(text, ink, canvas.width * 0.9)
    y = canvas.height * rng.uniform(0.02, 0.05) + ink.size / 2
    if rng.chance(0.7):
        canvas.text((canvas.width / 2, y), text, ink, "mm")
    else:
        canvas.text((canvas.width * 0.05, y), text, ink, "lm")
    return y + ink.size


def footnote(rng: Rng, canvas: Canvas, ground: Colour) -> float:
    """A line of small print at the bottom; returns where the room above it ends."""
    size = max(min(canvas.width, canvas.height) * rng.uniform(0.016, 0.03), 8.0)
    ink = Ink(body_face(rng), size, readable_on(ground, rng))
    text = rng.pick(_NOTES)
    y = canvas.height * 0.97 - size / 2
    canvas.text((canvas.width / 2, y), text, fitting(text, ink, canvas.width * 0.9), "mm")
    return y - size


def fitted(room: Box, aspect: float, share: float) -> Box:
    """The largest frame of an aspect inside the room, shrunk to a share of it and centered."""
    width = min(room.width, room.height * aspect) * share
    height = width / aspect
    x, y = (room.x0 + room.x1 - width) / 2, (room.y0 + room.y1 - height) / 2
    return Box(x, y, x + width, y + height)
