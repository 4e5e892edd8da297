"""Drawing of answers onto their photos."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from imagequant.core.records import Box
from imagequant.imaging.palette import GREY, Color, contrasting

_FONT_SIZE = 15
_PADDING = 6
_LEAST_WIDTH = 420
# How much worse it is for a label to cover a marked box or another label than a word.
_IMPORTANT = 5
# Between the print and the frame around it, in pixels and as a share of the print's shorter side. It is wider at the
# ends of the text: where a number begins within a line is known only roughly.
_LEAST_MARGIN, _MOST_MARGIN, _ALONG, _ACROSS = 2, 12, 0.3, 0.12


@dataclass(frozen=True)
class BoxMark:
    """A frame to draw around a box in the photo's pixels, with a label beside it. Wide lines have an outline."""

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
    frames = list(_frames(marks, scale))
    for mark, frame in zip(marks, frames, strict=True):
        if mark.width > 1:
            # An outline of the opposite lightness is seen on a ground of the same colour.
            draw.rectangle(_corners(_grown(frame, 1, 1)), outline=contrasting(mark.color), width=mark.width + 2)
        draw.rectangle(_corners(frame), outline=mark.color, width=mark.width)
    # Labels come last, so that no frame crosses their text; what they should not cover, with its importance.
    taken = [(frame, _IMPORTANT if mark.width > 1 else 1) for mark, frame in zip(marks, frames, strict=True)]
    for mark, frame in zip(marks, frames, strict=True):
        if mark.text:
            place = _label_place(frame, mark.text, picture.size, taken)
            taken.append((place, _IMPORTANT))
            _draw_chip(draw, (place.x0, place.y0), mark.text, mark.color)
    return _with_caption(picture, caption) if caption else picture


def encoded(picture: Image.Image, image_format: str, **options: int) -> bytes:
    """Return a picture as the bytes of a file; ``options`` are Pillow's for the format."""
    buffer = io.BytesIO()
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()


def _frames(marks: Sequence[BoxMark], scale: float) -> Iterator[Box]:
    """Yield the outer edges of the marks' lines in the picture's pixels: around the print, never over it.

    Marks of the same box are nested.
    """
    taken: dict[Box, int] = {}
    for mark in marks:
        box = mark.box
        shown = Box(*(value * scale for value in (box.x0, box.y0, box.x1, box.y1)))
        along, across = (
            min(_MOST_MARGIN, max(_LEAST_MARGIN, share * min(shown.width, shown.height))) for share in (_ALONG, _ACROSS)
        )
        wide, high = (along, across) if shown.width >= shown.height else (across, along)
        line = taken.get(box, 0) + mark.width
        yield _grown(shown, wide + line, high + line)
        taken[box] = line + _LEAST_MARGIN


def _grown(box: Box, wide: float, high: float) -> Box:
    return Box(box.x0 - wide, box.y0 - high, max(box.x0, box.x1) + wide, max(box.y0, box.y1) + high)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _label_place(frame: Box, text: str, size: tuple[int, int], taken: Sequence[tuple[Box, int]]) -> Box:
    """Return the place beside a frame where its label covers the least; if equal, above it."""
    width, height = _chip_size(text)
    above, below = frame.y0 - height - 1, frame.y1 + 1
    corners = [
        *((x, y) for x in (frame.x0, frame.x1 - width) for y in (above, below)),
        *((x, frame.y0) for x in (frame.x0 - width - 1, frame.x1 + 1)),
        *((frame.x0, y) for y in (above - height, below + height)),
    ]
    inside = [
        (min(max(x, 0.0), max(size[0] - width - 1, 0.0)), min(max(y, 0.0), max(size[1] - height - 1, 0.0)))
        for x, y in corners
    ]
    places = [Box(x, y, x + width, y + height) for x, y in inside]
    return min(places, key=lambda place: sum(weight * place.intersection(other) for other, weight in taken))


def _chip_size(text: str) -> tuple[int, int]:
    return round(_font().getlength(text)) + 8, _FONT_SIZE + 5


def _draw_chip(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, color: Color) -> None:
    width, height = _chip_size(text)
    draw.rectangle((at[0], at[1], at[0] + width, at[1] + height), fill=color, outline=contrasting(color))
    draw.text((at[0] + 4, at[1] + 1), text, fill=contrasting(color), font=_font())


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
