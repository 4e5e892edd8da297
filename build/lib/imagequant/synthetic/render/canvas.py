"""A canvas in photo pixels that draws at twice the size and records the positions of text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil, cos, floor, inf, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from imagequant.core.records import Box
from imagequant.synthetic.render.colours import BLACK, WHITE, Colour
from imagequant.synthetic.render.fonts import FontFace, covering, load
from imagequant.synthetic.render.geometry import Matrix, Point, Points, PrintedText, add, apply, bounds

Shape = Box | Points
Paint = Colour | Image.Image
# Offset, blur and opacity.
Shadow = tuple[Point, float, float] | None
# Pillow has no anti-aliasing, so everything is drawn larger and then shrunk.
SCALE = 2
_CAPITAL_MIDDLE = 0.36


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


def text_width(text: str, ink: Ink) -> float:
    """Return the width of a line in photo pixels."""
    return _font(text, ink).getlength(text) / SCALE + ink.tracking * ink.size * max(len(text) - 1, 0)


def fitting(text: str, ink: Ink, width: float) -> Ink:
    """Shrink the ink if the text would be wider than ``width``."""
    needed = text_width(text, ink)
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

    def holds(self, frame: Box) -> bool:
        """Return whether a frame is entirely on the photo."""
        return frame.x0 >= 0 and frame.y0 >= 0 and frame.x1 <= self.width and frame.y1 <= self.height

    def luminances(self, frame: Box) -> NDArray[np.float64]:
        """Return the current pixels' luminances, in [0, 1], in a frame; empty outside the photo."""
        box = _pixel_box(frame, self.image)
        return np.asarray(self.image.crop(box).convert("L"), dtype=np.float64) / 255 if box else np.zeros(0)

    def fill(self, shape: Shape, paint: Paint, opacity: float = 1.0) -> None:
        """Fill a shape with a colour, or with an image stretched to its bounds."""
        points = _corners(shape)
        full = bounds(points)
        box = _pixel_box(full, self.image)
        if box is None:
            return
        x0, y0, x1, y1 = box
        mask = Image.new("L", (x1 - x0, y1 - y0), 0)
        ImageDraw.Draw(mask).polygon(
            [(x * SCALE - x0, y * SCALE - y0) for x, y in points], fill=round(255 * max(min(opacity, 1.0), 0.0))
        )
        if isinstance(paint, Image.Image):
            left, top = round(full.x0 * SCALE), round(full.y0 * SCALE)
            size = (max(round(full.width * SCALE), 1), max(round(full.height * SCALE), 1))
            patch = paint.convert("RGB").resize(size, Image.Resampling.BILINEAR)
            self.image.paste(patch.crop((x0 - left, y0 - top, x1 - left, y1 - top)), (x0, y0), mask)
        else:
            self.image.paste(paint, box, mask)

    def line(self, points: Points, colour: Colour, width: float = 1.0) -> None:
        """Draw a polyline with round joints."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        pen = max(round(width * SCALE), 1)
        ImageDraw.Draw(self.image).line(scaled, fill=colour, width=pen, joint="curve")

    def outline(self, shape: Shape, colour: Colour, width: float = 1.0) -> None:
        """Draw the edge of a shape."""
        points = _corners(shape)
        self.line([*points, points[0], points[1]], colour, width)

    def shadow(self, shape: Shape, offset: Point, blur: float, opacity: float) -> None:
        """Draw the soft shadow of a shape."""
        margin = blur * 3
        points = [add(point, offset) for point in _corners(shape)]
        frame = bounds(points)
        box = _pixel_box(Box(frame.x0 - margin, frame.y0 - margin, frame.x1 + margin, frame.y1 + margin), self.image)
        if box is None:
            return
        x0, y0, x1, y1 = box
        # Blurring at a quarter of the size is much faster.
        shrink = 4
        mask = Image.new("L", (max((x1 - x0) // shrink, 1), max((y1 - y0) // shrink, 1)), 0)
        scaled = [((x * SCALE - x0) / shrink, (y * SCALE - y0) / shrink) for x, y in points]
        ImageDraw.Draw(mask).polygon(scaled, fill=round(255 * opacity))
        mask = mask.filter(ImageFilter.GaussianBlur(blur * SCALE / shrink)).resize((x1 - x0, y1 - y0))
        self.image.paste((30, 30, 34), box, mask)

    def body(self, shape: Shape, paint: Paint, shadow: Shadow, edge: Colour | None = None, pen: float = 0.8) -> None:
        """Draw a part of a product: its surface, and its shadow and edge if it has them."""
        if shadow is not None:
            self.shadow(shape, *shadow)
        self.fill(shape, paint)
        if edge is not None:
            self.outline(shape, edge, pen)

    def text(
        self, at: Point, text: str, ink: Ink, anchor: str = "mm", angle: float = 0, key: str = "", width: float = inf
    ) -> Box:
        """Write one line and return its frame.

        The anchor (horizontally l, m or r, then vertically t, m or b) lies at ``at``, which is the centre of rotation.
        ``angle`` is the reading direction, clockwise in degrees (90: top to bottom). A line with a key is recorded in
        ``marks``. The ink is shrunk if the line would be wider than ``width``.
        """
        ink = fitting(text, ink, width)
        tile, pad, rise = _text_tile(text, ink)
        wide, height = tile.width - 2 * pad, tile.height - 2 * pad
        left = {"l": 0.0, "m": -wide / 2, "r": -wide}[anchor[0]]
        # The middle of a line is that of its capitals, so that parts of a line share a baseline.
        top = {"t": 0.0, "m": _CAPITAL_MIDDLE * ink.size * SCALE - rise, "b": -height}[anchor[1]]
        right, down = cos(radians(angle)), sin(radians(angle))
        corners = Box(left, top, left + wide, top + height).corners
        quad = [(at[0] * SCALE + x * right - y * down, at[1] * SCALE + x * down + y * right) for x, y in corners]
        center = ((quad[0][0] + quad[2][0]) / 2, (quad[0][1] + quad[2][1]) / 2)
        if angle % 360.0:
            tile = tile.rotate(-angle, Image.Resampling.BICUBIC, expand=True)
        x0, y0 = round(center[0] - tile.width / 2), round(center[1] - tile.height / 2)
        box = (x0, y0, x0 + tile.width, y0 + tile.height)
        if ink.halo is not None:
            thick = tile.filter(ImageFilter.MaxFilter(2 * max(round(ink.size * SCALE * 0.06), 1) + 1))
            self.image.paste(ink.halo, box, thick)
        self.image.paste(ink.colour, box, tile)
        a, b, c, d = ((x / SCALE, y / SCALE) for x, y in quad)
        if key:
            self.marks[key] = PrintedText(text, (a, b, c, d), angle % 360.0, _edges(text, ink))
        return bounds((a, b, c, d))

    def place(self, layer: Canvas, matrix: Matrix) -> None:
        """Draw a layer and its marks, transformed by a map from its pixels to this canvas's."""
        box = _pixel_box(bounds(apply(matrix, layer.frame.corners)), self.image)
        if box is not None:
            size = (box[2] - box[0], box[3] - box[1])
            zoom = np.diag([float(SCALE), float(SCALE), 1.0])
            shift = np.array([[1.0, 0.0, -box[0]], [0.0, 1.0, -box[1]], [0.0, 0.0, 1.0]])
            full = shift @ zoom @ matrix @ np.linalg.inv(zoom)
            # Interpolate premultiplied values, or the colour of transparent pixels would bleed into edges.
            source = np.asarray(layer.image.convert("RGBa"))
            warped = cv2.warpPerspective(source, full, size, flags=cv2.INTER_LINEAR)
            patch = Image.frombytes("RGBa", size, warped.tobytes()).convert("RGBA")
            self.image.paste(patch, box[:2], patch)
        self.marks.update({key: mark.mapped(matrix) for key, mark in layer.marks.items()})


def _corners(shape: Shape) -> Points:
    return shape.corners if isinstance(shape, Box) else shape


def _edges(text: str, ink: Ink) -> tuple[float, ...]:
    ends = [text_width(text[:end], ink) for end in range(len(text) + 1)]
    return tuple(end / (ends[-1] or 1.0) for end in ends)


def _font(text: str, ink: Ink) -> ImageFont.FreeTypeFont:
    return load(covering(ink.face, text), round(ink.size * SCALE))


def _text_tile(text: str, ink: Ink) -> tuple[Image.Image, int, float]:
    font = _font(text, ink)
    pad = round(ink.size * SCALE * 0.12) + 2
    box = font.getbbox(text, anchor="ls")
    spacing = round(ink.tracking * ink.size * SCALE)
    width = round(box[2] - box[0]) + spacing * max(len(text) - 1, 0)
    tile = Image.new("L", (max(width, 1) + 2 * pad, max(round(box[3] - box[1]), 1) + 2 * pad), 0)
    draw = ImageDraw.Draw(tile)
    x = float(pad - box[0])
    # Letters that are not spaced keep the font's kerning.
    for part in text if spacing else (text,):
        draw.text((x, pad - box[1]), part, fill=255, font=font, anchor="ls")
        x += font.getlength(part) + spacing
    return tile, pad, -box[1]


def _pixel_box(frame: Box, image: Image.Image) -> tuple[int, int, int, int] | None:
    x0, y0 = max(floor(frame.x0 * SCALE), 0), max(floor(frame.y0 * SCALE), 0)
    x1, y1 = min(ceil(frame.x1 * SCALE) + 1, image.width), min(ceil(frame.y1 * SCALE) + 1, image.height)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
