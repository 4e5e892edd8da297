"""Advertising photos: a product, a headline, and one or two quantities in a banner, badge or icon row."""

from dataclasses import dataclass

from imagequant.core.records import Box
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, doubled, spelled
from imagequant.synthetic.lettering.electric_words import voltage_text
from imagequant.synthetic.records import Scene, SceneQuestion, question
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import VIVIDS, WHITE, Colour, lit, luminance, readable_on
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.geometry import Point, disc, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import advert, draw_product, headline

# fmt: off
_POWER = ("{}", "{}", "{}", "{} Powerful Motor", "{} Power", "Up to {}", "{} Fast Charging", "Max {}",
          "{}\nRated Power", "{} LED", "Mit {} Leistung", "{} Motor", "Power\n{}", "Only {}")
_VOLUME = ("{}", "{}", "{} Large Capacity", "Capacity {}", "{}\nCapacity", "{} XL", "Large {} Tank",
           "Fassungsvermögen {}", "Capacité {}", "{} Volumen")
_WEIGHT = ("{}", "Only {}", "Weight: {}", "Lightweight {}", "{}\nLightweight", "Weight {}", "Ultra light {}", "Nur {}",
           "Net Weight {}", "weight : {}", "Product Weight\n{}", "Light to {}")
# fmt: on
_VOLTAGE = ("{}", "{}", "Voltage: {}", "{} Power Supply", "Input {}", "{}\nVoltage", "Works with {}")
_LOAD = "maximum_weight_recommendation"
_ENTITIES = ((_LOAD, 38), ("wattage", 22), ("item_volume", 14), ("voltage", 16), ("item_weight", 14))
_PATTERNS = {_LOAD: words.LOADS, "wattage": _POWER, "item_volume": _VOLUME, "item_weight": _WEIGHT}


@dataclass(frozen=True)
class Message:
    """A banner's text (one or two lines, with the amount in line ``line``) its question and the mark's key."""

    lines: tuple[str, ...]
    line: int
    answer: SceneQuestion
    key: str


def draw(rng: Rng) -> Scene:
    """Draw a banner about load, power, voltage, volume or weight."""
    canvas, ground = advert(rng)
    entity = rng.weighted(_ENTITIES)
    messages = [_message(rng, entity, "first")]
    if entity in ("wattage", "voltage") and rng.chance(0.4):
        messages.append(_message(rng, "voltage" if entity == "wattage" else "wattage", "second"))
    elif entity == _LOAD and rng.chance(0.2):
        messages.append(_message(rng, "item_weight", "second"))
    top = headline(rng, canvas, ground, rng.pick(words.HEADLINES)) if rng.chance(0.6) else canvas.height * 0.03
    room = Box(canvas.width * 0.04, top, canvas.width * 0.96, canvas.height * 0.97)
    place = rng.weighted(((_strip, 30), (_badge, 22), (_icons, 26), (_beside, 22)))
    product = draw_product(rng, canvas, place(rng, canvas, room, ground, messages), (0.8, 1.0))
    answers = tuple(message.answer for message in messages)
    if rng.chance(0.05):
        asked = {answer.entity for answer in answers}
        others = [name for name in ("item_weight", "voltage", "wattage") if name not in asked]
        answers += (SceneQuestion(rng.pick(others)),)
    return Scene(canvas, answers, product)


def _message(rng: Rng, entity: str, key: str) -> Message:
    if entity == "voltage":
        text, amount = voltage_text(rng)
        pattern = rng.pick(_VOLTAGE)
    else:
        amount = any_amount(rng, entity)
        doubles = {_LOAD: 0.3, "item_weight": 0.15}.get(entity, 0.05)
        text = doubled(rng, amount) if rng.chance(doubles) else spelled(rng, amount)
        pattern = rng.pick(_PATTERNS[entity])
    lines = pattern.split("\n")
    line = next(number for number, part in enumerate(lines) if "{}" in part)
    return Message(tuple(part.format(text) for part in lines), line, question(entity, amount, key), key)


def _write(canvas: Canvas, room: Box, message: Message, ink: Ink) -> None:
    x, y = room.center
    for number, text in enumerate(message.lines):
        stated = number == message.line
        at = (x, y + (number - (len(message.lines) - 1) / 2) * ink.size * 1.2)
        one = ink if stated else ink.sized(ink.size * 0.7)
        canvas.text(at, text, one, key=message.key if stated else "", width=room.width * 0.94)


def _strip(rng: Rng, canvas: Canvas, room: Box, _ground: Colour, messages: list[Message]) -> Box:
    # A coloured strip at the top or bottom of the photo.
    tall = room.height * rng.uniform(0.1, 0.18)
    foot = rng.chance(0.75)
    y0, y1 = (room.y1 - tall, canvas.height) if foot else (room.y0, room.y0 + tall)
    strip = Box(0, y0, canvas.width, y1)
    paint = rng.pick(((40, 40, 44), (250, 250, 250), lit(rng.pick(VIVIDS), 0.9), lit(rng.pick(VIVIDS), 0.9)))
    canvas.fill(strip, paint, rng.pick((1.0, 1.0, 0.7)))
    ink = Ink(title_face(rng), strip.height * rng.uniform(0.3, 0.5), readable_on(paint, rng))
    for number, message in enumerate(messages):
        cell = strip.inner(number / len(messages), 0, (number + 1) / len(messages), 1)
        _write(canvas, cell, message, ink.sized(ink.size * 0.75) if len(message.lines) > 1 else ink)
    return Box(room.x0, room.y0, room.x1, y0 - 8) if foot else Box(room.x0, y1 + 8, room.x1, room.y1)


def _badge(rng: Rng, canvas: Canvas, room: Box, _ground: Colour, messages: list[Message]) -> Box:
    # Round badges in a corner.
    radius = min(room.width, room.height) * rng.uniform(0.11, 0.17)
    left = rng.chance(0.5)
    x = room.x0 + radius if left else room.x1 - radius
    for number, message in enumerate(messages):
        y = room.y0 + radius * (1.1 + 2.3 * number)
        paint = lit(rng.pick(VIVIDS), rng.uniform(0.7, 1.1))
        canvas.fill(disc((x, y), radius), paint)
        if rng.chance(0.4):
            canvas.outline(disc((x, y), radius * 0.9), WHITE, 2)
        ink = Ink(title_face(rng), radius * 0.42, WHITE if luminance(paint) < 0.6 else (20, 20, 22))
        _write(canvas, Box(x - radius * 0.9, y - radius, x + radius * 0.9, y + radius), message, ink)
    edge = radius * 2.1
    return Box(room.x0 + edge, room.y0, room.x1, room.y1) if left else Box(room.x0, room.y0, room.x1 - edge, room.y1)


def _icons(rng: Rng, canvas: Canvas, room: Box, ground: Colour, messages: list[Message]) -> Box:
    # A row of features below the product, including the amount.
    count = max(rng.integer(2, 4), len(messages) + 1)
    cells: list[Message | str] = [*messages, *rng.sample(words.FEATURES, count - len(messages))]
    order = rng.sample(cells, count)
    row = room.inner(0, 1 - rng.uniform(0.16, 0.24), 1, 1)
    colour = readable_on(ground, rng)
    width = row.width / count
    ink = Ink(body_face(rng), max(min(width * 0.11, row.height * 0.2), 10.0), colour)
    for number, cell in enumerate(order):
        area = Box(row.x0 + width * number, row.y0, row.x0 + width * (number + 1), row.y1)
        radius = min(width * 0.2, row.height * 0.26)
        center = (area.at(0.5, 0)[0], area.y0 + radius)
        _icon(rng, canvas, center, radius, colour)
        below = Box(area.x0, center[1] + radius, area.x1, area.y1)
        if isinstance(cell, Message):
            _write(canvas, below, cell, ink.sized(ink.size * 1.1))
        else:
            canvas.text(below.at(0.5, 0.5), cell, ink, width=area.width * 0.94)
    return Box(room.x0, room.y0, room.x1, row.y0 - 6)


def _icon(rng: Rng, canvas: Canvas, center: Point, radius: float, colour: Colour) -> None:
    canvas.outline(disc(center, radius), colour, 1.5)
    x, y = center
    half = radius * 0.45
    kind = rng.integer(0, 3)
    if kind == 0:
        bolt = ((0, -1), (-0.6, 0.2), (0, 0.1), (0, 1), (0.6, -0.2), (0, -0.1))
        canvas.fill([(x + half * u, y + half * v) for u, v in bolt], colour)
    elif kind == 1:
        canvas.outline(rounded(Box(x - half, y - half, x + half, y + half), 3), colour, 1.5)
        canvas.line([(x - half * 0.5, y), (x, y + half * 0.5), (x + half * 0.6, y - half * 0.5)], colour, 1.5)
    elif kind == 2:
        pot = ((-0.7, -0.4), (0.7, -0.4), (1, 1), (-1, 1))
        canvas.fill([(x + half * u, y + half * v) for u, v in pot], colour)
        canvas.outline(disc((x, y - half * 0.6), half * 0.3), colour, 1.5)
    else:
        canvas.outline(disc(center, half), colour, 1.5)
        canvas.line([center, (x + half * 0.6, y - half * 0.5)], colour, 1.5)


def _beside(rng: Rng, canvas: Canvas, room: Box, ground: Colour, messages: list[Message]) -> Box:
    # Large text next to or above the product.
    colour = readable_on(ground, rng) if rng.chance(0.7) or luminance(ground) < 0.5 else lit(rng.pick(VIVIDS), 0.7)
    ink = Ink(title_face(rng), room.width * rng.uniform(0.04, 0.085), colour)
    side = rng.chance(0.5) and room.width >= room.height
    block = room.inner(0, 0, 0.42, 1) if side else room.inner(0, 0, 1, 0.24)
    for number, message in enumerate(messages):
        low, high = number / len(messages), (number + 1) / len(messages)
        cell = block.inner(0, 0.2 + 0.6 * low, 1, 0.2 + 0.6 * high) if side else block.inner(low, 0, high, 1)
        _write(canvas, cell, message, ink)
    if side and rng.chance(0.5):
        for number, feature in enumerate(rng.sample(words.FEATURES, rng.integer(1, 3))):
            small = Ink(body_face(rng), max(ink.size * 0.45, 9.5), colour)
            canvas.text(block.at(0.5, 0.84 + 0.05 * number), feature, small, width=block.width * 0.9)
    return room.inner(0.44, 0, 1, 1) if side else room.inner(0, 0.26, 1, 1)
