"""Photos of one product whose amount is printed as a range or as a multipack."""

from collections.abc import Sequence

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import any_good
from imagequant.synthetic.lettering.amounts import SPELLINGS, number
from imagequant.synthetic.lettering.pack_words import BRANDS, FOODS, LIQUIDS
from imagequant.synthetic.records import Amount, GroupScene, SceneProduct
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import readable_on
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import advert, draw_product

# fmt: off
_VOLTAGES = ((100, 240), (110, 240), (220, 240), (12, 24), (85, 265), (200, 240))
_RANGES = (
    ("voltage", "volt", _VOLTAGES, ("Input: {}", "Voltage {}", "Rated voltage: {}", "{}", "AC Input {}")),
    ("height", "centimetre", ((45, 60), (70, 118), (90, 150), (22, 35)), ("Height: {}", "Adjustable height {}")),
    ("height", "inch", ((18, 24), (27, 46), (30, 48)), ("Height {}", "Height adjustable: {}")),
    ("wattage", "watt", ((850, 1000), (1850, 2200), (20, 45)), ("Power: {}", "{} power", "Leistung {}")),
    ("maximum_weight_recommendation", "kilogram", ((9, 18), (15, 36), (40, 120)), ("Load: {}", "Max. load {}")),
)
_DASHES = ("{a}-{b}{u}", "{a} - {b}{u}", "{a}–{b}{u}", "{a}{u} to {b}{u}", "{a}{u} - {b}{u}", "{a} to {b}{u}",
           "{a}~{b}{u}")
_PACKS = (
    ("item_volume", "millilitre", (200, 250, 330, 500, 750), LIQUIDS),
    ("item_volume", "litre", (0.5, 1, 1.5), LIQUIDS),
    ("item_weight", "gram", (15, 25, 40, 50, 85, 100, 200), FOODS),
)
_COUNTS = (2, 3, 4, 6, 8, 10, 12, 24)
_CROSSES = ("{n} x {a}", "{n} × {a}", "{n}x{a}", "{n} X {a}", "{n} x {a} e")
# fmt: on


def draw_range(rng: Rng) -> GroupScene:
    """Draw a product with a range, and up to two other lines."""
    entity, unit, ends, patterns = rng.pick(_RANGES)
    low, high = rng.pick(ends)
    spelling = (
        rng.weighted(SPELLINGS[unit])
        if unit in SPELLINGS
        else rng.pick((" cm", "cm") if unit == "centimetre" else (" in", '"'))
    )
    printed = rng.pick(_DASHES).format(a=low, b=high, u=spelling)
    others = rng.sample(
        ("Easy assembly", "2 year warranty", "Stainless steel", "Model KX-20", "Made in EU"), rng.integer(0, 2)
    )
    scene = _advert(rng, rng.pick(BRANDS), [rng.pick(patterns).format(printed), *others])
    return GroupScene(scene, (SceneProduct("", ((entity, Amount(float(low), unit, float(high))),)),))


def draw_multipack(rng: Rng) -> GroupScene:
    """Draw a product sold as several parts of one amount, sometimes with the total."""
    entity, unit, values, names = rng.pick(_PACKS)
    count, value = rng.pick(_COUNTS), rng.pick(values)
    spelling = rng.weighted(SPELLINGS[unit])
    printed = rng.pick(_CROSSES).format(n=count, a=f"{number(value)}{spelling}")
    if rng.chance(0.3):
        printed += f" = {number(count * value)}{spelling}"
    scene = _advert(
        rng, rng.pick(names), [printed, *rng.sample(("Multipack", "Family Pack", "Recyclable"), rng.integer(0, 1))]
    )
    return GroupScene(scene, (SceneProduct("", ((entity, Amount(float(value), unit, count=float(count))),)),))


def _advert(rng: Rng, title: str, lines: Sequence[str]) -> Canvas:
    """Draw a product under a title, with lines of text below."""
    canvas, ground = advert(rng)
    colour = readable_on(ground, rng)
    side = min(canvas.width, canvas.height)
    canvas.text(
        (canvas.width / 2, side * 0.07), title, Ink(title_face(rng), side * 0.07, colour), width=canvas.width * 0.9
    )
    size = side * rng.uniform(0.04, 0.07)
    foot = canvas.height - size * (1.5 * len(lines) + 0.8)
    draw_product(
        rng, canvas, Box(canvas.width * 0.1, side * 0.14, canvas.width * 0.9, foot - size), (0.7, 0.95), any_good(rng)
    )
    ink = Ink(body_face(rng), size, colour)
    for at, line in enumerate(lines):
        canvas.text((canvas.width / 2, foot + size * (0.5 + 1.5 * at)), line, ink, width=canvas.width * 0.9)
    return canvas
