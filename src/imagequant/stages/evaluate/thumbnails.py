"""Small pictures of a bounded size in bytes, for a page that holds thousands of them."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from imagequant.imaging.decode import decode_rgb

# From where print can still be read to where shapes can.
_QUALITIES = (70, 55, 40, 25, 10)


@dataclass(frozen=True)
class Cap:
    """``side``: pixels of the longer side at most; ``size``: bytes at most."""

    side: int
    size: int


SMALL = Cap(160, 6_000)
LARGE = Cap(640, 40_000)


def thumbnail(payload: bytes, cap: Cap) -> bytes:
    """An image file as a small WebP within ``cap``: first quality is given up, then pixels.

    Raises:
        ImageError: If the bytes are no image that can be used.
    """
    picture = Image.fromarray(decode_rgb(payload, cap.side))
    while True:
        for quality in _QUALITIES:
            encoded = _webp(picture, quality)
            if len(encoded) <= cap.size:
                return encoded
        if max(picture.size) == 1:
            raise ValueError(f"no picture fits into {cap.size} bytes")
        picture = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)), Image.Resampling.LANCZOS)


def _webp(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=4)
    return buffer.getvalue()
