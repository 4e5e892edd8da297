"""Materials: light and textures as small images to stretch over shapes."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagequant.synthetic.render.colours import Colour, any_colour
from imagequant.synthetic.render.rng import Rng

Field = NDArray[np.float32]
WOODS: tuple[Colour, ...] = ((196, 154, 108), (150, 104, 66), (104, 70, 48), (222, 190, 148), (66, 48, 40))


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
