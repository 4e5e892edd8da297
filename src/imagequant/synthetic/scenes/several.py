"""Photos of several products side by side: pairs and sets, each with captions or dimension lines of its own."""

from collections.abc import Sequence
from dataclasses import replace

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import Good, any_good
from imagequant.synthetic.lettering.amounts import spelled
from imagequant.synthetic.lettering.dimension_lines import draw_outside, line_style
from imagequant.synthetic.lettering.lengths import length_style, write_length
from imagequant.synthetic.records import Amount, GroupScene, SceneProduct
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import readable_on
from imagequant.synthetic.render.fonts import body_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import plain_ground
from imagequant.synthetic.scenes.common import fitted, headline

_PAIR_NAMES = (("Small", "Large"), ("Mini", "Family"), ("No. 1", "No. 2"), ("Home", "Travel"), ("Classic", "XL"))
_SET_NAMES = (("S", "M", "L", "XL"), ("Small", "Medium", "Large", "Jumbo"), ("No. 1", "No. 2", "No. 3", "No. 4"))
_SET_TITLES = ("Choose your size", "Set of {n}", "{n} sizes", "Set {n} Stück", "Which one fits?")
# Goods and what their captions say, with the amounts of growing products.
_VESSELS, _LIGHTS = ("bottle", "jar", "canister", "bowl", "cup", "bin"), ("bulb", "lamp")
_CAPTIONS: tuple[tuple[tuple[str, ...], tuple[tuple[str, str, tuple[float, ...]], ...]], ...] = (
    (_VESSELS, (("item_volume", "millilitre", (250, 330, 500, 750)),)),
    (_VESSELS, (("item_volume", "litre", (1.5, 2.5, 4, 6)), ("item_weight", "kilogram", (0.6, 0.9, 1.2, 1.7)))),
    (("jar", "bag", "canister"), (("item_weight", "gram", (100, 250, 500, 1000)),)),
    (_LIGHTS, (("wattage", "watt", (5, 9, 15, 24)),)),
    (("canister",), (("wattage", "watt", (600, 900, 1200, 1500)), ("item_volume", "litre", (0.8, 1.2, 1.7, 2.2)))),
)
_NAMED, _TITLED = 0.6, 0.4
# Products of a set are drawn as large as they are: the smallest has this share of the largest's size.
_SMALLEST = 0.6


def draw_pair(rng: Rng) -> GroupScene:
    """Draw two products with a height and a width each, along dimension lines."""
    paper, ground = plain_ground(rng, *_wide(rng), 0.9)
    good = any_good(rng, ("vase", "frame", "shelf", "table", "panel", "bag", "screen"))
    longest = rng.uniform(30, 120)
    lengths = replace(length_style(rng, longest), bare=False)
    style = line_style(rng, ground, min(paper.width, paper.height))
    top = paper.height * 0.04
    sizes = [longest, longest * rng.uniform(0.45, 0.85)]
    names = rng.pick(_PAIR_NAMES) if rng.chance(_NAMED) else ("", "")
    products: list[SceneProduct] = []
    cells = _cells(paper, top, rng.sample(sizes, 2))
    for name, (room, size) in zip(names, cells, strict=True):
        aspect = rng.uniform(*good.aspect)
        frame = fitted(room.inner(0.12, 0.1, 0.72, 0.78), aspect, 0.95 * (size / longest) ** 0.5)
        good.draw(rng, paper, frame)
        width, height = (size, size / aspect) if aspect >= 1 else (size * aspect, size)
        written = {"width": write_length(lengths, width), "height": write_length(lengths, height)}
        draw_outside(paper, frame, "right", style.end_size * 1.5, written["height"], style, f"{len(products)} height")
        draw_outside(paper, frame, "below", style.end_size * 1.5, written["width"], style, f"{len(products)} width")
        if name:
            ink = Ink(body_face(rng), style.ink.size * 1.2, readable_on(ground, rng))
            paper.text((room.center[0], room.y1 - ink.size), name, ink)
        products.append(SceneProduct(name, tuple((entity, each.amount) for entity, each in written.items())))
    return GroupScene(paper, tuple(products))


def draw_set(rng: Rng) -> GroupScene:
    """Draw two to four sizes of a product in a row, with captions."""
    canvas, ground = plain_ground(rng, *_wide(rng), 0.7)
    count = rng.integer(2, 4)
    title = rng.pick(_SET_TITLES).format(n=count)
    top = headline(rng, canvas, ground, title) if rng.chance(_TITLED) else canvas.height * 0.04
    goods, captions = rng.pick(_CAPTIONS)
    good = any_good(rng, goods)
    names = rng.pick(_SET_NAMES) if rng.chance(_NAMED) else ("",) * 4
    texts = [[spelled(rng, Amount(values[0], unit)).partition(f"{values[0]:g}")[2]] for _, unit, values in captions]
    size = max(min(canvas.width / count * 0.11, canvas.height * 0.055), 12.0)
    ink = Ink(body_face(rng), size * rng.uniform(0.8, 1.1), readable_on(ground, rng))
    products = []
    shares = [_SMALLEST + (1 - _SMALLEST) * number / (count - 1) for number in range(count)]
    for number, (room, share) in enumerate(_cells(canvas, top, shares)):
        amounts = [(entity, Amount(float(values[number]), unit)) for entity, unit, values in captions]
        lines = [f"{amount.value:g}{unit}" for (_, amount), (unit,) in zip(amounts, texts, strict=True)]
        _captioned(rng, canvas, room, good, share, [*filter(None, (names[number],)), *lines], ink)
        products.append(SceneProduct(names[number], tuple(amounts)))
    return GroupScene(canvas, tuple(products))


def _wide(rng: Rng) -> tuple[float, float]:
    width = rng.pick((800, 1000, 1000, 1200))
    return width, width * rng.uniform(0.6, 0.9)


def _cells(canvas: Canvas, top: float, sizes: Sequence[float]) -> list[tuple[Box, float]]:
    """Return the room of each product with its size, from left to right."""
    room, count = Box(canvas.width * 0.03, top, canvas.width * 0.97, canvas.height * 0.97), len(sizes)
    return [(room.inner(at / count, 0, (at + 1) / count, 1), size) for at, size in enumerate(sizes)]


def _captioned(rng: Rng, canvas: Canvas, room: Box, good: Good, share: float, lines: Sequence[str], ink: Ink) -> None:
    """Draw a product above its caption."""
    below = ink.size * 1.35 * len(lines) + ink.size
    place = Box(room.x0, room.y0, room.x1, room.y1 - below)
    frame = fitted(place.inner(0.14, 0.05, 0.86, 1.0), rng.uniform(*good.aspect), share * 0.95)
    # All stand on one line.
    drop = place.y1 - ink.size * 0.3 - frame.y1
    good.draw(rng, canvas, Box(frame.x0, frame.y0 + drop, frame.x1, frame.y1 + drop))
    for number, line in enumerate(lines):
        at = (room.center[0], place.y1 + ink.size * (0.9 + 1.35 * number))
        canvas.text(at, line, ink, width=room.width * 0.9)
