"""Packs as flat faces (pouch, box, jar label, tube, can) and their placement on a photo."""

from dataclasses import dataclass

import numpy as np

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.colours import VIVIDS, Colour, any_colour, lit, luminance, mixed
from imagequant.synthetic.render.geometry import Point, Points, apply, disc, ellipse, homography, leaning, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import cylinder, matte, metal, pattern, tinted, wood


@dataclass(frozen=True)
class PackFace:
    """A pack's front: a transparent layer, the printable area, and its colour."""

    layer: Canvas
    area: Box
    colour: Colour
    form: str


def pack_face(rng: Rng, size: float, forms: tuple[str, ...]) -> PackFace:
    """Draw an empty pack of one of the forms, ``size`` pixels high."""
    form = rng.pick(forms)
    aspects = {"pouch": 0.72, "box": rng.uniform(0.55, 1.5), "jar": 0.72, "bottle": 0.42, "can": 0.55, "tube": 0.4}
    layer = Canvas.blank(size * {**aspects, "flat": rng.uniform(1.2, 2.0)}[form], size, None)
    vivid = lit(rng.pick(VIVIDS), rng.uniform(0.8, 1.15))
    colour = rng.weighted(((vivid, 6), ((248, 248, 246), 2), ((24, 24, 28), 1.5), (any_colour(rng), 2)))
    frame = layer.frame.inner(0.01, 0.01, 0.99, 0.99)
    if form == "pouch":
        area = _pouch(rng, layer, frame, colour)
    elif form in ("jar", "bottle"):
        area = _labelled(rng, layer, frame, colour, form == "jar")
    elif form == "tube":
        body = [frame.at(0, 0), frame.at(1, 0), frame.at(0.92, 0.86), frame.at(0.08, 0.86)]
        layer.fill(body, cylinder(rng, colour))
        layer.fill(frame.inner(0.1, 0.86, 0.9, 1), cylinder(rng, lit(colour, 0.8)))
        area = frame.inner(0.12, 0.06, 0.88, 0.82)
    elif form == "can":
        layer.fill(rounded(frame, frame.width * 0.1), metal(rng))
        layer.fill(frame.inner(0, 0.06, 1, 0.94), cylinder(rng, colour))
        area = frame.inner(0.1, 0.1, 0.9, 0.9)
    else:
        layer.fill(frame, matte(rng, colour))
        _decoration(rng, layer, frame, colour)
        area = frame.inner(0.06, 0.05, 0.94, 0.95)
    return PackFace(layer, area, colour, form)


def _decoration(rng: Rng, layer: Canvas, frame: Box, colour: Colour) -> None:
    if rng.chance(0.4):
        top = rng.chance(0.5)
        band = frame.inner(0, 0, 1, rng.uniform(0.1, 0.35)) if top else frame.inner(0, rng.uniform(0.65, 0.9), 1, 1)
        layer.fill(band, mixed(colour, rng.pick(VIVIDS), 0.25))
    if rng.chance(0.3):
        center = frame.at(rng.uniform(0.2, 0.8), rng.uniform(0.3, 0.7))
        radius = frame.width * rng.uniform(0.2, 0.5)
        layer.fill(disc(center, radius), lit(colour, rng.uniform(0.85, 1.15)), 0.6)
    if rng.chance(0.25):
        layer.fill(frame.inner(0, 0.55, 1, 1), pattern(rng, colour, lit(colour, 0.85)), 0.5)


def _pouch(rng: Rng, layer: Canvas, frame: Box, colour: Colour) -> Box:
    # A bag with toothed seams at its ends and hollow sides; returns the printable area.
    steps = 22
    teeth = frame.height * 0.006
    points: list[Point] = [
        *((frame.at(s / steps, 0)[0], frame.y0 + (teeth if s % 2 else 0)) for s in range(steps + 1)),
        *(frame.at(1 - 0.03 * np.sin(3.14 * s / 12), s / 12) for s in range(1, 12)),
        *((frame.at(1 - s / steps, 1)[0], frame.y1 - (teeth if s % 2 else 0)) for s in range(steps + 1)),
        *(frame.at(0.03 * np.sin(3.14 * s / 12), 1 - s / 12) for s in range(1, 12)),
    ]
    v, u = np.meshgrid(np.linspace(0, 1, 96), np.linspace(0, 1, 72), indexing="ij")
    bulge = 1.05 - 0.45 * np.abs(2 * u - 1) ** 3 - 0.2 * np.abs(2 * v - 1) ** 6
    crease = 0.06 * np.sin(9 * (u + 0.4 * v) + rng.uniform(0, 6)) * (np.abs(2 * v - 1) ** 2)
    layer.fill(points, tinted(colour, bulge + crease))
    for y in (0.04, 0.96):
        layer.line([frame.at(0.01, y), frame.at(0.99, y)], lit(colour, 0.8), 1)
    if rng.chance(0.5):
        layer.fill(frame.inner(0.06, 0.1, 0.94, rng.uniform(0.25, 0.4)), mixed(colour, (255, 255, 255), 0.25), 0.5)
    return frame.inner(0.1, 0.09, 0.9, 0.92)


def _labelled(rng: Rng, layer: Canvas, frame: Box, colour: Colour, jar: bool) -> Box:
    # A jar or bottle with a cap and a label; returns the label's printable area.
    glass = rng.pick(((250, 250, 248), (30, 28, 28), (110, 60, 24), (226, 230, 232), lit(colour, 0.7)))
    paint = cylinder(rng, glass)
    cap = frame.inner(0.2, 0, 0.8, 0.15) if jar else frame.inner(0.34, 0, 0.66, 0.12)
    body = frame.inner(0, 0.17 if jar else 0.26, 1, 1)
    shoulder = body.y0 + frame.width * 0.1
    layer.fill([(cap.x0 + 1, cap.y1), (cap.x1 - 1, cap.y1), (body.x1, shoulder), (body.x0, shoulder)], paint)
    layer.fill(rounded(body, frame.width * 0.1), paint)
    cap_colour = rng.pick(((20, 20, 22), (245, 245, 245), (190, 160, 80), lit(colour, 0.9)))
    layer.fill(rounded(cap, 4), cylinder(rng, cap_colour))
    label = body.inner(0.0, 0.14, 1.0, 0.92)
    layer.fill(label, cylinder(rng, colour))
    return label.inner(0.13, 0.03, 0.87, 0.97)


def stand(rng: Rng, canvas: Canvas, face: PackFace, room: Box) -> None:
    """Place a pack: upright, rotated, or as a box with a visible side."""
    pack = face.layer.frame
    scale = min(room.width / pack.width, room.height / pack.height)
    width, height = pack.width * scale, pack.height * scale
    x, y = (room.x0 + room.x1 - width) / 2, room.y1 - (room.height - height) / 2 - height
    target = Box(x, y, x + width, y + height)
    quad: Points = target.corners
    canvas.shadow(ellipse(target.at(0.52, 0.985), width * 0.48, height * 0.02), (3, 3), max(width * 0.02, 3), 0.4)
    if face.form == "box" and rng.chance(0.6):
        quad = _with_side(rng, canvas, target, face.colour)
    elif rng.chance(0.4):
        center = target.at(0.5, 0.5)
        quad = apply(leaning(center, center, rng.uniform(-9, 9), 0.94), target.corners)
    canvas.place(face.layer, homography(pack.corners, quad))


def _with_side(rng: Rng, canvas: Canvas, target: Box, colour: Colour) -> Points:
    # The front keeps most of the width; the side is darker and recedes.
    share, drop = rng.uniform(0.72, 0.88), rng.uniform(0.03, 0.09)
    left = rng.chance(0.5)
    edge = 1 - share if left else share
    far, near = (0, 1) if left else (1, 0)
    shade = matte(rng, lit(colour, 0.72 if luminance(colour) > 0.2 else 1.6))
    top, bottom = target.at(edge, 0), target.at(edge, 1)
    high, low = target.at(far, drop), target.at(far, 1 - drop)
    canvas.fill([high, top, bottom, low] if left else [top, high, low, bottom], shade)
    high, low = target.at(near, drop * 0.6), target.at(near, 1 - drop * 0.6)
    return [top, high, low, bottom] if left else [high, top, bottom, low]


def scatter(rng: Rng, canvas: Canvas, room: Box) -> None:
    """Scatter loose items in front of a pack: pills, beans, leaves, wooden blocks."""
    colour = any_colour(rng)
    for _ in range(rng.integer(3, 14)):
        center = room.at(rng.uniform(0, 1), rng.uniform(0, 1))
        radius = room.width * rng.uniform(0.01, 0.03)
        points = ellipse(center, radius, radius * rng.uniform(0.4, 1))
        paint = wood(rng) if rng.chance(0.1) else cylinder(rng, lit(colour, rng.uniform(0.8, 1.2)))
        canvas.body(points, paint, ((1, 2), 2, 0.3))
