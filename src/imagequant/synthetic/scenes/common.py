"""Common parts of photos: sizes, headlines, small print."""

from __future__ import annotations

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import readable_on

# fmt: off
_TITLES = (
    "PRODUCT SIZE", "Product Size", "Dimensions", "DIMENSIONS", "Size Chart", "SIZE", "Product Dimensions",
    "Specification", "PRODUCT DETAILS", "Abmessungen", "Dimensiones", "Dimensioni", "Taille du produit",
    "Perfect Size", "Size & Details", "Measurements",
)
_NOTES = (
    "Please allow 1-3cm error due to manual measurement", "All dimensions are approximate",
    "*Measured manually, may vary slightly", "Color may differ slightly from the picture",
    "These dimensions are given for information only", "Material: Ceramic", "Material: Stainless Steel",
    "Material: 100% Polyester", "Mehrfarbig erhältlich", "1 piece", "Set of 2", "Hand Wash Only",
)
# fmt: on


def photo_size(rng: Rng) -> tuple[int, int]:
    """Choose a width and height with the distribution of sellers' photos."""
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
    """Write a headline and return the top of the room below it."""
    size = min(canvas.width, canvas.height) * rng.uniform(0.04, 0.075)
    ink = Ink(title_face(rng), size, readable_on(ground, rng), tracking=rng.pick((0.0, 0.0, 0.06)))
    text = text or rng.pick(_TITLES)
    ink = fitting(text, ink, canvas.width * 0.9)
    y = canvas.height * rng.uniform(0.02, 0.05) + ink.size / 2
    x, anchor = (canvas.width / 2, "mm") if rng.chance(0.7) else (canvas.width * 0.05, "lm")
    canvas.text((x, y), text, ink, anchor)
    return y + ink.size


def footnote(rng: Rng, canvas: Canvas, ground: Colour) -> float:
    """Write a line of small print at the bottom and return the bottom of the room above it."""
    size = max(min(canvas.width, canvas.height) * rng.uniform(0.016, 0.03), 8.0)
    ink = Ink(body_face(rng), size, readable_on(ground, rng))
    text = rng.pick(_NOTES)
    y = canvas.height * 0.97 - size / 2
    canvas.text((canvas.width / 2, y), text, fitting(text, ink, canvas.width * 0.9), "mm")
    return y - size


def fitted(room: Box, aspect: float, share: float) -> Box:
    """Return the largest centred frame with an aspect ratio that fits into a room, scaled by ``share``."""
    width = min(room.width, room.height * aspect) * share
    height = width / aspect
    x, y = (room.x0 + room.x1 - width) / 2, (room.y0 + room.y1 - height) / 2
    return Box(x, y, x + width, y + height)
