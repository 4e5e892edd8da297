"""Rating plates and type labels: small print on a device or a sticker, at an angle."""

from imagequant.core.records import Box
from imagequant.synthetic.lettering.electric_words import SpecRow, spec_rows
from imagequant.synthetic.lettering.pack_words import BRANDS
from imagequant.synthetic.records import Scene
from imagequant.synthetic.render.canvas import Canvas, Ink, fitting
from imagequant.synthetic.render.colours import Colour, lit, luminance
from imagequant.synthetic.render.fonts import body_face, plate_face, title_face
from imagequant.synthetic.render.geometry import disc, homography, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import cylinder, fabric, matte, metal, wood
from imagequant.synthetic.scenes.common import advert

# fmt: off
_GOODS = ("Power Adapter", "LED Driver", "Li-ion Battery", "Vacuum Cleaner", "Coffee Maker", "AC/DC ADAPTER",
          "Food Processor", "LED Lamp", "Heat Gun", "Water Pump", "Battery Pack", "Hair Dryer", "Fan Heater",
          "SWITCHING POWER SUPPLY")
_WARNINGS = ("FOR INDOOR USE ONLY", "CAUTION: Risk of electric shock", "MADE IN CHINA", "Do not immerse in water",
             "Made in P.R.C.", "For dry location use only", "Do not dispose in fire", "Nur für Innenräume")
# Colours of plates and of their print.
_PLATES: tuple[tuple[Colour, Colour], ...] = (((246, 246, 244), (20, 20, 22)), ((198, 200, 204), (24, 24, 26)),
                                              ((24, 24, 26), (236, 236, 236)), ((30, 60, 130), (250, 250, 250)),
                                              ((230, 130, 30), (16, 16, 18)), ((60, 62, 66), (230, 230, 230)))
# fmt: on


def draw(rng: Rng) -> Scene:
    """Draw a device with its plate, or the plate alone."""
    canvas, _ = advert(rng)
    rows = spec_rows(rng, 0.85)
    ground, ink = rng.pick(_PLATES)
    body = _device(rng, canvas) if rng.chance(0.7) else canvas.frame.inner(0.04, 0.04, 0.96, 0.96)
    plate = _plate(rng, rows, body, ground, ink)
    _stick_on(rng, canvas, body, plate)
    return Scene(canvas, tuple(answer for row in rows for answer in row.answers), "device")


def _device(rng: Rng, canvas: Canvas) -> Box:
    # The body of a charger, battery, motor or appliance, which fills much of the photo.
    wide, tall = rng.uniform(0.7, 0.96), rng.uniform(0.6, 0.96)
    body = canvas.frame.inner((1 - wide) / 2, (1 - tall) / 2, (1 + wide) / 2, (1 + tall) / 2)
    colour = rng.pick(((22, 22, 24), (240, 240, 240), (60, 62, 66), (30, 70, 150), (190, 192, 196), (200, 160, 40)))
    outline = rounded(body, min(body.width, body.height) * rng.uniform(0.02, 0.2))
    paint = rng.pick((cylinder, metal, matte, matte, fabric))(rng, colour)
    paint = wood(rng) if rng.chance(0.04) else paint
    canvas.body(outline, paint, ((6, 8), 10, 0.45), lit(colour, 0.6 if luminance(colour) > 0.3 else 1.8), 1)
    for u, v in ((0.04, 0.04), (0.96, 0.04), (0.04, 0.96), (0.96, 0.96)):
        if rng.chance(0.5):
            canvas.fill(disc(body.at(u, v), 5), (70, 70, 72))
    margin = rng.uniform(0.05, 0.12)
    return body.inner(margin, margin, 1 - margin, 1 - margin)


def _plate(rng: Rng, rows: list[SpecRow], body: Box, ground: Colour, ink_colour: Colour) -> Canvas:
    plate = Canvas.blank(body.width, body.height * rng.uniform(0.5, 1.0), None)
    frame = plate.frame
    plate.fill(rounded(frame, frame.width * rng.uniform(0, 0.04)), ground)
    if rng.chance(0.4):
        plate.outline(frame.inner(0.015, 0.015, 0.985, 0.985), ink_colour, 1)
    pitch = min(frame.height / (len(rows) + 4.5), frame.width * 0.095)
    ink = Ink(plate_face(rng), max(pitch * rng.uniform(0.55, 0.8), 8.5), ink_colour)
    left, y = frame.at(0.05, 0)[0], frame.y0 + pitch * 0.9
    plate.text((left, y), rng.pick(BRANDS), Ink(title_face(rng), pitch * 0.95, ink_colour), "lm")
    if rng.chance(0.7):
        name = fitting(rng.pick(_GOODS), ink, frame.width * 0.45)
        plate.text((frame.at(0.95, 0)[0], y), rng.pick(_GOODS), name, "rm")
    separator = rng.pick((": ", ": ", " : ", "  ", " ", ":", ""))
    for row in rows:
        y += pitch
        text = row.name + (separator or " ") if separator or row.names_unit else ""
        fit = fitting(text + row.value, ink, plate.width * 0.88)
        x = plate.text((left, y), text, fit, "lm").x1 + fit.size * 0.25 if text.strip() else left
        plate.text((x, y), row.value, fit, "lm", key=row.key)
    _foot(rng, plate, y + pitch * 1.3, ink)
    return plate


def _foot(rng: Rng, plate: Canvas, y: float, ink: Ink) -> None:
    size = ink.size
    if y + size > plate.height:
        return
    small = fitting(rng.pick(_WARNINGS), ink.sized(max(size * 0.8, 7.5)), plate.width * 0.5)
    plate.text((plate.frame.at(0.05, 0)[0], y), rng.pick(_WARNINGS), small, "lm")
    x = plate.frame.at(0.62, 0)[0]
    for sign in rng.sample(("CE", "FC", "RoHS", "UL", "UKCA", "GS"), rng.integer(1, 3)):
        x = plate.text((x, y), sign, Ink(body_face(rng), size * 1.2, ink.colour), "lm").x1 + size * 0.6
    if rng.chance(0.5):
        # The crossed-out bin that electric goods carry.
        x = min(x + size, plate.width - size * 1.2)
        corners = ((-0.4, -0.4), (0.4, -0.4), (0.3, 0.5), (-0.3, 0.5))
        plate.outline([(x + size * u, y + size * v) for u, v in corners], ink.colour, 1)
        plate.line([(x - size * 0.6, y - size * 0.6), (x + size * 0.6, y + size * 0.6)], ink.colour, 1)
        plate.line([(x + size * 0.6, y - size * 0.6), (x - size * 0.6, y + size * 0.6)], ink.colour, 1)


def _stick_on(rng: Rng, canvas: Canvas, body: Box, plate: Canvas) -> None:
    scale = min(body.width / plate.width, body.height / plate.height)
    width, height = plate.width * scale, plate.height * scale
    x0, y0 = body.x0 + (body.width - width) / 2, body.y0 + (body.height - height) / 2
    target = Box(x0, y0, x0 + width, y0 + height)
    lean = rng.uniform(0.0, 0.05) if rng.chance(0.6) else 0.0
    quad = []
    for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
        du, dv = rng.uniform(0, lean), rng.uniform(0, lean)
        quad.append(target.at(1 - du if u else du, 1 - dv if v else dv))
    if rng.chance(0.08):
        # Batteries and motors are often photographed with their print running up or down.
        quad = [*quad[1:], quad[0]] if rng.chance(0.5) else [quad[3], *quad[:3]]
    canvas.place(plate, homography(plate.frame.corners, quad))
