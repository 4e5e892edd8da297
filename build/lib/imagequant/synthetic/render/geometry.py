"""Points, polygons, projective maps, and views of solids with mild perspective."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Box

Point = tuple[float, float]
Points = Sequence[Point]
Matrix = NDArray[np.float64]
Segment = tuple[Point, Point]
Corner = tuple[float, float, float]


@dataclass(frozen=True)
class PrintedText:
    """A drawn text.

    Attributes:
        text: The text.
        quad: Its corners, clockwise from its top left.
        angle: Its reading direction, clockwise in degrees.
        edges: Where each character begins, and the last one ends, as shares of the text's length.
    """

    text: str
    quad: tuple[Point, Point, Point, Point]
    angle: float
    edges: tuple[float, ...]

    def mapped(self, matrix: Matrix) -> PrintedText:
        """Return the mapped mark; its angle is that of its top edge."""
        a, b, c, d = apply(matrix, self.quad)
        angle = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0])) % 360.0
        return replace(self, quad=(a, b, c, d), angle=angle)

    def part(self, start: int, end: int) -> PrintedText:
        """Return the mark of the characters from ``start`` to ``end``."""
        low, high = self.edges[start], self.edges[end]
        a, b, c, d = self.quad
        quad = (between(a, b, low), between(a, b, high), between(d, c, high), between(d, c, low))
        edges = tuple((edge - low) / ((high - low) or 1.0) for edge in self.edges[start : end + 1])
        return PrintedText(self.text[start:end], quad, self.angle, edges)


def add(p: Point, q: Point, factor: float = 1.0) -> Point:
    """``p + factor * q``."""
    return p[0] + factor * q[0], p[1] + factor * q[1]


def between(p: Point, q: Point, share: float = 0.5) -> Point:
    """Return the point at a share of the way from p to q."""
    return p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share


def direction(p: Point, q: Point) -> Point:
    """Return the unit vector from p to q."""
    length = math.dist(p, q) or 1.0
    return (q[0] - p[0]) / length, (q[1] - p[1]) / length


def homography(source: Points, target: Points) -> Matrix:
    """Return the 3 x 3 matrix that maps four points to four others."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    values = np.array([coordinate for point in target for coordinate in point], dtype=np.float64)
    solved = np.linalg.solve(np.array(rows, dtype=np.float64), values)
    return np.append(solved, 1.0).reshape(3, 3)


def apply(matrix: Matrix, points: Points) -> list[Point]:
    """Map points by a 3 x 3 matrix."""
    mapped = np.column_stack([np.asarray(points, dtype=np.float64), np.ones(len(points))]) @ matrix.T
    return [(float(x / w), float(y / w)) for x, y, w in mapped]


def bounds(points: Points) -> Box:
    """Return the bounding box of points."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def ellipse(center: Point, rx: float, ry: float, start: float = 0, end: float = 360, steps: int = 48) -> list[Point]:
    """Return points on an ellipse; degrees are clockwise from the right."""
    angles = np.radians(np.linspace(start, end, steps))
    return [(center[0] + rx * math.cos(angle), center[1] + ry * math.sin(angle)) for angle in angles]


def disc(center: Point, radius: float) -> list[Point]:
    """Return points on a circle."""
    return ellipse(center, radius, radius)


def rounded(frame: Box, radius: float) -> list[Point]:
    """Return a rectangle with round corners."""
    radius = max(min(radius, frame.width / 2, frame.height / 2), 0.0)
    x0, y0, x1, y1 = frame.x0 + radius, frame.y0 + radius, frame.x1 - radius, frame.y1 - radius
    centers = (((x1, y0), 270.0), ((x1, y1), 0.0), ((x0, y1), 90.0), ((x0, y0), 180.0))
    return [p for center, start in centers for p in ellipse(center, radius, radius, start, start + 90.0, 8)]


def leaning(center: Point, target: Point, degrees: float, scale: float) -> Matrix:
    """Return the matrix that rotates clockwise around a centre, scales, and moves the centre to a target."""
    cos, sin = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    x, y = center
    return np.array([[cos, -sin, target[0] - cos * x + sin * y], [sin, cos, target[1] - sin * x - cos * y], [0, 0, 1]])


@dataclass(frozen=True)
class Cuboid:
    """A block from corner ``low`` to corner ``high``: (across, back, up) in centimetres."""

    low: Corner
    high: Corner


@dataclass(frozen=True)
class View:
    """Maps (across the front, towards the back, up) in centimetres to the photo.

    ``across`` and ``back`` are the photo's vectors for one centimetre; up is vertical. ``fade`` is the perspective's
    shrinkage over the whole depth. ``mirrored`` views show the left side instead of the right one.
    """

    origin: Point
    scale: float
    across: Point
    back: Point
    fade: float
    depth: float
    mirrored: bool = False

    def at(self, x: float, y: float, z: float) -> Point:
        """Return the photo point of a corner."""
        shrink = self.scale / (1.0 + self.fade * y / self.depth)
        u, v = self.across[0] * x + self.back[0] * y, self.across[1] * x + self.back[1] * y - z
        u = -u if self.mirrored else u
        return self.origin[0] + u * shrink, self.origin[1] + v * shrink

    def fitted(self, block: Cuboid, room: Box) -> View:
        """Scale and move the view so that the block fills the room."""
        unit = replace(self, origin=(0.0, 0.0), scale=1.0)
        covered = bounds([unit.at(*corner) for corner in product(*zip(block.low, block.high, strict=True))])
        scale = min(room.width / covered.width, room.height / covered.height)
        (x, y), (u, v) = room.center, (covered.x0 + covered.x1, covered.y0 + covered.y1)
        return replace(self, origin=(x - scale * u / 2, y - scale * v / 2), scale=scale)

    def front(self, block: Cuboid, u: float, v: float) -> Point:
        """Return a point of the block's front, by shares from the left and top."""
        (x0, y0, z0), (x1, _, z1) = block.low, block.high
        return self.at(x0 + (x1 - x0) * u, y0, z1 - (z1 - z0) * v)

    def patch(self, block: Cuboid, u0: float, v0: float, u1: float, v1: float) -> list[Point]:
        """Return the corners of a rectangle on the block's front, by shares from the left and top."""
        return [self.front(block, u, v) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]
