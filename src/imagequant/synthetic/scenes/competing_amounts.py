"""Photos with competing amounts: weight sets, load and own weight, headline power and ratings in small print."""

from __future__ import annotations

from dataclasses import dataclass

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import Good, named_good
from imagequant.synthetic.goods.weight_sets import draw_weight_set
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, number, spelled
from imagequant.synthetic.records import Amount, Scene, SceneQuestion, question
from imagequant.synthetic.render.backgrounds import rich_ground
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import readable_on
from imagequant.synthetic.scenes.common import fitted, headline, photo_size

_LOAD = "maximum_weight_recommendation"
# fmt: off
_OWN_WEIGHTS = (
    "Net Weight: {}", "Product weight {}", "Item Weight: {}", "Weight: {}", "Own weight {}", "N.W. {}", "Only {}",
    "Lightweight {}", "Eigengewicht {}", "Poids : {}", "Peso: {}", "weight {}", "{} light",
)
_MAIN_POWERS = (
    "{}", "{}", "{}", "{} LED", "{} Fast Charger", "{} Max", "{} GaN Charger", "{} Power Adapter", "{} High Power",
    "Power: {}", "{} Super Fast",
)
_EQUIVALENTS = (
    "{} W equivalent", "= {}W incandescent", "Replaces {}W", "{}W Equivalent", "equals {} watt halogen",
    "{}W gleichwertig", "équivaut à {}W",
)
_LOADED = ("chair", "table", "shelf", "sofa", "stick")
_ELECTRIC = ("bulb", "lamp", "panel", "book", "canister", "screen")
_POWERS = (
    3, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 24, 25, 30, 33, 35, 40, 45, 48, 50, 60, 65, 66, 70, 75, 80, 90, 100, 120, 140,
    150, 180, 200, 240, 300,
)
# fmt: on


@dataclass(frozen=True)
class AmountLine:
    """A line of text with its relative size and its question."""

    text: str
    size: float
    answer: SceneQuestion | None = None


def draw(rng: Rng) -> Scene:
    """Draw one of the three."""
    width, height = photo_size(rng)
    canvas, ground = rich_ground(rng, width, height)
    kind = rng.weighted(((draw_weight_set, 2.5), (_loads, 4), (_powers, 4.5)))
    return kind(rng, canvas, ground)


def _loads(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    load = any_amount(rng, _LOAD, ("kilogram", "pound"))
    own = Amount(_own_weight(rng, load.value), load.unit)
    lines = [
        AmountLine(
            rng.pick(words.LOADS).replace("\n", " ").format(spelled(rng, load)), 1.0, question(_LOAD, load, "load")
        ),
        AmountLine(
            rng.pick(_OWN_WEIGHTS).format(spelled(rng, own)), rng.uniform(0.6, 1.0), question("item_weight", own, "own")
        ),
    ]
    lines += [AmountLine(text, 0.6) for text in rng.sample(words.FEATURES, rng.integer(0, 3))]
    good = named_good(rng, _LOADED)
    _arranged(rng, canvas, ground, rng.sample(lines, len(lines)), good)
    # Ask for either or both: models must distinguish them by their words.
    answers = [line.answer for line in lines if line.answer is not None]
    asked = rng.weighted(((answers, 6), (answers[:1], 3), (answers[1:], 3)))
    return Scene(canvas, tuple(asked), good.name)


def _own_weight(rng: Rng, load: float) -> float:
    own = load * rng.log_uniform(0.03, 0.3)
    return max(round(own, 0 if own > 20 and rng.chance(0.4) else rng.pick((1, 1, 2))), 0.1)


def _powers(rng: Rng, canvas: Canvas, ground: Colour) -> Scene:
    main = Amount(float(rng.pick(_POWERS)), "watt")
    shout = rng.pick(_MAIN_POWERS).format(spelled(rng, main))
    small = _ratings(rng, main.value) if rng.chance(0.6) else _equivalents(rng, main.value)
    lines = [AmountLine(shout, 1.0, question("wattage", main, "power"))]
    lines += [AmountLine(text, rng.uniform(0.3, 0.5)) for text in small]
    lines += [AmountLine(text, 0.45) for text in rng.sample(words.FEATURES, rng.integer(0, 2))]
    good = named_good(rng, _ELECTRIC)
    _arranged(rng, canvas, ground, lines, good)
    answers = tuple(line.answer for line in lines if line.answer is not None)
    return Scene(canvas, answers, good.name)


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


def _arranged(rng: Rng, canvas: Canvas, ground: Colour, lines: list[AmountLine], good: Good) -> None:
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
    _block(rng, canvas, block, lines, readable_on(ground, rng))
    good.draw(rng, canvas, fitted(rest, rng.uniform(*good.aspect), rng.uniform(0.8, 1.0)))


def _block(rng: Rng, canvas: Canvas, block: Box, lines: list[AmountLine], colour: Colour) -> None:
    total = sum(line.size for line in lines) * 1.6
    size = min(block.height / total, canvas.width * rng.uniform(0.055, 0.1))
    title, body = title_face(rng), body_face(rng)
    middle = rng.chance(0.5)
    y = (block.y0 + block.y1 - total * size) / 2
    for line in lines:
        ink = Ink(title if line.size == 1.0 else body, max(size * line.size, 7.5), colour)
        y += size * line.size * 0.8
        at = (block.at(0.5, 0)[0] if middle else block.x0, y)
        key = line.answer.key if line.answer is not None else None
        canvas.text(at, line.text, fitting(line.text, ink, block.width), "mm" if middle else "lm", key=key)
        y += size * line.size * 0.8
