"""Backgrounds: white, plain, graded, textured, or a scene."""

import numpy as np
from PIL import Image, ImageFilter

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import SCALE, Canvas
from imagequant.synthetic.render.colours import VIVIDS, WHITE, Colour, lit, mixed
from imagequant.synthetic.render.geometry import disc
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import blended, fabric, noise, pattern, tinted, wood

_TINTS: tuple[Colour, ...] = (
    (240, 240, 240), (232, 230, 226), (245, 238, 226), (226, 236, 242), (238, 228, 236), (228, 240, 228),
    (214, 214, 218),
)  # fmt: skip
_RICH = (
    ("white", 30), ("tint", 16), ("dark", 14), ("graded", 14), ("room", 12), ("bokeh", 7), ("wood", 5), ("cloth", 2),
)  # fmt: skip
_DARKS: tuple[Colour, ...] = ((12, 12, 14), (28, 30, 36), (16, 26, 50), (40, 22, 20), (20, 40, 34), (90, 92, 96))


def plain_ground(rng: Rng, width: float, height: float, white: float) -> tuple[Canvas, Colour]:
    """Return a background on which dimension lines are readable, and its colour."""
    if rng.chance(white):
        return Canvas.blank(width, height), WHITE
    colour = rng.weighted(((rng.pick(_TINTS), 6.0), (lit(rng.pick(VIVIDS), 1.0), 1.0), (rng.pick(_DARKS), 1.5)))
    canvas = Canvas.blank(width, height, colour)
    if rng.chance(0.6):
        canvas.fill(canvas.frame, _graded(rng, colour, rng.uniform(0.03, 0.2)))
    return canvas, colour


def rich_ground(rng: Rng, width: float, height: float) -> tuple[Canvas, Colour]:
    """Return a background for advertising photos, and its approximate colour."""
    kind = rng.weighted(_RICH)
    canvas = Canvas.blank(width, height)
    if kind == "white":
        return canvas, WHITE
    if kind == "room":
        return _room(rng, canvas)
    if kind == "bokeh":
        return _bokeh(rng, canvas)
    if kind in ("wood", "cloth"):
        colour = rng.pick(_TINTS)
        surface = wood(rng) if kind == "wood" else fabric(rng, colour)
        canvas.fill(canvas.frame, surface.resize((256, 256)))
        red, green, blue = np.asarray(surface, dtype=np.float64).mean(axis=(0, 1))
        return canvas, (round(float(red)), round(float(green)), round(float(blue)))
    colour = rng.pick(_TINTS) if kind == "tint" else rng.pick(_DARKS if kind == "dark" else VIVIDS)
    canvas.fill(canvas.frame, _graded(rng, colour, rng.uniform(0.05, 0.5)))
    if rng.chance(0.25):
        # Slanted bands in a second colour, as in banner templates.
        other = mixed(colour, rng.pick(VIVIDS), 0.6)
        for _ in range(rng.integer(1, 3)):
            x, wide, lean = (rng.uniform(low, high) * width for low, high in ((-0.2, 1.0), (0.05, 0.4), (-0.4, 0.4)))
            canvas.fill([(x, 0), (x + wide, 0), (x + wide + lean, height), (x + lean, height)], other, 0.5)
    return canvas, colour


def _graded(rng: Rng, colour: Colour, strength: float) -> Image.Image:
    v, u = np.meshgrid(np.linspace(-1, 1, 64), np.linspace(-1, 1, 64), indexing="ij")
    if rng.chance(0.5):
        return tinted(colour, 1.0 - strength * (u**2 + v**2) / 2)
    return tinted(colour, 1.0 + strength * (rng.uniform(-1, 1) * u + rng.uniform(-1, 1) * v))


def _room(rng: Rng, canvas: Canvas) -> tuple[Canvas, Colour]:
    # A blurred room with a wall, a floor and furniture.
    width, height = canvas.width, canvas.height
    wall = lit(rng.pick(_TINTS), rng.uniform(0.75, 1.0))
    canvas.fill(canvas.frame, _graded(rng, wall, 0.15))
    horizon = height * rng.uniform(0.6, 0.8)
    canvas.fill(Box(0, horizon, width, height), wood(rng))
    for _ in range(rng.integer(1, 4)):
        x, w, h = rng.uniform(0, width), rng.uniform(0.08, 0.3) * width, rng.uniform(0.1, 0.4) * height
        colour = lit(rng.pick(VIVIDS), rng.uniform(0.6, 1.2))
        if rng.chance(0.4):
            y = rng.uniform(0.05, 0.3) * height
            canvas.fill(Box(x, y, x + w, y + h * 0.8), lit(wall, 0.85))
            canvas.fill(Box(x + 4, y + 4, x + w - 4, y + h * 0.8 - 4), pattern(rng, colour, wall))
        else:
            canvas.fill(Box(x, horizon - h, x + w, horizon + h * 0.15), fabric(rng, colour))
    return _blurred(canvas, rng.uniform(1.5, 6.0)), wall


def _bokeh(rng: Rng, canvas: Canvas) -> tuple[Canvas, Colour]:
    # Blurred lights and colours, as behind an outdoor close-up.
    width, height = canvas.width, canvas.height
    a, b = lit(rng.pick(VIVIDS), rng.uniform(0.4, 1.0)), lit(rng.pick(VIVIDS), rng.uniform(0.4, 1.0))
    canvas.fill(canvas.frame, blended(b, a, np.clip(noise(rng, 96, 96, 4, 4) * 0.5 + 0.5, 0, 1)))
    for _ in range(rng.integer(0, 25)):
        radius = rng.uniform(0.01, 0.06) * width
        center = (rng.uniform(0, width), rng.uniform(0, height))
        canvas.fill(disc(center, radius), lit(a, 1.5), rng.uniform(0.1, 0.4))
    return _blurred(canvas, rng.uniform(2, 5)), mixed(a, b, 0.5)


def _blurred(canvas: Canvas, radius: float) -> Canvas:
    small = canvas.image.reduce(4).filter(ImageFilter.GaussianBlur(radius * SCALE / 4))
    return Canvas(small.resize(canvas.image.size, Image.Resampling.BILINEAR))
