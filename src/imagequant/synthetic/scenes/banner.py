"""Advertising photos: a product, a headline, and one or two quantities as banner, badge or icon row."""

from __future__ import annotations

from dataclasses import dataclass

from imagequant.synthetic.goods.kinds import any_good
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, doubled, spelled
from imagequant.synthetic.lettering.electric_words import voltage_text
from imagequant.synthetic.records import Answer, Scene, silent, told
from imagequant.synthetic.render.backgrounds import rich_ground
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.geometry import Frame, ellipse, rounded
from imagequant.synthetic.render.rng import Dice
from imagequant.synthetic.render.surfaces import VIVIDS, lit, luminance, readable_on
from imagequant.synthetic.scenes.common import fitted, headline, photo_size

# fmt: off
_POWER = (
    "{}", "{}", "{}", "{} Powerful Motor", "{} Power", "Up to {}", "{} Fast Charging", "Max {}", "{}\nRated Power",
    "{} LED", "Mit {} Leistung", "{} Motor", "Power\n{}", "Only {}",
)
_VOLUME = (
    "{}", "{}", "{} Large Capacity", "Capacity {}", "{}\nCapacity", "{} XL", "Large {} Tank", "Fassungsvermögen {}",
    "Capacité {}", "{} Volumen",
)
_WEIGHT = (
    "{}", "Only {}", "Weight: {}", "Lightweight {}", "{}\nLightweight", "Weight {}", "Ultra light {}", "Nur {}",
    "Net Weight {}", "weight : {}", "Product Weight\n{}", "Light to {}",
)
# fmt: on
_VOLTAGE = ("{}", "{}", "Voltage: {}", "{} Power Supply", "Input {}", "{}\nVoltage", "Works with {}")


@dataclass(frozen=True)
class Message:
    """What a banner says (one or two lines; the amount in line ``line``) and what it answers."""

    lines: tuple[str, ...]
    line: int
    answer: Answer


def draw(dice: Dice) -> Scene:
    """A banner photo about load, power, voltage, volume or weight."""
    width, height = photo_size(dice)
    canvas, ground = rich_ground(dice, width, height)
    entity = dice.weighted(
        (
            ("maximum_weight_recommendation", 38),
            ("wattage", 22),
            ("item_volume", 14),
            ("voltage", 16),
            ("item_weight", 14),
        )
    )
    messages = [_message(dice, entity, "first")]
    if entity in ("wattage", "voltage") and dice.chance(0.4):
        messages.append(_message(dice, "voltage" if entity == "wattage" else "wattage", "second"))
    elif entity == "maximum_weight_recommendation" and dice.chance(0.2):
        messages.append(_message(dice, "item_weight", "second"))
    top = headline(dice, canvas, ground, dice.pick(words.HEADLINES)) if dice.chance(0.6) else canvas.height * 0.03
    room = Frame(canvas.width * 0.04, top, canvas.width * 0.96, canvas.height * 0.97)
    place = dice.weighted(((_strip, 30), (_badge, 22), (_icons, 26), (_beside, 22)))
    free = place(dice, canvas, room, ground, messages)
    good = any_good(dice)
    good.draw(dice, canvas, fitted(free, dice.uniform(*good.aspect), dice.uniform(0.8, 1.0)))
    answers = tuple(message.answer for message in messages)
    if dice.chance(0.05):
        answers += (
            silent(
                dice.pick(
                    [name for name in ("item_weight", "voltage", "wattage") if name not in {a.entity for a in answers}]
                )
            ),
        )
    return Scene(canvas, answers, good.name)


def _message(dice: Dice, entity: str, key: str) -> Message:
    if entity == "voltage":
        text, amount = voltage_text(dice)
        pattern = dice.pick(_VOLTAGE)
    else:
        amount = any_amount(dice, entity)
        doubles = {"maximum_weight_recommendation": 0.3, "item_weight": 0.15}.get(entity, 0.05)
        text = doubled(dice, amount) if dice.chance(doubles) else spelled(dice, amount)
        patterns = {
            "maximum_weight_recommendation": words.LOADS,
            "wattage": _POWER,
            "item_volume": _VOLUME,
            "item_weight": _WEIGHT,
        }
        pattern = dice.pick(patterns[entity])
    lines = tuple(pattern.format(text).split("\n"))
    line = next(number for number, part in enumerate(pattern.split("\n")) if "{}" in part)
    return Message(lines, line, told(entity, amount, key))


def _write(canvas: Canvas, room: Frame, message: Message, ink: Ink) -> None:
    lines = message.lines
    for number, text in enumerate(lines):
        size = ink if number == message.line else ink.sized(ink.size * 0.7)
        y = (room.y0 + room.y1) / 2 + (number - (len(lines) - 1) / 2) * ink.size * 1.2
        key = message.answer.key if number == message.line else None
        canvas.text(((room.x0 + room.x1) / 2, y), text, fitting(text, size, room.width * 0.94), "mm", key=key)


def _strip(dice: Dice, canvas: Canvas, room: Frame, _ground: Colour, messages: list[Message]) -> Frame:
    # A coloured strip across the foot or the head of the photo.
    tall = dice.uniform(0.1, 0.18)
    foot = dice.chance(0.75)
    strip = (
        Frame(0, room.y1 - room.height * tall, canvas.width, canvas.height)
        if foot
        else Frame(0, room.y0, canvas.width, room.y0 + room.height * tall)
    )
    paint = dice.pick(((40, 40, 44), (250, 250, 250), lit(dice.pick(VIVIDS), 0.9), lit(dice.pick(VIVIDS), 0.9)))
    canvas.fill(strip.corners, paint, dice.pick((1.0, 1.0, 0.7)))
    ink = Ink(title_face(dice), strip.height * dice.uniform(0.3, 0.5), readable_on(paint, dice))
    for number, message in enumerate(messages):
        cell = strip.inner(number / len(messages), 0, (number + 1) / len(messages), 1)
        one = ink.sized(ink.size * 0.75) if len(message.lines) > 1 else ink
        _write(canvas, cell, message, one)
    return Frame(room.x0, room.y0, room.x1, strip.y0 - 8) if foot else Frame(room.x0, strip.y1 + 8, room.x1, room.y1)


def _badge(dice: Dice, canvas: Canvas, room: Frame, _ground: Colour, messages: list[Message]) -> Frame:
    # Round badges in a corner.
    radius = min(room.width, room.height) * dice.uniform(0.11, 0.17)
    left = dice.chance(0.5)
    x = room.x0 + radius if left else room.x1 - radius
    for number, message in enumerate(messages):
        y = room.y0 + radius * (1.1 + 2.3 * number)
        paint = lit(dice.pick(VIVIDS), dice.uniform(0.7, 1.1))
        disc = ellipse((x, y), radius, radius)
        canvas.fill(disc, paint)
        if dice.chance(0.4):
            canvas.outline(ellipse((x, y), radius * 0.9, radius * 0.9), (255, 255, 255), 2)
        ink = Ink(title_face(dice), radius * 0.42, (255, 255, 255) if luminance(paint) < 0.6 else (20, 20, 22))
        _write(canvas, Frame(x - radius * 0.9, y - radius, x + radius * 0.9, y + radius), message, ink)
    edge = radius * 2.1
    return (
        Frame(room.x0 + edge, room.y0, room.x1, room.y1) if left else Frame(room.x0, room.y0, room.x1 - edge, room.y1)
    )


def _icons(dice: Dice, canvas: Canvas, room: Frame, ground: Colour, messages: list[Message]) -> Frame:
    # A row of features under the product, the amount one of them.
    count = max(dice.integer(2, 4), len(messages) + 1)
    cells: list[Message | str] = [*messages, *dice.sample(words.FEATURES, count - len(messages))]
    order = dice.sample(cells, count)
    row = room.inner(0, 1 - dice.uniform(0.16, 0.24), 1, 1)
    colour = readable_on(ground, dice)
    face = body_face(dice)
    width = row.width / count
    size = max(min(width * 0.11, row.height * 0.2), 10.0)
    for number, cell in enumerate(order):
        area = Frame(row.x0 + width * number, row.y0, row.x0 + width * (number + 1), row.y1)
        radius = min(width * 0.2, row.height * 0.26)
        center = (area.at(0.5, 0)[0], area.y0 + radius)
        _icon(dice, canvas, center, radius, colour)
        below = Frame(area.x0, center[1] + radius, area.x1, area.y1)
        if isinstance(cell, Message):
            _write(canvas, below, cell, Ink(face, size * 1.1, colour))
        else:
            canvas.text(below.at(0.5, 0.5), cell, fitting(cell, Ink(face, size, colour), area.width * 0.94), "mm")
    return Frame(room.x0, room.y0, room.x1, row.y0 - 6)


def _icon(dice: Dice, canvas: Canvas, center: tuple[float, float], radius: float, colour: Colour) -> None:
    canvas.outline(ellipse(center, radius, radius), colour, 1.5)
    x, y = center
    half = radius * 0.45
    kind = dice.integer(0, 3)
    if kind == 0:
        canvas.fill(
            [
                (x, y - half),
                (x - half * 0.6, y + half * 0.2),
                (x, y + half * 0.1),
                (x, y + half),
                (x + half * 0.6, y - half * 0.2),
                (x, y - half * 0.1),
            ],
            colour,
        )
    elif kind == 1:
        canvas.outline(rounded(Frame(x - half, y - half, x + half, y + half), 3), colour, 1.5)
        canvas.line([(x - half * 0.5, y), (x, y + half * 0.5), (x + half * 0.6, y - half * 0.5)], colour, 1.5)
    elif kind == 2:
        canvas.fill(
            [
                (x - half * 0.7, y - half * 0.4),
                (x + half * 0.7, y - half * 0.4),
                (x + half, y + half),
                (x - half, y + half),
            ],
            colour,
        )
        canvas.outline(ellipse((x, y - half * 0.6), half * 0.3, half * 0.3), colour, 1.5)
    else:
        canvas.outline(ellipse(center, half, half), colour, 1.5)
        canvas.line([center, (x + half * 0.6, y - half * 0.5)], colour, 1.5)


def _beside(dice: Dice, canvas: Canvas, room: Frame, ground: Colour, messages: list[Message]) -> Frame:
    # Large words beside or above the product.
    colour = readable_on(ground, dice) if dice.chance(0.7) or luminance(ground) < 0.5 else lit(dice.pick(VIVIDS), 0.7)
    ink = Ink(title_face(dice), room.width * dice.uniform(0.04, 0.085), colour)
    side = dice.chance(0.5) and room.width >= room.height
    block = room.inner(0, 0, 0.42, 1) if side else room.inner(0, 0, 1, 0.24)
    for number, message in enumerate(messages):
        low, high = number / len(messages), (number + 1) / len(messages)
        _write(
            canvas,
            block.inner(0, 0.2 + 0.6 * low, 1, 0.2 + 0.6 * high) if side else block.inner(low, 0, high, 1),
            message,
            ink,
        )
    if side and dice.chance(0.5):
        for number, feature in enumerate(dice.sample(words.FEATURES, dice.integer(1, 3))):
            small = Ink(body_face(dice), max(ink.size * 0.45, 9.5), colour)
            canvas.text(block.at(0.5, 0.84 + 0.05 * number), feature, fitting(feature, small, block.width * 0.9), "mm")
    return room.inner(0.44, 0, 1, 1) if side else room.inner(0, 0.26, 1, 1)
