"""A canvas in photo pixels that draws at twice the size and records the positions of text."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

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
    add,
    apply,
    between,
    bounds,
    direction,
    distance,
    map_text,
)

Colour = tuple[int, int, int]
# Pillow has no anti-aliasing, so everything is drawn larger and then shrunk.
SCALE = 2
_CAPITAL_MIDDLE = 0.36
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True)
class Ink:
    """A text style: ``size`` is in photo pixels, ``halo`` is the colour of an optional outline."""

    face: FontFace
    size: float
    colour: Colour = BLACK
    halo: Colour | None = None
    tracking: float = 0.0

    def sized(self, size: float) -> Ink:
        """Return the ink with another size."""
        return replace(self, size=size)

    def coloured(self, colour: Colour) -> Ink:
        """Return the ink with another colour."""
        return replace(self, colour=colour)


def text_size(text: str, ink: Ink) -> tuple[float, float]:
    """Return the width and line height of one line in photo pixels."""
    font = load(covering(ink.face, text), round(ink.size * SCALE))
    return font.getlength(text) / SCALE + ink.tracking * ink.size * max(len(text) - 1, 0), ink.size * 1.18


def fitting(text: str, ink: Ink, width: float) -> Ink:
    """Shrink the ink if the text would be wider than ``width``."""
    needed = text_size(text, ink)[0]
    return ink if needed <= width else ink.sized(max(ink.size * width / needed, 4.0))


@dataclass
class Canvas:
    """A photo being drawn. Coordinates are photo pixels; ``marks`` has the texts drawn with a key."""

    image: Image.Image
    marks: dict[str, PrintedText] = field(default_factory=dict)

    @classmethod
    def blank(cls, width: float, height: float, colour: Colour | None = WHITE) -> Canvas:
        """Return an empty canvas; transparent if ``colour`` is None."""
        size = (max(round(width * SCALE), 2), max(round(height * SCALE), 2))
        if colour is None:
            return cls(Image.new("RGBA", size, (0, 0, 0, 0)))
        return cls(Image.new("RGB", size, colour))

    @property
    def width(self) -> float:
        """Width in photo pixels."""
        return self.image.width / SCALE

    @property
    def height(self) -> float:
        """Height in photo pixels."""
        return self.image.height / SCALE

    @property
    def frame(self) -> Box:
        """The whole canvas."""
        return Box(0.0, 0.0, self.width, self.height)

    def luminances(self, frame: Box) -> NDArray[np.float64]:
        """Return the current pixels' luminances, in [0, 1], in a frame; empty outside the photo."""
        box = _pixel_box(frame, self.image)
        return np.asarray(self.image.crop(box).convert("L"), dtype=np.float64) / 255 if box else np.zeros(0)

    def fill(self, points: Points, paint: Colour | Image.Image, opacity: float = 1.0) -> None:
        """Fill a polygon with a colour, or with an image stretched to its bounds."""
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
        """Draw a polyline with round joints."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        pen = max(round(width * SCALE), 1)
        ImageDraw.Draw(self.image).line(scaled, fill=colour, width=pen, joint="curve")

    def outline(self, points: Points, colour: Colour, width: float = 1.0) -> None:
        """Draw a closed polyline."""
        self.line([*points, points[0], points[1]], colour, width)

    def dashed(self, p: Point, q: Point, colour: Colour, width: float, dash: float) -> None:
        """Draw a dashed line."""
        length, step = distance(p, q), direction(p, q)
        at = 0.0
        while at < length:
            self.line([add(p, step, at), add(p, step, min(at + dash, length))], colour, width)
            at += dash * 1.7

    def shadow(self, points: Points, offset: Point, blur: float, opacity: float) -> None:
        """Draw the soft shadow of a polygon."""
        margin = blur * 3
        frame = bounds([(x + offset[0], y + offset[1]) for x, y in points])
        box = _pixel_box(Box(frame.x0 - margin, frame.y0 - margin, frame.x1 + margin, frame.y1 + margin), self.image)
        if box is None:
            return
        x0, y0, x1, y1 = box
        # Blurring at a quarter of the size is much faster.
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
        """Write one line and return its frame.

        Args:
            at: Position of the anchor, which is the centre of rotation.
            text: The line.
            ink: The text style.
            anchor: Horizontal l, m or r, then vertical t, m or b.
            angle: Reading direction, clockwise in degrees (90: top to bottom).
            key: Key in ``marks``.
        """
        tile, pad, rise = _text_tile(text, ink)
        width, height = tile.width - 2 * pad, tile.height - 2 * pad
        left = {"l": 0.0, "m": -width / 2, "r": -width}[anchor[0]]
        # The middle of a line is that of its capitals, so that parts of a line share a baseline.
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
        """Draw a layer and its marks, transformed by a map from its pixels to this canvas's."""
        corners = apply(matrix, layer.frame.corners)
        box = _pixel_box(bounds(corners), self.image)
        if box is not None:
            zoom = np.diag([float(SCALE), float(SCALE), 1.0])
            shift = np.array([[1.0, 0.0, -box[0]], [0.0, 1.0, -box[1]], [0.0, 0.0, 1.0]])
            full = shift @ zoom @ matrix @ np.linalg.inv(zoom)
            # Interpolate premultiplied values, or the colour of transparent pixels would bleed into edges.
            source = np.asarray(layer.image.convert("RGBa"))
            warped = cv2.warpPerspective(source, full, (box[2] - box[0], box[3] - box[1]), flags=cv2.INTER_LINEAR)
            patch = Image.frombytes("RGBa", (box[2] - box[0], box[3] - box[1]), warped.tobytes()).convert("RGBA")
            self.image.paste(patch, box[:2], patch)
        self.marks.update({key: map_text(mark, matrix) for key, mark in layer.marks.items()})


def part_of_text(whole: PrintedText, ink: Ink, start: int, end: int) -> PrintedText:
    """Return the mark of a line's characters from ``start`` to ``end``."""
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
