"""Materials (light and textures as small images to stretch over shapes), and backgrounds made of them."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import SCALE, Canvas
from imagequant.synthetic.render.colours import VIVIDS, WHITE, Colour, any_colour, lit, mixed
from imagequant.synthetic.render.geometry import disc
from imagequant.synthetic.render.rng import Rng

Field = NDArray[np.float32]
WOODS: tuple[Colour, ...] = ((196, 154, 108), (150, 104, 66), (104, 70, 48), (222, 190, 148), (66, 48, 40))
_TINTS: tuple[Colour, ...] = (
    (240, 240, 240), (232, 230, 226), (245, 238, 226), (226, 236, 242), (238, 228, 236), (228, 240, 228),
    (214, 214, 218),
)  # fmt: skip
_RICH = (
    ("white", 30), ("tint", 16), ("dark", 14), ("graded", 14), ("room", 12), ("bokeh", 7), ("wood", 5), ("cloth", 2),
)  # fmt: skip
_DARKS: tuple[Colour, ...] = ((12, 12, 14), (28, 30, 36), (16, 26, 50), (40, 22, 20), (20, 40, 34), (90, 92, 96))


def noise(rng: Rng, height: int, width: int, cells_down: int, cells_across: int) -> Field:
    """Return smooth random values in about [-1, 1]."""
    grid = rng.generator.normal(0.0, 0.5, (cells_down + 1, cells_across + 1)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def tinted(colour: Colour, light: NDArray[np.floating]) -> Image.Image:
    """Multiply a colour by a field of light."""
    field = light.astype(np.float32)[..., None]
    # Light above 1 becomes gloss, which whitens.
    values = np.asarray(colour, dtype=np.float32) * field + np.clip(field - 1.0, 0.0, None) * 60.0
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def blended(colour: Colour, other: Colour, share: Field) -> Image.Image:
    """Mix two colours by a field with the second one's shares."""
    values = np.asarray(colour, np.float32) * (1 - share[..., None]) + np.asarray(other, np.float32) * share[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _axes(height: int, width: int) -> tuple[Field, Field]:
    v, u = np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij")
    return u.astype(np.float32), v.astype(np.float32)


def matte(rng: Rng, colour: Colour) -> Image.Image:
    """Even light that falls off to one side."""
    u, v = _axes(64, 64)
    slope_u, slope_v = rng.uniform(-0.14, 0.14), rng.uniform(-0.16, 0.05)
    return tinted(colour, 1.0 + slope_u * (u - 0.5) + slope_v * (v - 0.5) + 0.015 * noise(rng, 64, 64, 8, 8))


def cylinder(rng: Rng, colour: Colour) -> Image.Image:
    """A round body lit from the side, with a stripe of gloss."""
    u, v = _axes(48, 128)
    body = np.sqrt(np.clip(1.0 - (2 * u - 1) ** 2, 0, 1))
    highlight = rng.uniform(0.2, 0.45)
    gloss = rng.uniform(0.05, 0.45) * np.exp(-(((u - highlight) / rng.uniform(0.03, 0.1)) ** 2))
    rim = 0.12 * np.exp(-(((u - 0.93) / 0.04) ** 2))
    floor = rng.uniform(0.45, 0.75)
    return tinted(colour, floor + (1.04 - floor) * body + gloss + rim + 0.05 * (0.5 - v))


def metal(rng: Rng, colour: Colour = (200, 202, 206)) -> Image.Image:
    """Brushed metal with bands of reflection."""
    u, _ = _axes(48, 160)
    light = 0.8 + 0.0 * u
    for _band in range(rng.integer(3, 6)):
        light = light + rng.uniform(-0.35, 0.3) * np.exp(-(((u - rng.uniform(0, 1)) / rng.uniform(0.03, 0.15)) ** 2))
    return tinted(colour, np.clip(light + 0.03 * noise(rng, 48, 160, 40, 2), 0.25, 1.25))


def wood(rng: Rng, colour: Colour | None = None, along: bool = True) -> Image.Image:
    """Wood with horizontal (``along``) or vertical grain."""
    base = colour or rng.pick(WOODS)
    warp = noise(rng, 128, 256, 5, 3)
    rows = np.linspace(0, rng.uniform(12, 30), 128, dtype=np.float32)[:, None]
    grain = np.sin(rows * 2.0 + warp * rng.uniform(1.5, 4.0)) * 0.07 + noise(rng, 128, 256, 64, 6) * 0.06
    image = tinted(base, 1.0 + grain)
    return image if along else image.transpose(Image.Transpose.ROTATE_90)


def fabric(rng: Rng, colour: Colour) -> Image.Image:
    """Weave with soft folds."""
    u, v = _axes(200, 200)
    weave = 0.03 * np.sin(u * 380) * np.sin(v * 380)
    folds = noise(rng, 200, 200, rng.integer(2, 5), rng.integer(2, 5)) * rng.uniform(0.03, 0.1)
    return tinted(colour, 1.0 + weave + folds + rng.generator.normal(0.0, 0.025, (200, 200)))


def pleats(rng: Rng, colour: Colour) -> Image.Image:
    """The folds of curtains."""
    u, v = _axes(100, 256)
    count = rng.uniform(5, 14)
    bend = noise(rng, 100, 256, 2, 4) * 0.6
    return tinted(colour, 0.88 + 0.17 * np.sin(u * count * 6.28 + bend) + 0.04 * (0.5 - v))


def puffed(rng: Rng, colour: Colour) -> Image.Image:
    """A stuffed cushion, lighter in the middle."""
    u, v = _axes(96, 96)
    bulge = 1.0 - 0.22 * ((2 * u - 1) ** 4 + (2 * v - 1) ** 4) - 0.08 * (v - 0.4)
    return tinted(colour, bulge + 0.05 * noise(rng, 96, 96, 4, 4) + rng.generator.normal(0.0, 0.012, (96, 96)))


def glass(rng: Rng, ground: Colour = (250, 250, 250)) -> Image.Image:
    """Clear glass with darker edges and reflections."""
    u, _ = _axes(48, 160)
    rim = np.exp(-((u / 0.05) ** 2)) + np.exp(-(((1 - u) / 0.05) ** 2))
    stripe = np.exp(-(((u - rng.uniform(0.15, 0.35)) / 0.03) ** 2)) * 0.08
    return tinted(ground, 0.95 - 0.35 * rim + stripe - 0.04 * np.exp(-(((u - rng.uniform(0.6, 0.85)) / 0.08) ** 2)))


def pattern(rng: Rng, colour: Colour, other: Colour) -> Image.Image:
    """A pattern of stripes, checks, dots or blots."""
    u, v = _axes(160, 160)
    count = rng.integer(3, 12)
    kind = rng.integer(0, 3)
    if kind == 0:
        share = np.sin((u if rng.chance(0.5) else v) * 6.28 * count) > rng.uniform(-0.3, 0.5)
    elif kind == 1:
        share = (np.sin(u * 6.28 * count) > 0) ^ (np.sin(v * 6.28 * count) > 0)
    elif kind == 2:
        share = (np.sin(u * 6.28 * count) * np.sin(v * 6.28 * count)) > 0.55
    else:
        share = noise(rng, 160, 160, count, count) > 0.25
    return blended(colour, other, share.astype(np.float32))


def any_surface(rng: Rng, colour: Colour) -> Image.Image:
    """Choose a material in a colour."""
    kind = rng.weighted((("matte", 5), ("fabric", 2), ("pattern", 1), ("wood", 1), ("metal", 0.5)))
    if kind == "fabric":
        return fabric(rng, colour)
    if kind == "pattern":
        return pattern(rng, colour, any_colour(rng))
    if kind == "wood":
        return wood(rng, None, rng.chance(0.5))
    return metal(rng) if kind == "metal" else matte(rng, colour)


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
