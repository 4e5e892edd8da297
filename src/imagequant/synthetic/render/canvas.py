"""A drawing surface in photo pixels that draws twice as large and remembers where text went."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from imagequant.core.records import Box
from imagequant.synthetic.render.fonts import FontFace, covering, load
from imagequant.synthetic.render.geometry import (
    Matrix,
    Point,
    Points,
    PrintedText,
    apply,
    between,
    bounds,
    direction,
    distance,
    map_text,
)

Colour = tuple[int, int, int]
# Pillow draws without anti-aliasing; drawing larger and shrinking gives it to lines and edges alike.
SCALE = 2
_CAPITAL_MIDDLE = 0.36
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True)
class Ink:
    """How text is written: size in photo pixels, and an outline in ``halo`` where it must stand off its ground."""

    face: FontFace
    size: float
    colour: Colour = BLACK
    halo: Colour | None = None
    tracking: float = 0.0

    def sized(self, size: float) -> Ink:
        """The same ink at another size."""
        return Ink(self.face, size, self.colour, self.halo, self.tracking)

    def coloured(self, colour: Colour) -> Ink:
        """The same ink in another colour."""
        return Ink(self.face, self.size, colour, self.halo, self.tracking)


def text_size(text: str, ink: Ink) -> tuple[float, float]:
    """Width and line height of one line, in photo pixels."""
    font = load(covering(ink.face, text), round(ink.size * SCALE))
    return font.getlength(text) / SCALE + ink.tracking * ink.size * max(len(text) - 1, 0), ink.size * 1.18


def fitting(text: str, ink: Ink, width: float) -> Ink:
    """The ink, shrunk where the text would be wider than allowed."""
    needed = text_size(text, ink)[0]
    return ink if needed <= width else ink.sized(max(ink.size * width / needed, 4.0))


@dataclass
class Canvas:
    """A photo being drawn. Coordinates are photo pixels; ``marks`` lists the text drawn under a key."""

    image: Image.Image
    marks: dict[str, PrintedText] = field(default_factory=dict)

    @classmethod
    def blank(cls, width: float, height: float, colour: Colour | None = WHITE) -> Canvas:
        """A canvas in one colour, or fully transparent."""
        size = (max(round(width * SCALE), 2), max(round(height * SCALE), 2))
        if colour is None:
            return cls(Image.new("RGBA", size, (0, 0, 0, 0)))
        return cls(Image.new("RGB", size, colour))

    @property
    def width(self) -> float:
        """Photo pixels across."""
        return self.image.width / SCALE

    @property
    def height(self) -> float:
        """Photo pixels down."""
        return self.image.height / SCALE

    @property
    def frame(self) -> Box:
        """All of the canvas."""
        return Box(0.0, 0.0, self.width, self.height)

    def luminances(self, frame: Box) -> NDArray[np.float64]:
        """The perceived lightness, in [0, 1], of the pixels drawn so far in a frame; empty outside of the photo."""
        box = _pixel_box(frame, self.image)
        return np.asarray(self.image.crop(box).convert("L"), dtype=np.float64) / 255 if box else np.zeros(0)

    def fill(self, points: Points, paint: Colour | Image.Image, opacity: float = 1.0) -> None:
        """Fills a polygon with a colour, or with an image stretched over the polygon's bounds."""
        box = _pixel_box(bounds(points), self.image)
        if box is None:
            return
        x0, y0, x1, y1 = box
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        ImageDraw.Draw(mask).polygon(
            [(x * SCALE - x0, y * SCALE - y0) for x, y in points], fill=round(255 * max(min(opacity, 1.0), 0.0))
        )
        if isinstance(paint, Image.Image):
            full = bounds(points)
            left, top = round(full.x0 * SCALE), round(full.y0 * SCALE)
            size = (max(round(full.width * SCALE), 1), max(round(full.height * SCALE), 1))
            patch = paint.convert("RGB").resize(size, Image.Resampling.BILINEAR)
            self.image.paste(patch.crop((x0 - left, y0 - top, x1 - left, y1 - top)), (x0, y0), mask)
        else:
            self.image.paste(paint, (x0, y0, x1, y1), mask)

    def line(self, points: Points, colour: Colour, width: float = 1.0) -> None:
        """A polyline with round joints."""
        pen = max(round(width * SCALE), 1)
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        draw = ImageDraw.Draw(self.image)
        draw.line(scaled, fill=colour, width=pen, joint="curve")

    def outline(self, points: Points, colour: Colour, width: float = 1.0) -> None:
        """A closed polyline."""
        self.line([*points, points[0], points[1]], colour, width)

    def dashed(self, p: Point, q: Point, colour: Colour, width: float, dash: float) -> None:
        """A straight dashed line."""
        length, step = distance(p, q), direction(p, q)
        at = 0.0
        while at < length:
            end = min(at + dash, length)
            self.line(
                [(p[0] + step[0] * at, p[1] + step[1] * at), (p[0] + step[0] * end, p[1] + step[1] * end)],
                colour,
                width,
            )
            at += dash * 1.7

    def shadow(self, points: Points, offset: Point, blur: float, opacity: float) -> None:
        """A soft dark copy of a polygon."""
        margin = blur * 3
        frame = bounds([(x + offset[0], y + offset[1]) for x, y in points])
        box = _pixel_box(Box(frame.x0 - margin, frame.y0 - margin, frame.x1 + margin, frame.y1 + margin), self.image)
        if box is None:
            return
        x0, y0, x1, y1 = box
        # Blurred at a quarter of the size: it is soft anyway, and a large blur costs most of a photo's time.
        shrink = 4
        mask = Image.new("L", (max((x1 - x0) // shrink, 1), max((y1 - y0) // shrink, 1)), 0)
        ImageDraw.Draw(mask).polygon(
            [(((x + offset[0]) * SCALE - x0) / shrink, ((y + offset[1]) * SCALE - y0) / shrink) for x, y in points],
            fill=round(255 * opacity),
        )
        mask = mask.filter(ImageFilter.GaussianBlur(blur * SCALE / shrink)).resize((x1 - x0, y1 - y0))
        self.image.paste((30, 30, 34), (x0, y0, x1, y1), mask)

    def text(
        self, at: Point, text: str, ink: Ink, anchor: str = "mm", angle: float = 0.0, key: str | None = None
    ) -> Box:
        """Writes one line and returns the frame it covers.

        Args:
            at: Where the anchor goes; the text turns about it.
            text: One line.
            ink: FontFace, size, colour.
            anchor: Horizontal l, m, r then vertical t, m, b.
            angle: Reading direction, clockwise in degrees (90: top to bottom).
            key: Remembered in ``marks`` under this name.
        """
        tile, pad, rise = _text_tile(text, ink)
        width, height = tile.width - 2 * pad, tile.height - 2 * pad
        left = {"l": 0.0, "m": -width / 2, "r": -width}[anchor[0]]
        # The middle of a line is that of its digits and capitals, so that pieces of a line share a baseline.
        top = {"t": 0.0, "m": _CAPITAL_MIDDLE * ink.size * SCALE - rise, "b": -height}[anchor[1]]
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
        quad = [((at[0] * SCALE + x * cos - y * sin), (at[1] * SCALE + x * sin + y * cos)) for x, y in corners]
        center = ((quad[0][0] + quad[2][0]) / 2, (quad[0][1] + quad[2][1]) / 2)
        if angle % 360.0:
            tile = tile.rotate(-angle, Image.Resampling.BICUBIC, expand=True)
        corner = (round(center[0] - tile.width / 2), round(center[1] - tile.height / 2))
        if ink.halo is not None:
            thick = tile.filter(ImageFilter.MaxFilter(2 * max(round(ink.size * SCALE * 0.06), 1) + 1))
            self.image.paste(ink.halo, (*corner, corner[0] + tile.width, corner[1] + tile.height), thick)
        self.image.paste(ink.colour, (*corner, corner[0] + tile.width, corner[1] + tile.height), tile)
        a, b, c, d = ((x / SCALE, y / SCALE) for x, y in quad)
        if key is not None:
            self.marks[key] = PrintedText(text, (a, b, c, d), angle % 360.0)
        return bounds((a, b, c, d))

    def place(self, layer: Canvas, matrix: Matrix) -> None:
        """Draws a transparent layer under a map from its pixels to this canvas's; its marks come along."""
        corners = apply(matrix, layer.frame.corners)
        box = _pixel_box(bounds(corners), self.image)
        if box is not None:
            zoom = np.diag([float(SCALE), float(SCALE), 1.0])
            shift = np.array([[1.0, 0.0, -box[0]], [0.0, 1.0, -box[1]], [0.0, 0.0, 1.0]])
            full = shift @ zoom @ matrix @ np.linalg.inv(zoom)
            # Colour under transparent pixels would bleed into the edges: interpolate premultiplied values.
            source = np.asarray(layer.image.convert("RGBa"))
            warped = cv2.warpPerspective(source, full, (box[2] - box[0], box[3] - box[1]), flags=cv2.INTER_LINEAR)
            patch = Image.frombytes("RGBa", (box[2] - box[0], box[3] - box[1]), warped.tobytes()).convert("RGBA")
            self.image.paste(patch, box[:2], patch)
        self.marks.update({key: map_text(mark, matrix) for key, mark in layer.marks.items()})


def part_of_text(whole: PrintedText, ink: Ink, start: int, end: int) -> PrintedText:
    """The mark of some of a line's characters, found by the widths of what stands before and up to them."""
    font = load(covering(ink.face, whole.text), round(ink.size * SCALE))
    total = font.getlength(whole.text) or 1.0
    low, high = font.getlength(whole.text[:start]) / total, font.getlength(whole.text[:end]) / total
    a, b, c, d = whole.quad
    quad = (between(a, b, low), between(a, b, high), between(d, c, high), between(d, c, low))
    return PrintedText(whole.text[start:end], quad, whole.angle)


def _text_tile(text: str, ink: Ink) -> tuple[Image.Image, int, float]:
    font = load(covering(ink.face, text), round(ink.size * SCALE))
    pad = round(ink.size * SCALE * 0.12) + 2
    box = font.getbbox(text, anchor="ls")
    spacing = round(ink.tracking * ink.size * SCALE)
    width = round(box[2] - box[0]) + spacing * max(len(text) - 1, 0)
    height = round(box[3] - box[1])
    tile = Image.new("L", (max(width, 1) + 2 * pad, max(height, 1) + 2 * pad), 0)
    draw = ImageDraw.Draw(tile)
    if not spacing:
        draw.text((pad - box[0], pad - box[1]), text, fill=255, font=font, anchor="ls")
        return tile, pad, -box[1]
    x = float(pad - box[0])
    for character in text:
        draw.text((x, pad - box[1]), character, fill=255, font=font, anchor="ls")
        x += font.getlength(character) + spacing
    return tile, pad, -box[1]


def _pixel_box(frame: Box, image: Image.Image) -> tuple[int, int, int, int] | None:
    x0, y0 = max(math.floor(frame.x0 * SCALE), 0), max(math.floor(frame.y0 * SCALE), 0)
    x1, y1 = min(math.ceil(frame.x1 * SCALE) + 1, image.width), min(math.ceil(frame.y1 * SCALE) + 1, image.height)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
