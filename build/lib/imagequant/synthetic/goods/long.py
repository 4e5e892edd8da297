"""Long products (knives, brushes, tools, screws) and furniture from the front."""

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.colours import any_colour, lit
from imagequant.synthetic.render.geometry import Point, disc, ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import cylinder, fabric, matte, metal, puffed, wood


def _flip(frame: Box, u: float, v: float) -> Point:
    # Long products are defined horizontally; in a tall frame they are vertical.
    return frame.at(u, v) if frame.width >= frame.height else frame.at(v, 1 - u)


def _part(frame: Box, u0: float, v0: float, u1: float, v1: float) -> Box:
    (ax, ay), (bx, by) = _flip(frame, u0, v0), _flip(frame, u1, v1)
    return Box(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))


def knife(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A knife or file: handle and blade."""
    handle = rng.uniform(0.3, 0.45)
    blade = [_flip(frame, u, v) for u, v in ((handle, 0.1), (0.9, 0.05), (1.0, 0.55), (0.9, 0.85), (handle, 0.95))]
    canvas.body(blade, metal(rng), ((2, 4), 4, 0.3), (120, 122, 126), 0.7)
    grip = rounded(_part(frame, 0, 0, handle, 1), min(frame.width, frame.height) * 0.4)
    canvas.fill(grip, wood(rng) if rng.chance(0.5) else matte(rng, any_colour(rng)))
    for u in (0.25, 0.5, 0.75):
        canvas.fill(disc(_flip(frame, handle * u, 0.5), 2.2), (210, 210, 200))


def spoon(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A spoon, spatula or brush: stick and head."""
    head = rng.uniform(0.12, 0.35)
    stick = _part(frame, 0.0, 0.36, 1 - head * 0.7, 0.64)
    paint = wood(rng) if rng.chance(0.4) else metal(rng) if rng.chance(0.5) else cylinder(rng, any_colour(rng))
    canvas.shadow(stick, (2, 4), 4, 0.3)
    canvas.fill(rounded(stick, min(stick.width, stick.height) / 2), paint)
    area = _part(frame, 1 - head, 0, 1, 1)
    shape = ellipse(area.at(0.5, 0.5), area.width / 2, area.height / 2) if rng.chance(0.5) else rounded(area, 6)
    canvas.body(shape, fabric(rng, any_colour(rng)) if rng.chance(0.4) else paint, None, (110, 110, 112))


def stick(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A rod, pen, torch or cable tie in two or three parts."""
    body = rounded(_part(frame, 0, 0.05, 1, 0.95), min(frame.width, frame.height) * 0.3)
    upright = frame.height > frame.width
    paint = cylinder(rng, any_colour(rng))
    canvas.body(body, paint if upright else paint.rotate(90, expand=True), ((2, 4), 4, 0.3))
    for _ in range(rng.integer(0, 3)):
        u = rng.uniform(0.1, 0.85)
        band = _part(frame, u, 0.0, u + rng.uniform(0.02, 0.1), 1.0)
        paint = metal(rng) if rng.chance(0.5) else cylinder(rng, any_colour(rng))
        canvas.fill(band, paint if upright else paint.rotate(90, expand=True))


def screw(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A screw or bolt."""
    width = rng.uniform(0.1, 0.25)
    head = _part(frame, 0, 0, width, 1)
    canvas.fill(head, metal(rng))
    thin = rng.uniform(0.2, 0.35)
    canvas.fill(_part(frame, width, thin, 1, 1 - thin), metal(rng))
    for step in range(26):
        u = width + (1 - width) * step / 26
        canvas.line([_flip(frame, u, thin), _flip(frame, u + 0.012, 1 - thin)], (90, 90, 94), 1)
    canvas.outline(head, (90, 90, 94), 0.8)


def hammer(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """An upright hammer, axe or mallet."""
    head = rng.uniform(0.14, 0.26)
    grip = frame.inner(0.5 - 0.1, head * 0.5, 0.5 + 0.1, 1.0)
    canvas.shadow(grip, (2, 4), 4, 0.3)
    canvas.fill(rounded(grip, grip.width * 0.4), wood(rng, None, False))
    if rng.chance(0.5):
        canvas.fill(rounded(frame.inner(0.38, 0.6, 0.62, 1.0), grip.width * 0.4), cylinder(rng, any_colour(rng)))
    shape = rounded(frame.inner(0, 0, 1, head), frame.height * rng.uniform(0.0, 0.04))
    canvas.body(shape, metal(rng), None, (110, 110, 112))


def shelf(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A bookcase or rack from the front."""
    colour = any_colour(rng)
    paint = wood(rng) if rng.chance(0.5) else matte(rng, colour)
    board = min(frame.width, frame.height) * rng.uniform(0.02, 0.05)
    canvas.fill(frame, lit(colour, 0.72))
    rows, columns = rng.integer(2, 6), rng.integer(1, 3)
    for row in range(rows + 1):
        y = frame.y0 + (frame.height - board) * row / rows
        canvas.fill(Box(frame.x0, y, frame.x1, y + board), paint)
    for column in range(columns + 1):
        x = frame.x0 + (frame.width - board) * column / columns
        canvas.fill(Box(x, frame.y0, x + board, frame.y1), paint)
    canvas.outline(frame, lit(colour, 0.6), 0.7)
    if rng.chance(0.4):
        for _ in range(rng.integer(2, 8)):
            u, v = rng.uniform(0.08, 0.8), rng.integer(1, rows) / rows
            height = rng.uniform(0.3, 0.7) / rows
            canvas.fill(frame.inner(u, v - height, u + 0.08, v - 0.005), any_colour(rng))


def table(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A table, desk or stool from the front."""
    top, leg = rng.uniform(0.05, 0.12), rng.uniform(0.02, 0.06)
    paint = wood(rng) if rng.chance(0.7) else matte(rng, any_colour(rng))
    dark = matte(rng, rng.pick(((24, 24, 26), (120, 84, 56), (230, 230, 230))))
    for u in (0.04, 0.96 - leg):
        lean = rng.uniform(-0.02, 0.02)
        shape = ((u, top), (u + leg, top), (u + leg + lean, 1), (u + lean, 1))
        canvas.fill([frame.at(*corner) for corner in shape], dark)
    canvas.shadow(ellipse(frame.at(0.5, 1), frame.width * 0.45, frame.height * 0.02), (0, 2), 6, 0.25)
    canvas.fill(frame.inner(0, 0, 1, top), paint)
    if rng.chance(0.4):
        canvas.fill(frame.inner(0.1, top, 0.9, top + 0.2), paint)
        canvas.fill(disc(frame.at(0.5, top + 0.1), 4), (60, 60, 60))


def chair(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A chair or armchair from the front."""
    colour, seat = any_colour(rng), rng.uniform(0.5, 0.62)
    leg = matte(rng, rng.pick(((24, 24, 26), (150, 104, 66), (190, 190, 192))))
    for u in (0.1, 0.84):
        canvas.fill(frame.inner(u, seat, u + 0.06, 1), leg)
    canvas.fill(rounded(frame.inner(0.08, 0, 0.92, seat), frame.width * 0.12), puffed(rng, colour))
    canvas.fill(rounded(frame.inner(0, seat - 0.06, 1, seat + 0.12), frame.width * 0.06), fabric(rng, lit(colour, 0.9)))
    if rng.chance(0.5):
        for u in (0.0, 0.88):
            canvas.fill(rounded(frame.inner(u, seat - 0.22, u + 0.12, seat + 0.1), 8), fabric(rng, lit(colour, 0.85)))


def sofa(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A sofa from the front."""
    colour = any_colour(rng)
    canvas.shadow(ellipse(frame.at(0.5, 0.98), frame.width * 0.48, frame.height * 0.04), (0, 2), 6, 0.35)
    canvas.fill(rounded(frame.inner(0.05, 0, 0.95, 0.7), frame.height * 0.1), fabric(rng, colour))
    seats = rng.integer(1, 3)
    for number in range(seats):
        left, right = 0.1 + 0.8 * number / seats, 0.1 + 0.8 * (number + 1) / seats
        canvas.fill(rounded(frame.inner(left, 0.08, right - 0.005, 0.55), 10), puffed(rng, lit(colour, 1.04)))
        canvas.fill(rounded(frame.inner(left, 0.5, right - 0.005, 0.72), 8), puffed(rng, lit(colour, 0.97)))
    canvas.fill(frame.inner(0.05, 0.7, 0.95, 0.9), fabric(rng, lit(colour, 0.85)))
    for left, right in ((0.0, 0.11), (0.89, 1.0)):
        canvas.fill(rounded(frame.inner(left, 0.3, right, 0.92), frame.width * 0.03), fabric(rng, lit(colour, 0.93)))
    for u in (0.06, 0.9):
        canvas.fill(frame.inner(u, 0.9, u + 0.03, 1), (40, 34, 30))
