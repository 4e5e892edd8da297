"""Views of solids with mild perspective, and drawing of cuboids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas, Colour
from imagequant.synthetic.render.geometry import Point, bounds
from imagequant.synthetic.render.surfaces import lit

Corner = tuple[float, float, float]
Paint = Callable[[float], Image.Image]


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
        across = -self.across[0] if self.mirrored else self.across[0]
        back = -self.back[0] if self.mirrored else self.back[0]
        u = across * x + back * y
        v = self.across[1] * x + self.back[1] * y - z
        return self.origin[0] + u * shrink, self.origin[1] + v * shrink


@dataclass(frozen=True)
class Cuboid:
    """A block from corner ``low`` to corner ``high``: (across, back, up) in centimetres."""

    low: Corner
    high: Corner

    def corners(self) -> list[Corner]:
        """Return all eight corners."""
        (x0, y0, z0), (x1, y1, z1) = self.low, self.high
        return [(x, y, z) for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)]


def fitted_view(view: View, block: Cuboid, room: Box) -> View:
    """Scale and move a view so that the block fills the room."""
    unit = replace(view, origin=(0.0, 0.0), scale=1.0)
    covered = bounds([unit.at(*corner) for corner in block.corners()])
    scale = min(room.width / covered.width, room.height / covered.height)
    origin = (
        (room.x0 + room.x1) / 2 - scale * (covered.x0 + covered.x1) / 2,
        (room.y0 + room.y1) / 2 - scale * (covered.y0 + covered.y1) / 2,
    )
    return replace(view, origin=origin, scale=scale)


def front(view: View, block: Cuboid, u: float, v: float) -> Point:
    """Return a point of the block's front, by shares from the left and top."""
    (x0, y0, z0), (x1, _, z1) = block.low, block.high
    return view.at(x0 + (x1 - x0) * u, y0, z1 - (z1 - z0) * v)


def front_patch(view: View, block: Cuboid, area: tuple[float, float, float, float]) -> list[Point]:
    """Return the corners of a rectangle (left, top, right, bottom as shares) on the front."""
    u0, v0, u1, v1 = area
    return [front(view, block, u, v) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]


def faces(view: View, block: Cuboid) -> dict[str, list[Point]]:
    """Return the visible faces."""
    (x0, y0, z0), (x1, y1, z1) = block.low, block.high
    return {
        "front": [view.at(x0, y0, z1), view.at(x1, y0, z1), view.at(x1, y0, z0), view.at(x0, y0, z0)],
        "side": [view.at(x1, y0, z1), view.at(x1, y1, z1), view.at(x1, y1, z0), view.at(x1, y0, z0)],
        "top": [view.at(x0, y0, z1), view.at(x1, y0, z1), view.at(x1, y1, z1), view.at(x0, y1, z1)],
    }


def draw_block(canvas: Canvas, view: View, block: Cuboid, paint: Paint, edge: Colour | None) -> None:
    """Draw the visible faces with different light, and their edges."""
    shape = faces(view, block)
    for name, light in (("top", 1.07), ("side", 0.8), ("front", 0.95)):
        canvas.fill(shape[name], paint(light))
        if edge is not None:
            canvas.outline(shape[name], lit(edge, light), 0.7)
