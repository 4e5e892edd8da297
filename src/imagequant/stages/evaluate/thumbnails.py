"""Thumbnails with a bounded size in bytes, for a page that holds thousands of them."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from imagequant.imaging.decode import decode_rgb

# From legible print down to recognisable shapes.
_QUALITIES = (70, 55, 40, 25, 10)


@dataclass(frozen=True)
class SizeLimit:
    """``side``: most pixels of the longer side; ``size``: most bytes."""

    side: int
    size: int


SMALL = SizeLimit(160, 6_000)
LARGE = SizeLimit(640, 40_000)


def thumbnail(payload: bytes, limit: SizeLimit) -> bytes:
    """Encodes an image file as a small WebP within ``limit``: reduces the quality first, then the pixels.

    Raises:
        ImageError: If the bytes are not a usable image.
    """
    picture = Image.fromarray(decode_rgb(payload, limit.side))
    while True:
        for quality in _QUALITIES:
            encoded = _webp(picture, quality)
            if len(encoded) <= limit.size:
                return encoded
        if max(picture.size) == 1:
            raise ValueError(f"no picture fits into {limit.size} bytes")
        picture = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.LANCZOS)


def _webp(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=4)
    return buffer.getvalue()
