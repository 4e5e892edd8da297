"""Flat products from the front: cushions, frames, rugs, curtains, boards, screens, bags, garments, phone cases."""

import math

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.colours import Colour, any_colour, lit
from imagequant.synthetic.render.geometry import Point, between, disc, ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import any_surface, fabric, glass, matte, metal, pattern, pleats, puffed, wood


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
    canvas.body(points, puffed(rng, colour), ((3, 5), 7, 0.3))
    if rng.chance(0.3):
        canvas.fill(frame.inner(0.15, 0.15, 0.85, 0.85), pattern(rng, colour, any_colour(rng)), 0.55)
    canvas.outline(points, lit(colour, 0.8), 0.7)


def picture_frame(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A frame, mirror or poster, sometimes arched."""
    edge = rng.uniform(0.01, 0.09) * min(frame.width, frame.height)
    border = any_colour(rng)
    window = Box(frame.x0 + edge, frame.y0 + edge, frame.x1 - edge, frame.y1 - edge)
    arched = rng.chance(0.25) and frame.height > frame.width
    outer, inner = (_arch(frame), _arch(window)) if arched else (frame.corners, window.corners)
    canvas.body(outer, wood(rng) if rng.chance(0.4) else matte(rng, border), ((4, 5), 6, 0.3))
    filling = rng.integer(0, 3)
    if filling == 0:
        canvas.fill(inner, pattern(rng, any_colour(rng), any_colour(rng)))
    elif filling == 1:
        canvas.fill(inner, glass(rng, (226, 230, 232)))
    else:
        canvas.fill(inner, matte(rng, (246, 246, 244)))
        canvas.fill(window.inner(0.15, 0.15, 0.85, 0.85), any_surface(rng, any_colour(rng)))
    canvas.outline(outer, lit(border, 0.7), 0.7)
    canvas.outline(inner, lit(border, 0.6), 0.6)


def _arch(frame: Box) -> tuple[Point, ...]:
    radius = frame.width / 2
    return (*ellipse((frame.x0 + radius, frame.y0 + radius), radius, radius, 180, 360), *frame.corners[2:])


def rug(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A rug, mat, towel or blanket, sometimes with a fringe."""
    colour = any_colour(rng)
    canvas.body(frame, fabric(rng, colour), ((3, 4), 5, 0.25))
    for number in range(rng.integer(0, 3)):
        margin = 0.05 + 0.06 * number
        band = frame.inner(margin, margin, 1 - margin, 1 - margin)
        canvas.outline(band, lit(any_colour(rng), 1.0), rng.uniform(1, 6))
    if rng.chance(0.3):
        canvas.fill(frame.inner(0.2, 0.2, 0.8, 0.8), pattern(rng, colour, any_colour(rng)), 0.6)
    if rng.chance(0.4):
        fringe = frame.height * 0.03
        for step in range(30):
            x = frame.x0 + frame.width * (step + 0.5) / 30
            canvas.line([(x, frame.y1 - fringe), (x, frame.y1)], lit(colour, 0.8), 1.0)


def curtain(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """One or two curtain panels on a rod, or a blind."""
    colour = any_colour(rng)
    if rng.chance(0.3):
        canvas.fill(frame.inner(0, 0.0, 1, 0.06), matte(rng, lit(colour, 0.9)))
        blind = frame.inner(0.02, 0.06, 0.98, 1)
        canvas.fill(blind, fabric(rng, colour))
        canvas.line([frame.at(0.04, 0.05), frame.at(0.04, 0.95)], (170, 170, 170), 1)
        canvas.outline(blind, lit(colour, 0.8), 0.7)
        return
    for left, right in ((0.0, 0.48), (0.52, 1.0)) if rng.chance(0.5) else ((0.0, 1.0),):
        canvas.fill(frame.inner(left, 0.02, right, 1), pleats(rng, colour))
    canvas.line([frame.at(0, 0.015), frame.at(1, 0.015)], (70, 60, 56), max(frame.height * 0.012, 2))


def screen(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A television, tablet or picture-like device."""
    body = rounded(frame, min(frame.width, frame.height) * rng.uniform(0.005, 0.08))
    canvas.body(body, matte(rng, rng.pick(((20, 20, 22), (230, 230, 232), (60, 62, 66)))), ((3, 4), 5, 0.3))
    margin = rng.uniform(0.015, 0.06)
    glowing = frame.inner(margin, margin * 1.4, 1 - margin, 1 - margin * 1.4)
    canvas.fill(glowing, any_surface(rng, any_colour(rng)) if rng.chance(0.5) else matte(rng, (8, 8, 10)))


def book(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A notebook, box face or board with round corners."""
    colour = any_colour(rng)
    body = rounded(frame, min(frame.width, frame.height) * rng.uniform(0.0, 0.1))
    canvas.body(body, any_surface(rng, colour), ((4, 5), 6, 0.35))
    if rng.chance(0.5):
        canvas.line([frame.at(0.08, 0), frame.at(0.08, 1)], lit(colour, 0.75), 1.5)
    if rng.chance(0.3):
        canvas.fill(disc(frame.at(0.5, 0.12), frame.width * 0.06), (250, 250, 250))
    canvas.outline(body, lit(colour, 0.7), 0.7)


def tote(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A bag, whose handles are part of its height."""
    colour = any_colour(rng)
    grip, inset = rng.uniform(0.15, 0.35), rng.uniform(0.0, 0.08)
    body = frame.inner(0, grip, 1, 1)
    strap = max(frame.width * 0.04, 2.0)
    loop = ellipse(frame.at(0.5, grip + 0.02), frame.width * rng.uniform(0.15, 0.28), frame.height * grip, 180, 360)
    canvas.line([(x, y + strap / 2) for x, y in loop], lit(colour, 0.7), strap)
    shape = ((inset, 0), (1 - inset, 0), (1, 0.9), (0.97, 1), (0.03, 1), (0, 0.9))
    canvas.body([body.at(u, v) for u, v in shape], fabric(rng, colour), ((3, 5), 6, 0.3))
    canvas.line([body.at(inset, 0.02), body.at(1 - inset, 0.02)], lit(colour, 0.7), 2)
    if rng.chance(0.6):
        pocket = rounded(body.inner(0.15, 0.45, 0.85, 0.92), frame.width * 0.05)
        canvas.body(pocket, fabric(rng, lit(colour, 0.93)), None, lit(colour, 0.65), 1)
        canvas.line([body.at(0.15, 0.5), body.at(0.85, 0.5)], (180, 170, 120), 1.5)


def plate(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A round product from above: plate, clock, wheel, ring."""
    center, rx, ry = frame.at(0.5, 0.5), frame.width / 2, frame.height / 2
    colour = any_colour(rng)
    canvas.body(ellipse(center, rx, ry, steps=72), any_surface(rng, colour), ((3, 5), 7, 0.3), lit(colour, 0.7), 1)
    ring = rng.uniform(0.55, 0.93)
    face = matte(rng, lit(colour, 1.1) if rng.chance(0.6) else (250, 250, 250))
    canvas.body(ellipse(center, rx * ring, ry * ring), face, None, lit(colour, 0.75))
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
    canvas.body(points, fabric(rng, colour), ((2, 4), 6, 0.25), lit(colour, 0.75))


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
    canvas.body(points, puffed(rng, colour), ((3, 4), 6, 0.3), lit(colour, 0.75), 1)
    for u in (0.38, 0.62):
        if rng.chance(0.7):
            canvas.fill(disc(frame.at(u, 0.35), frame.width * 0.03), (10, 10, 12))


def line_drawing(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A technical drawing with outlines only."""
    ink: Colour = rng.pick(((0, 0, 0), (60, 60, 60), (30, 50, 110)))
    pen = rng.uniform(0.8, 2.2)
    shape = rng.integer(0, 3)
    if shape == 0:
        canvas.outline(frame, ink, pen)
        canvas.outline(frame.inner(0.08, 0.08, 0.92, 0.92), ink, pen)
    elif shape == 1:
        canvas.outline([frame.at(0.0, 0), frame.at(1.0, 0), frame.at(0.85, 1), frame.at(0.15, 1)], ink, pen)
        canvas.line([frame.at(0.05, 0.3), frame.at(0.95, 0.3)], ink, pen)
    elif shape == 2:
        canvas.outline(rounded(frame, min(frame.width, frame.height) * 0.2), ink, pen)
        canvas.outline(disc(frame.at(0.5, 0.5), frame.width * 0.2), ink, pen)
    else:
        canvas.outline(frame, ink, pen)
        for share in (0.25, 0.5, 0.75):
            canvas.line([frame.at(0, share), frame.at(1, share)], ink, pen)
        canvas.line([frame.at(0.5, 0), frame.at(0.5, 1)], ink, pen)


def panel(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A metal or wooden sheet with holes."""
    short = min(frame.width, frame.height)
    body = rounded(frame, short * rng.uniform(0, 0.3))
    canvas.body(body, metal(rng) if rng.chance(0.6) else wood(rng), ((3, 4), 4, 0.35), (110, 110, 112))
    radius = short * rng.uniform(0.03, 0.08)
    for u, v in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        canvas.body(disc(frame.at(u, v), radius), (245, 245, 245), None, (90, 90, 92))


def phone_case(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A phone's back or case with its lenses."""
    colour = any_colour(rng)
    short = min(frame.width, frame.height)
    body = rounded(frame, short * rng.uniform(0.08, 0.18))
    paint = any_surface(rng, colour) if rng.chance(0.5) else matte(rng, colour)
    canvas.body(body, paint, ((3, 4), 5, 0.3), lit(colour, 0.7), 1.2)
    island = Box(frame.x0 + short * 0.08, frame.y0 + short * 0.08, frame.x0 + short * 0.48, frame.y0 + short * 0.5)
    canvas.fill(rounded(island, short * 0.08), lit(colour, 0.85))
    for u, v in ((0.3, 0.28), (0.3, 0.72), (0.72, 0.5)):
        canvas.fill(disc(island.at(u, v), short * 0.07), (18, 18, 22))


def sheet(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A sheet of paper, card or label with lines of print."""
    paper = rng.weighted((((252, 252, 250), 5), ((238, 222, 190), 2), (any_colour(rng), 3)))
    canvas.body(frame, matte(rng, paper), ((2, 3), 4, 0.3), lit(paper, 0.75))
    if rng.chance(0.4):
        picture = frame.inner(0.12, 0.1, 0.88, rng.uniform(0.4, 0.6))
        canvas.fill(picture, pattern(rng, any_colour(rng), any_colour(rng)))
    rows = rng.integer(0, 12)
    for number in range(rows):
        y = 0.64 + 0.28 * number / max(rows, 1)
        canvas.line([frame.at(0.12, y), frame.at(rng.uniform(0.6, 0.88), y)], lit(paper, 0.8), 1.0)


def banner(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A hanging banner, flag or towel with a pointed or straight foot."""
    colour = any_colour(rng)
    middle = rng.pick((1.0, 1.0, 0.86))
    sides = 1.0
    if not rng.chance(0.5):
        sides, middle = middle, sides
    shape = ((0.04, 0.03), (0.96, 0.03), (0.96, sides), (0.5, middle), (0.04, sides))
    canvas.body([frame.at(u, v) for u, v in shape], fabric(rng, colour), ((3, 4), 5, 0.25))
    if rng.chance(0.6):
        canvas.fill(frame.inner(0.2, 0.2, 0.8, 0.7), pattern(rng, colour, any_colour(rng)), 0.8)
    canvas.line([frame.at(0, 0.015), frame.at(1, 0.015)], (120, 84, 50), max(frame.height * 0.015, 2))


def mirror(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """An oval mirror or tray with a thin frame."""
    short = min(frame.width, frame.height)
    edge = max(short * rng.uniform(0.015, 0.06), 1.5)
    colour = any_colour(rng)
    center, rx, ry = frame.at(0.5, 0.5), frame.width / 2, frame.height / 2
    canvas.shadow(ellipse(center, rx, ry), (4, 5), 6, 0.3)
    canvas.fill(ellipse(center, rx, ry, steps=72), matte(rng, colour))
    canvas.fill(ellipse(center, rx - edge, ry - edge, steps=72), glass(rng, (226, 230, 232)))
    for number in range(rng.integer(0, 2)):
        lean, reach = math.radians(30 + 8 * number), short * 0.2
        x, y = frame.at(0.35 + 0.12 * number, 0.5)
        canvas.line([(x, y), (x + reach * math.cos(lean), y - reach * math.sin(lean))], (255, 255, 255), 2.0)
