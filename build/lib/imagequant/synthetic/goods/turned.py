"""Products with a round cross-section from the front: bottles, vases, cups, lamps, bowls, bins, jars, umbrellas."""

import numpy as np
from PIL import Image

from imagequant.core.records import Box
from imagequant.synthetic.render.canvas import Canvas
from imagequant.synthetic.render.colours import Colour, any_colour, lit
from imagequant.synthetic.render.geometry import ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import cylinder, fabric, glass, matte, metal, wood

# Points (v, relative half width) from top to bottom.
Profile = list[tuple[float, float]]


def _body(canvas: Canvas, frame: Box, profile: Profile, paint: tuple[Image.Image, Colour], lip: float) -> None:
    # Rims are ellipses, seen from slightly above.
    surface, colour = paint
    v, r = zip(*profile, strict=True)
    steps = np.linspace(v[0], v[-1], 40)
    radii = np.interp(steps, v, r)
    smooth = np.convolve(np.pad(radii, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    smooth = smooth / smooth.max()
    top, height = frame.y0 + lip, frame.height - 2 * lip
    middle = (frame.x0 + frame.x1) / 2
    right = [(middle + frame.width / 2 * float(s), top + height * float(t)) for s, t in zip(smooth, steps, strict=True)]
    base = ellipse((middle, right[-1][1]), right[-1][0] - middle, lip, 0, 180, 20)
    left = [(2 * middle - x, y) for x, y in reversed(right)]
    rim = ellipse((middle, top), right[0][0] - middle, lip, 180, 360, 20)
    canvas.shadow(ellipse(frame.at(0.5, 0.985), frame.width * 0.45, frame.height * 0.02), (4, 2), 5, 0.3)
    canvas.body([*right, *base, *left, *rim], surface, None, lit(colour, 0.8), 0.6)
    if lip > 1:
        mouth = ellipse((frame.at(0.5, 0)[0], frame.y0 + lip), frame.width / 2 * r[0] / max(r), lip)
        canvas.body(mouth, colour, None, lit(colour, 0.75), 0.6)


def _paint(rng: Rng) -> tuple[Image.Image, Colour]:
    # A surface and the colour of its rim.
    kind = rng.weighted((("plain", 6), ("glass", 3), ("metal", 2), ("wood", 1)))
    if kind == "glass":
        return glass(rng), (228, 232, 234)
    if kind == "metal":
        return metal(rng), (150, 152, 156)
    if kind == "wood":
        return wood(rng, None, False), (120, 84, 56)
    colour = any_colour(rng)
    return cylinder(rng, colour), lit(colour, rng.uniform(0.6, 1.1))


def vase(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A vase with a random profile."""
    profile = [(float(v), rng.uniform(0.35, 1.0)) for v in np.linspace(0, 1, rng.integer(4, 7))]
    _body(canvas, frame, profile, _paint(rng), frame.width * rng.uniform(0.02, 0.1))


def bottle(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A bottle with a neck, a cap and sometimes a band."""
    neck, shoulder = rng.uniform(0.25, 0.5), rng.uniform(0.2, 0.4)
    profile = [(0.0, neck), (shoulder * 0.6, neck), (shoulder, 1.0), (0.96, 1.0), (1.0, 0.92)]
    _body(canvas, frame, profile, _paint(rng), frame.width * 0.02)
    half = neck / 2 * 1.08
    canvas.fill(frame.inner(0.5 - half, 0.0, 0.5 + half, shoulder * 0.45), cylinder(rng, any_colour(rng)))
    if rng.chance(0.5):
        canvas.fill(frame.inner(0.0, shoulder + 0.1, 1.0, 0.85), cylinder(rng, any_colour(rng)))


def cup(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A cup or mug, whose handle is part of its width."""
    paint = _paint(rng)
    body = frame.inner(0.0, 0.0, rng.uniform(0.72, 0.8), 1.0)
    reach = (frame.x1 - body.x1) * 2
    thick = frame.width * 0.035
    loop = ellipse(body.at(0.98, 0.48), reach / 2 - thick / 2, frame.height * 0.26, -90, 90)
    canvas.line(loop, lit(paint[1], 0.8), thick + 1.2)
    canvas.line(loop, paint[1], thick)
    base = rng.uniform(0.65, 1.0)
    _body(canvas, body, [(0.0, 1.0), (0.8, (1 + base) / 2), (1.0, base)], paint, frame.height * 0.05)


def glass_goblet(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A stemmed glass."""
    bowl = rng.uniform(0.4, 0.6)
    cup_profile = [(0.0, rng.uniform(0.7, 1.0)), (bowl * 0.6, 1.0), (bowl, 0.2)]
    profile = [*cup_profile, (bowl + 0.05, 0.07), (0.92, 0.07), (0.97, 0.7), (1.0, 0.75)]
    _body(canvas, frame, profile, (glass(rng), (238, 240, 242)), frame.width * 0.06)


def bowl(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A bowl or a low dish."""
    paint = _paint(rng)
    foot = rng.uniform(0.3, 0.7)
    profile = [(0.0, 1.0), (0.3, 0.95), (0.7, (1 + foot) / 2), (0.92, foot), (1.0, foot)]
    _body(canvas, frame, profile, paint, frame.height * rng.uniform(0.05, 0.22))


def canister(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A straight tin, bin or jar with a lid."""
    paint = _paint(rng)
    profile = [(0.0, 1.0), (1.0, rng.uniform(0.8, 1.0))]
    _body(canvas, frame, profile, paint, frame.width * rng.uniform(0.02, 0.12))
    if rng.chance(0.6):
        lid = frame.inner(0.0, 0.0, 1.0, rng.uniform(0.06, 0.16))
        canvas.fill(lid, metal(rng) if rng.chance(0.5) else wood(rng))


def lamp(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A lamp: shade, stem and foot."""
    shade, top, foot = rng.uniform(0.3, 0.5), rng.uniform(0.4, 0.95), rng.uniform(0.35, 0.7)
    stem = any_colour(rng)
    width = rng.uniform(0.02, 0.1)
    canvas.shadow(ellipse(frame.at(0.5, 0.99), frame.width * 0.3, frame.height * 0.01), (2, 2), 5, 0.35)
    canvas.fill(frame.inner(0.5 - width, shade * 0.8, 0.5 + width, 0.97), cylinder(rng, stem))
    canvas.fill(ellipse(frame.at(0.5, 0.97), frame.width * foot / 2, frame.height * 0.03), cylinder(rng, stem))
    a, b, c, d = frame.at(0.5 - top / 2, 0), frame.at(0.5 + top / 2, 0), frame.at(1, shade), frame.at(0, shade)
    canvas.fill([a, b, c, d], cylinder(rng, rng.pick(((250, 246, 236), (238, 226, 200), any_colour(rng)))))


def bulb(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A light bulb."""
    profile = [(0.0, 0.3), (0.12, 0.75), (0.32, 1.0), (0.5, 0.85), (0.68, 0.45), (0.74, 0.4), (1.0, 0.38)]
    surface = cylinder(rng, (250, 250, 244)) if rng.chance(0.6) else glass(rng, (250, 240, 210))
    _body(canvas, frame, profile, (surface, (220, 220, 214)), 0.0)
    base = frame.inner(0.31, 0.74, 0.69, 1.0)
    canvas.fill(base, metal(rng))
    for step in range(4):
        y = base.y0 + base.height * (0.15 + 0.2 * step)
        canvas.line([(base.x0, y), (base.x1, y + base.height * 0.06)], (120, 120, 122), 1.2)


def candle(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A pillar: candle, roll or post."""
    surface = wood(rng, None, False) if rng.chance(0.3) else cylinder(rng, any_colour(rng))
    _body(canvas, frame, [(0.0, 1.0), (1.0, 1.0)], (surface, (238, 228, 206)), frame.width * 0.12)


def umbrella(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """An open umbrella or parasol: canopy, pole and handle."""
    colour = any_colour(rng)
    rim = rng.uniform(0.25, 0.45)
    pole = max(frame.width * 0.02, 2.0)
    canvas.line([frame.at(0.5, 0.0), frame.at(0.5, 1.0)], rng.pick(((60, 60, 62), (150, 104, 66))), pole)
    canopy = ellipse(frame.at(0.5, rim), frame.width / 2, frame.height * (rim - 0.02), 180, 360)
    canvas.fill(canopy, fabric(rng, colour))
    for share in (0.25, 0.5, 0.75):
        canvas.line([frame.at(0.5, 0.02), frame.at(share, rim)], lit(colour, 0.75), 1.0)
    canvas.outline(canopy, lit(colour, 0.7), 1.0)


def bin_(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A waste bin, bucket or planter that narrows towards the bottom, sometimes with a pedal and a lid."""
    colour = any_colour(rng)
    taper, lid = rng.uniform(0.0, 0.16), rng.uniform(0.04, 0.14)
    body = [frame.at(0.02, lid), frame.at(0.98, lid), frame.at(1 - taper, 1.0), frame.at(taper, 1.0)]
    canvas.shadow(ellipse(frame.at(0.5, 0.99), frame.width * 0.42, frame.height * 0.02), (3, 2), 5, 0.35)
    canvas.body(body, metal(rng) if rng.chance(0.4) else cylinder(rng, colour), None, lit(colour, 0.7))
    canvas.fill(rounded(frame.inner(0, 0, 1, lid), frame.height * 0.02), cylinder(rng, lit(colour, 0.8)))
    if rng.chance(0.4):
        canvas.fill(frame.inner(0.42, 0.95, 0.58, 0.99), (30, 30, 32))


def jar(rng: Rng, canvas: Canvas, frame: Box) -> None:
    """A glass jar or tumbler, full or empty, with or without a lid."""
    body = rounded(frame.inner(0, 0.08, 1, 1), frame.width * 0.14)
    canvas.shadow(ellipse(frame.at(0.5, 0.99), frame.width * 0.44, frame.height * 0.02), (3, 2), 5, 0.3)
    canvas.fill(body, glass(rng))
    if rng.chance(0.6):
        filling = rounded(frame.inner(0.06, rng.uniform(0.25, 0.7), 0.94, 0.97), frame.width * 0.1)
        canvas.fill(filling, cylinder(rng, any_colour(rng)))
    canvas.outline(body, (170, 176, 180), 1.2)
    paint = rng.pick((metal, wood))(rng) if rng.chance(0.8) else matte(rng, any_colour(rng))
    canvas.fill(rounded(frame.inner(0.06, 0.0, 0.94, 0.11), frame.height * 0.02), paint)
