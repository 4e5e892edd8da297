"""Upright products from the front: phone cases, paper sheets, banners, umbrellas, bins, jars, hammers."""

from __future__ import annotations

import math

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.geometry import Point, ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import (
    any_colour,
    any_surface,
    cylinder,
    fabric,
    glass,
    lit,
    matte,
    metal,
    pattern,
    wood,
)


def phone_case(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A phone's back or case with its lenses."""
    colour = any_colour(rng)
    short = min(frame.width, frame.height)
    body = rounded(frame, short * rng.uniform(0.08, 0.18))
    canvas.shadow(body, (3, 4), 5, 0.3)
    canvas.fill(body, any_surface(rng, colour) if rng.chance(0.5) else matte(rng, colour))
    canvas.outline(body, lit(colour, 0.7), 1.2)
    island = Box(frame.x0 + short * 0.08, frame.y0 + short * 0.08, frame.x0 + short * 0.48, frame.y0 + short * 0.5)
    canvas.fill(rounded(island, short * 0.08), lit(colour, 0.85))
    for u, v in ((0.3, 0.28), (0.3, 0.72), (0.72, 0.5)):
        canvas.fill(ellipse(island.at(u, v), short * 0.07, short * 0.07), (18, 18, 22))


def sheet(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A sheet of paper, card or label with lines of print."""
    paper = rng.weighted((((252, 252, 250), 5), ((238, 222, 190), 2), (any_colour(rng), 3)))
    canvas.shadow(frame.corners, (2, 3), 4, 0.3)
    canvas.fill(frame.corners, matte(rng, paper))
    canvas.outline(frame.corners, lit(paper, 0.75), 0.8)
    if rng.chance(0.4):
        picture = frame.inner(0.12, 0.1, 0.88, rng.uniform(0.4, 0.6))
        canvas.fill(picture.corners, pattern(rng, any_colour(rng), any_colour(rng)))
    rows = rng.integer(0, 12)
    for number in range(rows):
        y = 0.64 + 0.28 * number / max(rows, 1)
        canvas.line([frame.at(0.12, y), frame.at(rng.uniform(0.6, 0.88), y)], lit(paper, 0.8), 1.0)


def banner(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A hanging banner, flag or towel with a pointed or straight foot."""
    colour = any_colour(rng)
    foot = rng.pick((1.0, 1.0, 0.86))
    notch = rng.chance(0.5)
    points: list[Point] = [
        frame.at(0.04, 0.03),
        frame.at(0.96, 0.03),
        frame.at(0.96, 1.0 if notch else foot),
        frame.at(0.5, foot if notch else 1.0),
        frame.at(0.04, 1.0 if notch else foot),
    ]
    canvas.shadow(points, (3, 4), 5, 0.25)
    canvas.fill(points, fabric(rng, colour))
    if rng.chance(0.6):
        canvas.fill(frame.inner(0.2, 0.2, 0.8, 0.7).corners, pattern(rng, colour, any_colour(rng)), 0.8)
    canvas.line([frame.at(0, 0.015), frame.at(1, 0.015)], (120, 84, 50), max(frame.height * 0.015, 2))


def umbrella(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """An open umbrella or parasol: canopy, pole and handle."""
    colour = any_colour(rng)
    rim = rng.uniform(0.25, 0.45)
    pole = max(frame.width * 0.02, 2.0)
    canvas.line([frame.at(0.5, 0.0), frame.at(0.5, 1.0)], rng.pick(((60, 60, 62), (150, 104, 66))), pole)
    center = frame.at(0.5, rim)
    canopy = ellipse(center, frame.width / 2, frame.height * (rim - 0.02), 180, 360)
    canvas.fill(canopy, fabric(rng, colour))
    for share in (0.25, 0.5, 0.75):
        canvas.line([frame.at(0.5, 0.02), frame.at(share, rim)], lit(colour, 0.75), 1.0)
    canvas.outline(canopy, lit(colour, 0.7), 1.0)


def bin_(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A waste bin, bucket or planter that narrows towards the bottom, sometimes with a pedal and a lid."""
    colour = any_colour(rng)
    taper = rng.uniform(0.0, 0.16)
    lid = rng.uniform(0.04, 0.14)
    body = [frame.at(0.02, lid), frame.at(0.98, lid), frame.at(1 - taper, 1.0), frame.at(taper, 1.0)]
    canvas.shadow(ellipse(frame.at(0.5, 0.99), frame.width * 0.42, frame.height * 0.02), (3, 2), 5, 0.35)
    canvas.fill(body, metal(rng) if rng.chance(0.4) else cylinder(rng, colour))
    canvas.outline(body, lit(colour, 0.7), 0.8)
    top = rounded(frame.inner(0, 0, 1, lid), frame.height * 0.02)
    canvas.fill(top, cylinder(rng, lit(colour, 0.8)))
    if rng.chance(0.4):
        canvas.fill(frame.inner(0.42, 0.95, 0.58, 0.99).corners, (30, 30, 32))


def jar(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A glass jar or tumbler, full or empty, with or without a lid."""
    body = rounded(frame.inner(0, 0.08, 1, 1), frame.width * 0.14)
    canvas.shadow(ellipse(frame.at(0.5, 0.99), frame.width * 0.44, frame.height * 0.02), (3, 2), 5, 0.3)
    canvas.fill(body, glass(rng))
    if rng.chance(0.6):
        level = rng.uniform(0.25, 0.7)
        canvas.fill(rounded(frame.inner(0.06, level, 0.94, 0.97), frame.width * 0.1), cylinder(rng, any_colour(rng)))
    canvas.outline(body, (170, 176, 180), 1.2)
    cap = frame.inner(0.06, 0.0, 0.94, 0.11)
    paint = rng.pick((metal, wood))(rng) if rng.chance(0.8) else matte(rng, any_colour(rng))
    canvas.fill(rounded(cap, frame.height * 0.02), paint)


def hammer(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """An upright hammer, axe or mallet."""
    head = rng.uniform(0.14, 0.26)
    grip = frame.inner(0.5 - 0.1, head * 0.5, 0.5 + 0.1, 1.0)
    canvas.shadow(grip.corners, (2, 4), 4, 0.3)
    canvas.fill(rounded(grip, grip.width * 0.4), wood(rng, None, False))
    if rng.chance(0.5):
        canvas.fill(rounded(frame.inner(0.38, 0.6, 0.62, 1.0), grip.width * 0.4), cylinder(rng, any_colour(rng)))
    shape = rounded(frame.inner(0, 0, 1, head), frame.height * rng.uniform(0.0, 0.04))
    canvas.fill(shape, metal(rng))
    canvas.outline(shape, (110, 110, 112), 0.8)


def mirror(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """An oval mirror or tray with a thin frame."""
    edge = max(min(frame.width, frame.height) * rng.uniform(0.015, 0.06), 1.5)
    colour = any_colour(rng)
    center = frame.at(0.5, 0.5)
    canvas.shadow(ellipse(center, frame.width / 2, frame.height / 2), (4, 5), 6, 0.3)
    canvas.fill(ellipse(center, frame.width / 2, frame.height / 2, steps=72), matte(rng, colour))
    inner = ellipse(center, frame.width / 2 - edge, frame.height / 2 - edge, steps=72)
    canvas.fill(inner, glass(rng, (226, 230, 232)))
    for number in range(rng.integer(0, 2)):
        lean = math.radians(30 + 8 * number)
        reach = min(frame.width, frame.height) * 0.2
        step = (reach * math.cos(lean), -reach * math.sin(lean))
        x, y = frame.at(0.35 + 0.12 * number, 0.5)
        canvas.line([(x, y), (x + step[0], y + step[1])], (255, 255, 255), 2.0)
