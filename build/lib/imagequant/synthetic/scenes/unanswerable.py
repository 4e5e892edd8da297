"""Photos that do not answer their questions: without text, or with other words, numbers or measurements."""

from imagequant.core.records import Box
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, number, spelled
from imagequant.synthetic.lettering.electric_words import decoy_rows
from imagequant.synthetic.records import Amount, Scene, SceneQuestion, question
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import Colour, any_colour, readable_on
from imagequant.synthetic.render.fonts import body_face, plate_face
from imagequant.synthetic.render.geometry import rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import matte
from imagequant.synthetic.scenes.common import advert, draw_product, fitted, headline

# fmt: off
_ASKED: tuple[tuple[tuple[str, ...], float], ...] = ((("item_weight",), 5), (("maximum_weight_recommendation",), 3),
                                                     (("height", "width"), 1), (("height", "width", "depth"), 0.4),
                                                     (("depth",), 0.6), (("voltage", "wattage"), 2),
                                                     (("item_weight", "maximum_weight_recommendation"), 2),
                                                     (("voltage",), 1), (("wattage",), 1), (("item_volume",), 2))
# What a measuring instrument shows is not its own, and what its users measure is not the product's.
_READINGS = (("item_weight", "kilogram", 0.4, 95.0), ("item_weight", "gram", 2.0, 4800.0),
             ("item_weight", "pound", 1.0, 190.0), ("voltage", "volt", 1.1, 240.0),
             ("height", "centimetre", 20.0, 195.0))
_USERS = {
    "height": ("Model: {0} cm tall", "Height of the model {0} cm", "For children {1}-{2} cm", "Waist {1} cm",
               "Body height {1} - {2} cm", "Körpergröße {1}-{2} cm", "Taille enfant : {1}/{2} cm", "Bust: {1} cm",
               "Chest {1}-{2} cm"),
    "item_weight": ("For dogs of {1}-{2} kg", "Fits cats from {1} kg", "Pets {1} - {2} kg", "Newborn {1}-{2} kg",
                    "Babys {1}-{2} kg", "for riders of {1} - {2} lbs", "Body weight {0} kg"),
}
# fmt: on
_DISPLAY, _USER = 0.35, 0.2
# Probability that a weighing scale states its capacity.
_STATES_CAPACITY = 0.5
_DARK: tuple[Colour, ...] = ((12, 14, 18), (28, 40, 34), (186, 204, 176))


def draw(rng: Rng) -> Scene:
    """Draw a product with questions it does not answer."""
    canvas, ground = advert(rng)
    kind = rng.weighted(((_instrument, _DISPLAY), (_used_by, _USER), (_plain, 1 - _DISPLAY - _USER)))
    return kind(rng, canvas, ground)


def _instrument(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    """A device whose display shows what it measures."""
    entity, unit, low, high = rng.pick(_READINGS)
    value = round(rng.log_uniform(low, high), rng.pick((0, 1, 2)))
    top = headline(rng, canvas, ground, rng.pick(words.HEADLINES)) if rng.chance(0.4) else canvas.height * 0.04
    room = Box(canvas.width * 0.1, top, canvas.width * 0.9, canvas.height * 0.94)
    body = fitted(room, rng.uniform(0.6, 1.8), rng.uniform(0.6, 1.0))
    case = any_colour(rng)
    canvas.body(rounded(body, body.width * 0.06), matte(rng, case), ((3, 4), 6, 0.3))
    screen = body.inner(0.2, 0.12, 0.8, rng.uniform(0.32, 0.5))
    colour = rng.pick(_DARK)
    canvas.fill(rounded(screen, screen.height * 0.1), colour)
    ink = Ink(plate_face(rng), screen.height * rng.uniform(0.4, 0.7), readable_on(colour, rng))
    text = f"{number(value)}{rng.pick((' cm', 'cm'))}" if unit == "centimetre" else spelled(rng, Amount(value, unit))
    canvas.text(screen.at(0.5, 0.5), text, ink, width=screen.width * 0.9)
    small = Ink(body_face(rng), max(body.height * 0.05, 9.0), readable_on(case, rng))
    canvas.text(body.at(0.5, 0.75), rng.pick(words.BRANDS), small, width=body.width * 0.8)
    asked: tuple[SceneQuestion, ...] = (SceneQuestion(entity),)
    if entity == "item_weight" and rng.chance(_STATES_CAPACITY):
        most = any_amount(rng, "maximum_weight_recommendation", (unit,) if unit != "gram" else ("gram", "kilogram"))
        text = rng.pick(words.LOADS).replace("\n", " ").format(spelled(rng, most))
        canvas.text(body.at(0.5, 0.86), text, small, key="load", width=body.width * 0.9)
        asked += (question("maximum_weight_recommendation", most, "load"),)
    return Scene(canvas, asked, "instrument")


def _used_by(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    """A product with the measurements of those who use it."""
    entity = rng.pick(sorted(_USERS))
    low = round(rng.log_uniform(60, 150) if entity == "height" else rng.log_uniform(1, 40))
    high = round(low * rng.uniform(1.1, 1.6)) + 1
    lines = [
        pattern.format(rng.integer(150, 190) if entity == "height" else high, low, high)
        for pattern in rng.sample(_USERS[entity], rng.integer(1, 2))
    ]
    lines += rng.sample(words.FEATURES, rng.integer(0, 2))
    ink = Ink(body_face(rng), max(canvas.width * rng.uniform(0.025, 0.05), 9.5), readable_on(ground, rng))
    room = _words(rng, canvas, canvas.frame.inner(0.05, 0.04, 0.95, 0.96), rng.sample(lines, len(lines)), ink)
    product = draw_product(rng, canvas, room, (0.7, 0.95))
    asked = rng.pick((("height",), ("width",), ("height", "width"))) if entity == "height" else (entity,)
    return Scene(canvas, tuple(SceneQuestion(each) for each in asked), product)


def _plain(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    """A product without amounts of the kind, or without text."""
    top = headline(rng, canvas, ground, rng.pick(words.HEADLINES)) if rng.chance(0.4) else canvas.height * 0.03
    room = Box(canvas.width * 0.05, top, canvas.width * 0.95, canvas.height * 0.96)
    if rng.chance(0.65):
        lines = rng.sample(words.FEATURES, rng.integer(1, 4))
        rows = decoy_rows(rng, rng.integer(0, 3))
        lengths = ("Size", "Größe", "Length")
        lines += [f"{row.name}: {row.value}" for row in rows if not any(word in row.name for word in lengths)]
        ink = Ink(body_face(rng), max(canvas.width * rng.uniform(0.022, 0.045), 9.5), readable_on(ground, rng))
        room = _words(rng, canvas, room, lines, ink)
    product = draw_product(rng, canvas, room, (0.7, 0.95))
    return Scene(canvas, tuple(SceneQuestion(entity) for entity in rng.weighted(_ASKED)), product)


def _words(rng: Rng, canvas: Canvas, room: Box, lines: list[str], ink: Ink) -> Box:
    # Writes beside or below the room that is left.
    side = rng.chance(0.5) and room.width >= room.height
    pitch = ink.size * rng.uniform(1.5, 2.6)
    for place, text in enumerate(lines):
        if side:
            at = (room.x0, (room.y0 + room.y1) / 2 + (place - (len(lines) - 1) / 2) * pitch)
            canvas.text(at, text, ink, "lm", width=room.width * 0.4)
        else:
            at = (room.at(0.5, 0)[0], room.y1 - pitch * (len(lines) - place - 0.5))
            canvas.text(at, text, ink, width=room.width * 0.9)
    return room.inner(0.45, 0, 1, 1) if side else Box(room.x0, room.y0, room.x1, room.y1 - pitch * len(lines))
