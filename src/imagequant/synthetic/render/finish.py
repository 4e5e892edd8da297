"""From a drawing to a file: shrinking, camera faults, encoding."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from imagequant.synthetic.render.canvas import SCALE, Canvas
from imagequant.synthetic.render.rng import Rng


@dataclass(frozen=True)
class Encoded:
    """An image file with its suffix and size."""

    payload: bytes
    suffix: str
    width: int
    height: int


def finish(rng: Rng, canvas: Canvas, camera: float) -> Encoded:
    """Shrink to photo pixels, add camera faults with probability ``camera``, and encode."""
    image = canvas.image.convert("RGB").reduce(SCALE)
    if rng.chance(camera):
        image = _snapshot(rng, image)
    elif rng.chance(0.12):
        image = _resampled(rng, image)
    buffer = io.BytesIO()
    if rng.chance(0.04):
        mode = rng.pick(("RGB", "P", "RGBA"))
        _in_mode(image, mode).save(buffer, "PNG", compress_level=6)
        return Encoded(buffer.getvalue(), "png", image.width, image.height)
    if rng.chance(0.01):
        image = image.convert("L")
    quality = rng.weighted(((rng.integer(75, 95), 70), (rng.integer(55, 75), 22), (rng.integer(40, 55), 8)))
    image.save(buffer, "JPEG", quality=quality, subsampling=rng.pick((0, 2)), progressive=rng.chance(0.2))
    return Encoded(buffer.getvalue(), "jpg", image.width, image.height)


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    return image.quantize(255, method=Image.Quantize.MEDIANCUT) if mode == "P" else image.convert(mode)


def _resampled(rng: Rng, image: Image.Image) -> Image.Image:
    # Sellers enlarge small photos.
    factor = rng.uniform(0.55, 0.85)
    small = image.resize(
        (max(round(image.width * factor), 64), max(round(image.height * factor), 64)), Image.Resampling.BILINEAR
    )
    return small.resize(image.size, Image.Resampling.BICUBIC)


def _snapshot(rng: Rng, image: Image.Image) -> Image.Image:
    if rng.chance(0.6):
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.1)))
    values = np.asarray(image, dtype=np.float32)
    height, width = values.shape[:2]
    v, u = np.meshgrid(
        np.linspace(-1, 1, height, dtype=np.float32), np.linspace(-1, 1, width, dtype=np.float32), indexing="ij"
    )
    light = 1.0 - rng.uniform(0.0, 0.25) * (u**2 + v**2) / 2 + rng.uniform(-0.1, 0.1) * u + rng.uniform(-0.1, 0.1) * v
    warmth = np.array([rng.uniform(0.95, 1.04), 1.0, rng.uniform(0.93, 1.04)], dtype=np.float32)
    grain = rng.generator.standard_normal((height, width), dtype=np.float32) * rng.uniform(0.5, 5.0)
    values = values * light[..., None] * warmth + grain[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
