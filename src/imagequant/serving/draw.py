"""Drawing what an answer was read from onto its photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imagequant.records import Box

# Told apart by people who do not see red and green alike, too (Okabe and Ito's palette).
COLORS = {"right": (0, 114, 178), "wrong": (213, 94, 0), "truth": (0, 158, 115), "other": (150, 150, 150)}
_CAPTION_SIZE = 15
_PADDING = 6


@dataclass(frozen=True)
class Mark:
    """A box to draw; ``kind`` is a key of ``COLORS``, ``text`` stands above it."""

    box: Box
    kind: str
    text: str = ""


def draw_evidence(
    photo: NDArray[np.uint8], marks: Sequence[Mark], caption: Sequence[str], max_side: int = 640
) -> Image.Image:
    """The photo with boxes and lines of text under it.

    Args:
        photo: Upright RGB, (height, width, 3).
        marks: Boxes in the photo's pixels, drawn in order.
        caption: Lines under the photo.
        max_side: The photo's longer side in the picture.
    """
    scale = min(1.0, max_side / max(photo.shape[:2]))
    size = (max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))
    scaled = Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS)
    font = ImageFont.load_default(_CAPTION_SIZE)
    width = max(size[0], 420)
    lines = [part for line in caption for part in _wrapped(line, font, width - 2 * _PADDING)]
    line_height = _CAPTION_SIZE + 5
    canvas = Image.new("RGB", (width, size[1] + len(lines) * line_height + 2 * _PADDING), "white")
    canvas.paste(scaled, (0, 0))
    draw = ImageDraw.Draw(canvas)
    for mark in marks:
        _draw_mark(draw, mark, scale, font)
    for number, line in enumerate(lines):
        draw.text((_PADDING, size[1] + _PADDING + number * line_height), line, fill="black", font=font)
    return canvas


def _draw_mark(
    draw: ImageDraw.ImageDraw, mark: Mark, scale: float, font: ImageFont.ImageFont | ImageFont.FreeTypeFont
) -> None:
    color = COLORS[mark.kind]
    x0, y0, x1, y1 = (value * scale for value in (mark.box.x0, mark.box.y0, mark.box.x1, mark.box.y1))
    draw.rectangle((x0 - 2, y0 - 2, x1 + 2, y1 + 2), outline=color, width=1 if mark.kind == "other" else 3)
    if mark.text:
        top = y0 - _CAPTION_SIZE - 6 if y0 > _CAPTION_SIZE + 8 else y1 + 4
        left, upper, right, lower = draw.textbbox((x0, top), mark.text, font=font)
        draw.rectangle((left - 2, upper - 2, right + 2, lower + 2), fill=color)
        draw.text((x0, top), mark.text, fill="white", font=font)


def _wrapped(line: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in line.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
