"""Photos with competing amounts: weight sets, load and own weight, headline power and ratings in small print."""

from collections.abc import Callable

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import Good, any_good
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, number, spelled
from imagequant.synthetic.records import Amount, Scene, question
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import VIVIDS, Colour, lit, luminance, readable_on
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.geometry import ellipse, rounded
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import cylinder, fabric, matte, metal
from imagequant.synthetic.scenes.common import advert, draw_product, headline

_LOAD = "maximum_weight_recommendation"
# fmt: off
_OWN_WEIGHTS = ("Net Weight: {}", "Product weight {}", "Item Weight: {}", "Weight: {}", "Own weight {}", "N.W. {}",
                "Only {}", "Lightweight {}", "Eigengewicht {}", "Poids : {}", "Peso: {}", "weight {}", "{} light")
_MAIN_POWERS = ("{}", "{}", "{}", "{} LED", "{} Fast Charger", "{} Max", "{} GaN Charger", "{} Power Adapter",
                "{} High Power", "Power: {}", "{} Super Fast")
_EQUIVALENTS = ("{} W equivalent", "= {}W incandescent", "Replaces {}W", "{}W Equivalent", "equals {} watt halogen",
                "{}W gleichwertig", "équivaut à {}W")
_LOADED = ("chair", "table", "shelf", "sofa", "stick")
_ELECTRIC = ("bulb", "lamp", "panel", "book", "canister", "screen")
_POWERS = (3, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 24, 25, 30, 33, 35, 40, 45, 48, 50, 60, 65, 66, 70, 75, 80, 90, 100,
           120, 140, 150, 180, 200, 240, 300)
# fmt: on
_KILOGRAMS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0, 12.0, 15.0, 16.0, 20.0, 24.0, 25.0)
_POUNDS = (2.0, 3.0, 5.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0)
_TOTALS = ("{} SET", "{} Set", "Total {}", "TOTAL: {}", "{} total weight", "{} in total", "Gesamt {}", "Set {}")
# Probability that a weight set's label is the weight of one piece rather than of the set.
_PIECE = 0.65
# A text with its relative size and its mark's key.
_Line = tuple[str, float, str]


def draw(rng: Rng) -> Scene:
    """Draw one of the three."""
    canvas, ground = advert(rng)
    kind = rng.weighted(((_weight_set, 2.5), (_loads, 4), (_powers, 4.5)))
    return kind(rng, canvas, ground)


def _loads(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    load = any_amount(rng, _LOAD, ("kilogram", "pound"))
    weight = load.value * rng.log_uniform(0.03, 0.3)
    digits = 0 if weight > 20 and rng.chance(0.4) else rng.pick((1, 1, 2))
    own = Amount(max(round(weight, digits), 0.1), load.unit)
    held = rng.pick(words.LOADS).replace("\n", " ").format(spelled(rng, load))
    weighs = rng.pick(_OWN_WEIGHTS).format(spelled(rng, own))
    answers = [question(_LOAD, load, "load"), question("item_weight", own, "own")]
    lines = [(held, 1.0, "load"), (weighs, rng.uniform(0.6, 1.0), "own")]
    lines += [(text, 0.6, "") for text in rng.sample(words.FEATURES, rng.integer(0, 3))]
    good = any_good(rng, _LOADED)
    _arranged(rng, canvas, ground, rng.sample(lines, len(lines)), good)
    # Ask for either or both: models must distinguish them by their words.
    asked = rng.weighted(((answers, 6), (answers[:1], 3), (answers[1:], 3)))
    return Scene(canvas, tuple(asked), good.name)


def _powers(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    main = Amount(float(rng.pick(_POWERS)), "watt")
    shout = rng.pick(_MAIN_POWERS).format(spelled(rng, main))
    small = _ratings(rng, main.value) if rng.chance(0.6) else _equivalents(rng, main.value)
    lines = [(shout, 1.0, "power"), *((text, rng.uniform(0.3, 0.5), "") for text in small)]
    lines += [(text, 0.45, "") for text in rng.sample(words.FEATURES, rng.integer(0, 2))]
    good = any_good(rng, _ELECTRIC)
    _arranged(rng, canvas, ground, lines, good)
    return Scene(canvas, (question("wattage", main, "power"),), good.name)


def _ratings(rng: Rng, main: float) -> list[str]:
    # A charger's table of outputs: volts times amperes of each port, none above the headline.
    rows = []
    for volt in rng.sample((5, 9, 12, 15, 20), rng.integer(2, 4)):
        amperes = round(min(rng.pick((1.0, 1.5, 2.0, 2.4, 3.0, 3.25)), main * 0.8 / volt), 2)
        if amperes >= 0.1:
            pattern = rng.pick(("{v}V={a}A {w}W", "{v}V={a}A ({w}W)", "{v}V/{a}A, {w}W Max", "USB: {v}V {a}A {w} W"))
            rows.append(pattern.format(v=volt, a=number(amperes), w=number(round(volt * amperes, 1))))
    return [f"{rng.pick(('Output', 'OUTPUT', 'Ausgang'))}:", *rows] if rows else _equivalents(rng, main)


def _equivalents(rng: Rng, main: float) -> list[str]:
    equal = round(main * rng.uniform(3, 9))
    texts = [rng.pick(_EQUIVALENTS).format(equal), f"{round(main * rng.uniform(80, 130), -1):g} lm"]
    return rng.sample(texts, rng.integer(1, 2)) if rng.chance(0.3) else texts[:1]


def _arranged(rng: Rng, canvas: Canvas, ground: Colour, lines: list[_Line], good: Good) -> None:
    """Draw the lines next to, above or below the product."""
    top = headline(rng, canvas, ground, rng.pick(words.HEADLINES)) if rng.chance(0.3) else canvas.height * 0.03
    room = Box(canvas.width * 0.04, top, canvas.width * 0.96, canvas.height * 0.97)
    where = rng.pick(("left", "right", "above", "below"))
    share = rng.uniform(0.42, 0.52) if where in ("left", "right") else min(0.11 * len(lines) + 0.1, 0.5)
    block, rest = {
        "left": (room.inner(0, 0.1, share, 0.9), room.inner(share + 0.03, 0, 1, 1)),
        "right": (room.inner(1 - share, 0.1, 1, 0.9), room.inner(0, 0, 0.97 - share, 1)),
        "above": (room.inner(0, 0, 1, share), room.inner(0, share + 0.03, 1, 1)),
        "below": (room.inner(0, 1 - share, 1, 1), room.inner(0, 0, 1, 0.97 - share)),
    }[where]
    colour = readable_on(ground, rng)
    total = sum(relative for _, relative, _ in lines) * 1.6
    size = min(block.height / total, canvas.width * rng.uniform(0.055, 0.1))
    title, body = title_face(rng), body_face(rng)
    x, anchor = (block.at(0.5, 0)[0], "mm") if rng.chance(0.5) else (block.x0, "lm")
    y = (block.y0 + block.y1 - total * size) / 2
    for text, relative, key in lines:
        ink = Ink(title if relative == 1.0 else body, max(size * relative, 7.5), colour)
        y += size * relative * 0.8
        canvas.text((x, y), text, ink, anchor, key=key, width=block.width)
        y += size * relative * 0.8
    draw_product(rng, canvas, rest, (0.8, 1.0), good)


def _weight_set(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    # A row of two to four labelled weights, and sometimes a headline with their total.
    (name, piece, aspect), count = rng.pick(_PIECES), rng.integer(2, 4)
    unit = rng.weighted((("kilogram", 65), ("pound", 35)))
    choice = _KILOGRAMS if unit == "kilogram" else _POUNDS
    values = [rng.pick(choice)] * count if rng.chance(0.6) else sorted(rng.sample(choice, count))
    whole, largest = Amount(sum(values), unit), Amount(max(values), unit)
    stated = rng.chance(0.75)
    if stated:
        text = rng.pick(_TOTALS).format(spelled(rng, whole))
        face = title_face(rng) if rng.chance(0.6) else body_face(rng)
        ink = Ink(face, canvas.height * rng.uniform(0.035, 0.08), readable_on(ground, rng))
        y = canvas.height * rng.weighted(((0.08, 7), (0.93, 3)))
        canvas.text((canvas.width / 2, y), text, ink, key="whole", width=canvas.width * 0.9)
    room = canvas.frame.inner(0.03, 0.2, 0.97, 0.96)
    colour = rng.pick(((26, 26, 28), (60, 62, 66), lit(rng.pick(VIVIDS), 0.8)))
    face = title_face(rng)
    for position, value in enumerate(values):
        cell = room.inner(position / count, 0, (position + 1) / count, 1)
        share = 0.92 * (0.75 + 0.25 * value / largest.value)
        width = min(cell.width * share, room.height * 0.9 * aspect)
        x, floor = cell.at(0.5, 0.8)
        area = piece(rng, canvas, Box(x - width / 2, floor - width / aspect, x + width / 2, floor), colour)
        ink = Ink(face, area.height * 0.5, (250, 250, 250) if luminance(colour) < 0.6 else (10, 10, 12))
        key = "piece" if position == values.index(largest.value) else f"other{position}"
        canvas.text(area.at(0.5, 0.5), spelled(rng, Amount(value, unit)), ink, key=key, width=area.width)
    asks_whole = stated and not rng.chance(_PIECE)
    answer = question("item_weight", whole, "whole") if asks_whole else question("item_weight", largest, "piece")
    return Scene(canvas, (answer,), name)


def _kettlebell(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    canvas.shadow(ellipse(frame.at(0.5, 0.98), frame.width * 0.4, frame.height * 0.03), (2, 2), 5, 0.4)
    grip = ellipse(frame.at(0.5, 0.28), frame.width * 0.3, frame.height * 0.25)
    canvas.outline(grip, lit(colour, 0.9), max(frame.width * 0.1, 2.0))
    canvas.fill(ellipse(frame.at(0.5, 0.66), frame.width * 0.48, frame.height * 0.34), cylinder(rng, colour))
    return frame.inner(0.15, 0.55, 0.85, 0.78)


def _dumbbell(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    canvas.fill(frame.inner(0.25, 0.38, 0.75, 0.62), metal(rng))
    for left, right in ((0.0, 0.42), (0.58, 1.0)):
        head = frame.inner(left, 0.05, right, 0.95)
        canvas.body(rounded(head, head.width * 0.25), matte(rng, colour), None, lit(colour, 0.7), 1.0)
    return frame.inner(0.03, 0.3, 0.39, 0.7)


def _disc(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    center = frame.at(0.5, 0.5)
    canvas.shadow(ellipse(center, frame.width / 2, frame.height / 2), (3, 4), 5, 0.3)
    canvas.fill(ellipse(center, frame.width / 2, frame.height / 2, steps=64), matte(rng, colour))
    canvas.outline(ellipse(center, frame.width * 0.42, frame.height * 0.42), lit(colour, 1.3), 1.5)
    canvas.fill(ellipse(center, frame.width * 0.09, frame.height * 0.09), metal(rng))
    return frame.inner(0.2, 0.62, 0.8, 0.84)


def _sandbag(rng: Rng, canvas: Canvas, frame: Box, colour: Colour) -> Box:
    body = rounded(frame.inner(0, 0.18, 1, 1), frame.height * 0.25)
    canvas.shadow(body, (2, 3), 5, 0.3)
    canvas.outline(rounded(frame.inner(0.3, 0, 0.7, 0.4), 6), lit(colour, 0.7), max(frame.height * 0.05, 2.0))
    canvas.fill(body, fabric(rng, colour))
    return frame.inner(0.15, 0.4, 0.85, 0.8)


# Names and aspects of weights with the functions that draw them and return their printable areas.
_PIECES: tuple[tuple[str, Callable[[Rng, Canvas, Box, Colour], Box], float], ...] = (
    ("kettlebell", _kettlebell, 0.8),
    ("dumbbell", _dumbbell, 2.0),
    ("disc", _disc, 1.0),
    ("sandbag", _sandbag, 1.5),
)
