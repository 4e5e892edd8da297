"""Flat products from the front: cushions, frames, rugs, curtains, boards, screens, bags, garments."""

from __future__ import annotations

import math

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas, Colour
from imagequant.synthetic.render.geometry import Point, between, ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import (
    any_colour,
    any_surface,
    fabric,
    glass,
    lit,
    matte,
    metal,
    pattern,
    pleats,
    puffed,
    wood,
)


def cushion(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A stuffed cushion with concave sides and pointed corners."""
    depth = rng.uniform(0.02, 0.07)
    points: list[Point] = []
    corners = frame.corners
    for number, (u, v) in enumerate(((0, 1), (-1, 0), (0, -1), (1, 0))):
        for step in range(12):
            sag = math.sin(step / 12 * math.pi) * depth
            x, y = between(corners[number], corners[(number + 1) % 4], step / 12)
            points.append((x + u * sag * frame.width, y + v * sag * frame.height))
    colour = any_colour(rng)
    canvas.shadow(points, (3, 5), 7, 0.3)
    canvas.fill(points, puffed(rng, colour))
    if rng.chance(0.3):
        canvas.fill(frame.inner(0.15, 0.15, 0.85, 0.85).corners, pattern(rng, colour, any_colour(rng)), 0.55)
    canvas.outline(points, lit(colour, 0.8), 0.7)


def picture_frame(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A frame, mirror or poster, sometimes arched."""
    edge = rng.uniform(0.01, 0.09) * min(frame.width, frame.height)
    border = any_colour(rng)
    arched = rng.chance(0.25) and frame.height > frame.width
    outer = _arch(frame) if arched else list(frame.corners)
    inner_frame = Box(frame.x0 + edge, frame.y0 + edge, frame.x1 - edge, frame.y1 - edge)
    inner = _arch(inner_frame) if arched else list(inner_frame.corners)
    canvas.shadow(outer, (4, 5), 6, 0.3)
    canvas.fill(outer, wood(rng) if rng.chance(0.4) else matte(rng, border))
    filling = rng.integer(0, 3)
    if filling == 0:
        canvas.fill(inner, pattern(rng, any_colour(rng), any_colour(rng)))
    elif filling == 1:
        canvas.fill(inner, glass(rng, (226, 230, 232)))
    else:
        canvas.fill(inner, matte(rng, (246, 246, 244)))
        canvas.fill(inner_frame.inner(0.15, 0.15, 0.85, 0.85).corners, any_surface(rng, any_colour(rng)))
    canvas.outline(outer, lit(border, 0.7), 0.7)
    canvas.outline(inner, lit(border, 0.6), 0.6)


def _arch(frame: Box) -> list[Point]:
    radius = frame.width / 2
    return [
        *ellipse((frame.x0 + radius, frame.y0 + radius), radius, radius, 180, 360),
        (frame.x1, frame.y1),
        (frame.x0, frame.y1),
    ]


def rug(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A rug, mat, towel or blanket, sometimes with a fringe."""
    colour = any_colour(rng)
    canvas.shadow(frame.corners, (3, 4), 5, 0.25)
    canvas.fill(frame.corners, fabric(rng, colour))
    for number in range(rng.integer(0, 3)):
        margin = 0.05 + 0.06 * number
        band = frame.inner(margin, margin, 1 - margin, 1 - margin)
        canvas.outline(band.corners, lit(any_colour(rng), 1.0), rng.uniform(1, 6))
    if rng.chance(0.3):
        canvas.fill(frame.inner(0.2, 0.2, 0.8, 0.8).corners, pattern(rng, colour, any_colour(rng)), 0.6)
    if rng.chance(0.4):
        fringe = frame.height * 0.03
        for step in range(30):
            x = frame.x0 + frame.width * (step + 0.5) / 30
            canvas.line([(x, frame.y1 - fringe), (x, frame.y1)], lit(colour, 0.8), 1.0)


def curtain(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """One or two curtain panels on a rod, or a blind."""
    colour = any_colour(rng)
    if rng.chance(0.3):
        canvas.fill(frame.inner(0, 0.0, 1, 0.06).corners, matte(rng, lit(colour, 0.9)))
        canvas.fill(frame.inner(0.02, 0.06, 0.98, 1).corners, fabric(rng, colour))
        canvas.line([frame.at(0.04, 0.05), frame.at(0.04, 0.95)], (170, 170, 170), 1)
        canvas.outline(frame.inner(0.02, 0.06, 0.98, 1).corners, lit(colour, 0.8), 0.7)
        return
    panels = ((0.0, 0.48), (0.52, 1.0)) if rng.chance(0.5) else ((0.0, 1.0),)
    for left, right in panels:
        canvas.fill(frame.inner(left, 0.02, right, 1).corners, pleats(rng, colour))
    canvas.line([frame.at(0, 0.015), frame.at(1, 0.015)], (70, 60, 56), max(frame.height * 0.012, 2))


def screen(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A television, tablet or picture-like device."""
    body = rounded(frame, min(frame.width, frame.height) * rng.uniform(0.005, 0.08))
    canvas.shadow(body, (3, 4), 5, 0.3)
    canvas.fill(body, matte(rng, rng.pick(((20, 20, 22), (230, 230, 232), (60, 62, 66)))))
    margin = rng.uniform(0.015, 0.06)
    glowing = frame.inner(margin, margin * 1.4, 1 - margin, 1 - margin * 1.4)
    canvas.fill(glowing.corners, any_surface(rng, any_colour(rng)) if rng.chance(0.5) else matte(rng, (8, 8, 10)))


def book(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A notebook, box face or board with round corners."""
    colour = any_colour(rng)
    body = rounded(frame, min(frame.width, frame.height) * rng.uniform(0.0, 0.1))
    canvas.shadow(body, (4, 5), 6, 0.35)
    canvas.fill(body, any_surface(rng, colour))
    if rng.chance(0.5):
        canvas.line([frame.at(0.08, 0), frame.at(0.08, 1)], lit(colour, 0.75), 1.5)
    if rng.chance(0.3):
        canvas.fill(ellipse(frame.at(0.5, 0.12), frame.width * 0.06, frame.width * 0.06), (250, 250, 250))
    canvas.outline(body, lit(colour, 0.7), 0.7)


def tote(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A bag, whose handles are part of its height."""
    colour = any_colour(rng)
    grip = rng.uniform(0.15, 0.35)
    body = frame.inner(0, grip, 1, 1)
    inset = rng.uniform(0.0, 0.08)
    strap = max(frame.width * 0.04, 2.0)
    loop = ellipse(frame.at(0.5, grip + 0.02), frame.width * rng.uniform(0.15, 0.28), frame.height * grip, 180, 360)
    loop = [(x, y + strap / 2) for x, y in loop]
    canvas.line(loop, lit(colour, 0.7), strap)
    shape = ((inset, 0), (1 - inset, 0), (1, 0.9), (0.97, 1), (0.03, 1), (0, 0.9))
    sides = [body.at(u, v) for u, v in shape]
    canvas.shadow(sides, (3, 5), 6, 0.3)
    canvas.fill(sides, fabric(rng, colour))
    canvas.line([body.at(inset, 0.02), body.at(1 - inset, 0.02)], lit(colour, 0.7), 2)
    if rng.chance(0.6):
        pocket = rounded(body.inner(0.15, 0.45, 0.85, 0.92), frame.width * 0.05)
        canvas.fill(pocket, fabric(rng, lit(colour, 0.93)))
        canvas.outline(pocket, lit(colour, 0.65), 1)
        canvas.line([body.at(0.15, 0.5), body.at(0.85, 0.5)], (180, 170, 120), 1.5)


def plate(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A round product from above: plate, clock, wheel, ring."""
    center, rx, ry = frame.at(0.5, 0.5), frame.width / 2, frame.height / 2
    colour = any_colour(rng)
    disc = ellipse(center, rx, ry, steps=72)
    canvas.shadow(disc, (3, 5), 7, 0.3)
    canvas.fill(disc, any_surface(rng, colour))
    ring = rng.uniform(0.55, 0.93)
    canvas.outline(disc, lit(colour, 0.7), 1)
    inner = ellipse(center, rx * ring, ry * ring)
    canvas.fill(inner, matte(rng, lit(colour, 1.1) if rng.chance(0.6) else (250, 250, 250)))
    canvas.outline(inner, lit(colour, 0.75), 0.8)
    if rng.chance(0.3):
        for hour in range(12):
            tick = ellipse(center, rx * ring * 0.9, ry * ring * 0.9, hour * 30, hour * 30 + 1, 2)[0]
            canvas.line([tick, between(tick, center, 0.1)], (20, 20, 20), 1.5)
        canvas.line([center, between(center, frame.at(0.75, 0.3), 0.8)], (20, 20, 20), 2)
        canvas.line([center, between(center, frame.at(0.35, 0.35), 0.7)], (20, 20, 20), 2.5)


def shirt(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A garment laid flat."""
    colour = any_colour(rng)
    right = ((0.58, 0.05), (0.7, 0), (1, 0.25), (0.88, 0.4), (0.8, 0.32), (0.8, 1))
    left = ((0.2, 1), (0.2, 0.32), (0.12, 0.4), (0, 0.25), (0.3, 0), (0.42, 0.05))
    points = [frame.at(u, v) for u, v in (*left[4:], *right, *left[:4])]
    canvas.shadow(points, (2, 4), 6, 0.25)
    canvas.fill(points, fabric(rng, colour))
    canvas.outline(points, lit(colour, 0.75), 0.8)


def blob(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A toy, patch or ornament with an irregular shape."""
    colour = any_colour(rng)
    count = rng.integer(5, 9)
    phase, depth = rng.uniform(0, 6.28), rng.uniform(0.05, 0.3)
    raw = []
    for step in range(72):
        angle = step / 72 * 2 * math.pi
        radius = 1 + depth * math.sin(angle * count + phase) * math.sin(angle * 2 + phase * 2)
        raw.append((math.cos(angle) * radius, math.sin(angle) * radius))
    xs, ys = [x for x, _ in raw], [y for _, y in raw]
    points = [frame.at((x - min(xs)) / (max(xs) - min(xs)), (y - min(ys)) / (max(ys) - min(ys))) for x, y in raw]
    canvas.shadow(points, (3, 4), 6, 0.3)
    canvas.fill(points, puffed(rng, colour))
    canvas.outline(points, lit(colour, 0.75), 1)
    for u in (0.38, 0.62):
        if rng.chance(0.7):
            canvas.fill(ellipse(frame.at(u, 0.35), frame.width * 0.03, frame.width * 0.03), (10, 10, 12))


def line_drawing(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A technical drawing with outlines only."""
    ink: Colour = rng.pick(((0, 0, 0), (60, 60, 60), (30, 50, 110)))
    pen = rng.uniform(0.8, 2.2)
    shape = rng.integer(0, 3)
    if shape == 0:
        canvas.outline(frame.corners, ink, pen)
        canvas.outline(frame.inner(0.08, 0.08, 0.92, 0.92).corners, ink, pen)
    elif shape == 1:
        canvas.outline([frame.at(0.0, 0), frame.at(1.0, 0), frame.at(0.85, 1), frame.at(0.15, 1)], ink, pen)
        canvas.line([frame.at(0.05, 0.3), frame.at(0.95, 0.3)], ink, pen)
    elif shape == 2:
        canvas.outline(rounded(frame, min(frame.width, frame.height) * 0.2), ink, pen)
        canvas.outline(ellipse(frame.at(0.5, 0.5), frame.width * 0.2, frame.width * 0.2), ink, pen)
    else:
        canvas.outline(frame.corners, ink, pen)
        for share in (0.25, 0.5, 0.75):
            canvas.line([frame.at(0, share), frame.at(1, share)], ink, pen)
        canvas.line([frame.at(0.5, 0), frame.at(0.5, 1)], ink, pen)


def panel(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A metal or wooden sheet with holes."""
    body = rounded(frame, min(frame.width, frame.height) * rng.uniform(0, 0.3))
    canvas.shadow(body, (3, 4), 4, 0.35)
    canvas.fill(body, metal(rng) if rng.chance(0.6) else wood(rng))
    canvas.outline(body, (110, 110, 112), 0.8)
    radius = min(frame.width, frame.height) * rng.uniform(0.03, 0.08)
    for u, v in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        canvas.fill(ellipse(frame.at(u, v), radius, radius), (245, 245, 245))
        canvas.outline(ellipse(frame.at(u, v), radius, radius), (90, 90, 92), 0.8)
