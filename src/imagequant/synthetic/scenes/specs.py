"""Rows of names and values: rating plates on devices, and specification tables, alone or next to a product."""

from collections.abc import Callable
from functools import partial

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import any_good
from imagequant.synthetic.lettering.electric_words import SpecRow, spec_rows
from imagequant.synthetic.lettering.pack_words import BRANDS
from imagequant.synthetic.records import Scene
from imagequant.synthetic.render.canvas import Canvas, Ink, fitting, text_width
from imagequant.synthetic.render.colours import VIVIDS, WHITE, Colour, lit, luminance, mixed
from imagequant.synthetic.render.fonts import body_face, plate_face, title_face
from imagequant.synthetic.render.geometry import Point, disc, homography, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import cylinder, fabric, matte, metal, wood
from imagequant.synthetic.scenes.common import advert, draw_product, headline

# fmt: off
_DEVICES = ("Power Adapter", "LED Driver", "Li-ion Battery", "Vacuum Cleaner", "Coffee Maker", "AC/DC ADAPTER",
             "Food Processor", "LED Lamp", "Heat Gun", "Water Pump", "Battery Pack", "Hair Dryer", "Fan Heater",
             "SWITCHING POWER SUPPLY")
_WARNINGS = ("FOR INDOOR USE ONLY", "CAUTION: Risk of electric shock", "MADE IN CHINA", "Do not immerse in water",
             "Made in P.R.C.", "For dry location use only", "Do not dispose in fire", "Nur für Innenräume")
# Colours of plates and of their print.
_PLATES: tuple[tuple[Colour, Colour], ...] = (((246, 246, 244), (20, 20, 22)), ((198, 200, 204), (24, 24, 26)),
                                              ((24, 24, 26), (236, 236, 236)), ((30, 60, 130), (250, 250, 250)),
                                              ((230, 130, 30), (16, 16, 18)), ((60, 62, 66), (230, 230, 230)))
_TITLES = ("SPECIFICATIONS", "Product Information", "PRODUCT INFORMATION", "Technical Data", "Technische Daten",
           "Parameters", "Product Parameters", "Especificaciones", "Caractéristiques", "Specification",
           "PRODUCT PARAMETERS", "Scheda tecnica", "About this item")
# fmt: on


MakeRows = Callable[[Rng], list[SpecRow]]
_DEVICE_ROWS: MakeRows = partial(spec_rows, electric=0.85)
_ANY_ROWS: MakeRows = partial(spec_rows, electric=0.55)


def draw_plate(rng: Rng, make_rows: MakeRows = _DEVICE_ROWS) -> Scene:
    """Draw a device with its plate, or the plate alone."""
    canvas, _ = advert(rng)
    rows = make_rows(rng)
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
        name = fitting(rng.pick(_DEVICES), ink, frame.width * 0.45)
        plate.text((frame.at(0.95, 0)[0], y), rng.pick(_DEVICES), name, "rm")
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


def draw_table(rng: Rng, make_rows: MakeRows = _ANY_ROWS) -> Scene:
    """Draw a table in one of several layouts."""
    canvas, ground = advert(rng)
    rows = make_rows(rng)
    top = headline(rng, canvas, ground, rng.pick(_TITLES)) if rng.chance(0.75) else canvas.height * 0.04
    room = Box(canvas.width * 0.05, top + canvas.height * 0.02, canvas.width * 0.95, canvas.height * 0.96)
    product = "table"
    if rng.chance(0.65):
        good, share = any_good(rng), rng.uniform(0.35, 0.52)
        wide = room.width > room.height * 0.75 and rng.chance(0.7)
        place = room.inner(0, 0, share - 0.03, 1) if wide else room.inner(0, 0, 1, share - 0.03)
        product = draw_product(rng, canvas, place, (0.75, 1.0), good)
        room = room.inner(share, 0, 1, 1) if wide else room.inner(0, share, 1, 1)
    # A table with few rows does not fill a tall room.
    height = min(room.height, len(rows) * room.width * rng.uniform(0.12, 0.2))
    y = room.y0 + (room.height - height) * rng.pick((0.0, 0.3, 0.5))
    room = Box(room.x0, y, room.x1, y + height)
    colour: Colour = (16, 16, 18)
    if luminance(ground) < 0.5 and rng.chance(0.6):
        colour = (245, 245, 245)
    elif ground != WHITE or not rng.chance(0.7):
        margin = room.width * 0.02
        card = Box(room.x0 - margin, room.y0 - margin, room.x1 + margin, room.y1 + margin)
        canvas.fill(rounded(card, rng.uniform(0, 20)), (250, 250, 250), rng.uniform(0.9, 1.0))
    layout = rng.weighted(((_ruled, 5), (_bullets, 3), (_pills, 2), (_stacked, 2), (_prose, 3)))
    layout(rng, canvas, room, rows, colour)
    return Scene(canvas, tuple(answer for row in rows for answer in row.answers), product)


def _sizes(rng: Rng, room: Box, count: int) -> tuple[float, float]:
    pitch = min(room.height / count, room.width * rng.uniform(0.1, 0.17))
    return pitch, max(pitch * rng.uniform(0.34, 0.5), 9.5)


def _ruled(rng: Rng, canvas: Canvas, room: Box, rows: list[SpecRow], colour: Colour) -> None:
    pitch, size = _sizes(rng, room, len(rows))
    name_ink, value_ink = Ink(body_face(rng), size, colour), Ink(body_face(rng), size, colour)
    split = room.at(rng.uniform(0.4, 0.55), 0)[0]
    rule = mixed(colour, (128, 128, 128), 0.6)
    tint = lit(rng.pick(VIVIDS), 1.2) if rng.chance(0.3) else None
    grid = rng.chance(0.5)
    x, anchor = ((split + room.x1) / 2, "mm") if rng.chance(0.4) else (split + size * 0.5, "lm")
    for number, row in enumerate(rows):
        y0, y1 = room.y0 + pitch * number, room.y0 + pitch * (number + 1)
        if tint is not None and number % 2 == 0:
            canvas.fill(Box(room.x0, y0, room.x1, y1), tint, 0.18)
        canvas.line([(room.x0, y1), (room.x1, y1)], rule, 1)
        if grid:
            canvas.line([(split, y0), (split, y1)], rule, 1)
        y = (y0 + y1) / 2
        canvas.text((room.x0 + size * 0.5, y), row.name, name_ink, "lm", width=split - room.x0 - size)
        canvas.text((x, y), row.value, value_ink, anchor, key=row.key, width=room.x1 - split - size)
    if grid:
        canvas.outline(Box(room.x0, room.y0, room.x1, room.y0 + pitch * len(rows)), rule, 1)


def _bullets(rng: Rng, canvas: Canvas, room: Box, rows: list[SpecRow], colour: Colour) -> None:
    # The marketplace's own template: a bullet, a name, and a bold value below it.
    pitch, size = _sizes(rng, room, len(rows))
    size = max(min(size * 0.9, pitch * 0.32), 9.0)
    ink, bold = Ink(body_face(rng), size, colour), Ink(body_face(rng), size, colour)
    x, space = room.x0 + size * 2, room.width - size * 2
    for number, row in enumerate(rows):
        y = room.y0 + pitch * (number + 0.5)
        canvas.fill(disc((room.x0 + size * 0.5, y), size * 0.22), colour)
        canvas.text((x, y - size * 0.65), row.name, ink, "lm", width=space)
        canvas.text((x, y + size * 0.65), row.value, bold, "lm", key=row.key, width=space)


def _pills(rng: Rng, canvas: Canvas, room: Box, rows: list[SpecRow], colour: Colour) -> None:
    pitch, size = _sizes(rng, room, len(rows))
    paint = lit(rng.pick(VIVIDS), rng.uniform(0.8, 1.1))
    ink = Ink(body_face(rng), size, WHITE if luminance(paint) < 0.65 else lit(colour, 0.2))
    radius = pitch * rng.pick((0.0, 0.1, 0.38))
    for number, row in enumerate(rows):
        y = room.y0 + pitch * (number + 0.5)
        canvas.fill(rounded(Box(room.x0, y - pitch * 0.38, room.x1, y + pitch * 0.38), radius), paint)
        text = f"{row.name} {row.value}"
        fit = fitting(text, ink, room.width * 0.88)
        _pair(canvas, ((room.x0 + room.x1 - text_width(text, fit)) / 2, y), row.name, row, fit, " ")


def _stacked(rng: Rng, canvas: Canvas, room: Box, rows: list[SpecRow], colour: Colour) -> None:
    # A grid of large values above small names, as in advertisements for scooters and power stations.
    columns = 3 if room.width > room.height * 0.9 else 2
    lines = -(-len(rows) // columns)
    width, height = room.width / columns, min(room.height / lines, room.width / columns)
    size = max(min(width * 0.16, height * 0.26), 10.0)
    bold, small = Ink(body_face(rng), size, colour), Ink(body_face(rng), max(size * 0.6, 8.5), colour)
    for number, row in enumerate(rows):
        x, y = room.x0 + width * (number % columns + 0.5), room.y0 + height * (number // columns + 0.5)
        canvas.text((x, y - size * 0.5), row.value, bold, key=row.key, width=width * 0.92)
        canvas.text((x, y + size * 0.6), row.name, small, width=width * 0.92)


def _prose(rng: Rng, canvas: Canvas, room: Box, rows: list[SpecRow], colour: Colour) -> None:
    # Lines like "Name: value".
    pitch, size = _sizes(rng, room, len(rows))
    ink = Ink(body_face(rng), size, colour)
    mark = rng.pick(("", "", "• ", "◆ ", "★ ", "- ", "✔ "))
    colon = rng.pick((": ", ": ", " : ", ":", " = ", " "))
    for number, row in enumerate(rows):
        name = mark + row.name + colon
        fit = fitting(name + row.value, ink, room.width)
        _pair(canvas, (room.x0, room.y0 + pitch * (number + 0.5)), name, row, fit)


def _pair(canvas: Canvas, at: Point, name: str, row: SpecRow, ink: Ink, space: str = "") -> None:
    # A name and its value in one line.
    canvas.text(at, name, ink, "lm")
    canvas.text((at[0] + text_width(name + space, ink), at[1]), row.value, ink, "lm", key=row.key)
