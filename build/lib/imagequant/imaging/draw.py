"""Drawing of answers onto their photos."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imagequant.core.records import Box

Color = tuple[int, int, int]
# Distinguishable with colour blindness (Okabe and Ito's palette).
COLORS: dict[str, Color] = {"right": (0, 114, 178), "wrong": (213, 94, 0), "truth": (0, 158, 115)}
GREY: Color = (150, 150, 150)
_FONT_SIZE = 15
_PADDING = 6
_LEAST_WIDTH = 420


@dataclass(frozen=True)
class BoxMark:
    """A box to draw, in the photo's pixels, with a label. Lines wider than a pixel get a white outline."""

    box: Box
    color: Color
    text: str = ""
    width: int = 3


@dataclass(frozen=True)
class LegendLine:
    """A line of text under a photo, after a ``chip`` of text on ``color`` as on the photo."""

    text: str
    chip: str = ""
    color: Color = GREY


def draw_evidence(
    photo: NDArray[np.uint8],
    marks: Sequence[BoxMark],
    caption: Sequence[LegendLine] = (),
    max_side: int = 640,
    enlarge: float = 1.0,
) -> Image.Image:
    """Draw boxes on a photo and lines of text under it.

    Args:
        photo: Upright RGB, (height, width, 3).
        marks: Boxes in the photo's pixels, drawn in order.
        caption: Lines under the photo.
        max_side: The longer side of the photo in the picture.
        enlarge: The largest factor by which to enlarge smaller photos.
    """
    scale = min(enlarge, max_side / max(photo.shape[:2]))
    size = (max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))
    picture = Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(picture)
    for mark in marks:
        outer = _frame(mark, scale)
        if mark.width > 1:
            # A white outline stays visible on dark photos and on those of the same colour.
            draw.rectangle(_corners(_grown(outer, 1)), outline="white", width=mark.width + 2)
        draw.rectangle(_corners(outer), outline=mark.color, width=mark.width)
    # Labels come last, so that no frame crosses their text.
    taken = [_frame(mark, scale) for mark in marks if mark.width > 1]
    for mark in marks:
        if mark.text:
            place = _label_place(mark, scale, picture.size, taken)
            taken.append(place)
            _draw_chip(draw, (place.x0, place.y0), mark.text, mark.color)
    return _with_caption(picture, caption) if caption else picture


def encoded(picture: Image.Image, image_format: str, **options: int) -> bytes:
    """Return a picture as the bytes of a file; ``options`` are Pillow's for the format."""
    buffer = io.BytesIO()
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()


def _frame(mark: BoxMark, scale: float) -> Box:
    """Return the outer edge of a mark's line in the picture's pixels."""
    box = mark.box
    return _grown(Box(*(value * scale for value in (box.x0, box.y0, box.x1, box.y1))), mark.width)


def _grown(box: Box, by: int) -> Box:
    return Box(box.x0 - by, box.y0 - by, max(box.x0, box.x1) + by, max(box.y0, box.y1) + by)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _label_place(mark: BoxMark, scale: float, size: tuple[int, int], taken: Sequence[Box]) -> Box:
    """Return the place next to the mark where its label overlaps others least; if equal, above it."""
    frame = _frame(mark, scale)
    width, height = _chip_size(mark.text)
    corners = (
        (frame.x0, frame.y0 - height - 1),
        (frame.x0, frame.y1 + 1),
        (frame.x0 - width - 1, frame.y0),
        (frame.x1 + 1, frame.y0),
    )
    inside = [
        (min(max(x, 0.0), max(size[0] - width - 1, 0.0)), min(max(y, 0.0), max(size[1] - height - 1, 0.0)))
        for x, y in corners
    ]
    places = [Box(x, y, x + width, y + height) for x, y in inside]
    return min(places, key=lambda place: sum(place.intersection(other) for other in taken))


def _chip_size(text: str) -> tuple[int, int]:
    return round(_font().getlength(text)) + 8, _FONT_SIZE + 5


def _draw_chip(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, color: Color) -> None:
    width, height = _chip_size(text)
    draw.rectangle((at[0], at[1], at[0] + width, at[1] + height), fill=color, outline="white")
    draw.text((at[0] + 4, at[1] + 1), text, fill=text_color(color), font=_font())


def text_color(color: Color) -> str:
    """Return the text colour that is readable on a colour."""
    luminance = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
    return "black" if luminance > 140 else "white"


def _with_caption(picture: Image.Image, caption: Sequence[LegendLine]) -> Image.Image:
    width = max(picture.width, _LEAST_WIDTH)
    rows: list[tuple[LegendLine, int, str]] = []
    for line in caption:
        indent = _chip_size(line.chip)[0] + _PADDING if line.chip else 0
        parts = _wrapped(line.text, width - 2 * _PADDING - indent)
        rows += [(line if number == 0 else LegendLine(""), indent, part) for number, part in enumerate(parts)]
    line_height = _FONT_SIZE + 7
    canvas = Image.new("RGB", (width, picture.height + len(rows) * line_height + 2 * _PADDING), "white")
    canvas.paste(picture, (0, 0))
    draw = ImageDraw.Draw(canvas)
    for number, (line, indent, text) in enumerate(rows):
        top = picture.height + _PADDING + number * line_height
        if line.chip:
            _draw_chip(draw, (_PADDING, top), line.chip, line.color)
        draw.text((_PADDING + indent, top + 1), text, fill="black", font=_font())
    return canvas


def _font() -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(_FONT_SIZE)


def _wrapped(text: str, width: int) -> list[str]:
    font = _font()
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
