"""Size charts, with a product per row, and tables that compare products, with one per column."""

from collections.abc import Sequence

from imagequant.core.records import Box
from imagequant.synthetic.lettering.amounts import SPELLINGS, number
from imagequant.synthetic.records import Amount, GroupScene, SceneProduct
from imagequant.synthetic.render.canvas import Canvas, Ink, fitting
from imagequant.synthetic.render.colours import VIVIDS, WHITE, lit, luminance, mixed, readable_on
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import plain_ground
from imagequant.synthetic.scenes.common import headline

_SIZE_NAMES = (("S", "M", "L", "XL", "XXL"), ("Small", "Medium", "Large"), ("1", "2", "3", "4"), ("A3", "A4", "A5"))
_MODELS = (("Model A", "Model B", "Model C"), ("Basic", "Plus", "Pro"), ("X100", "X200", "X300"), ("Home", "Office"))
_CORNERS = ("Size", "Size", "Größe", "Taille", "SIZE", "")
_SIZE_TITLES = ("SIZE CHART", "Size Guide", "Größentabelle", "Guide des tailles", "Sizes")
_MODEL_TITLES = ("Compare models", "Which one is right for you?", "Comparison", "Modelle im Vergleich")
# Names, entity, unit and its short spelling, smallest amount and step to the next product.
_LENGTHS = (
    (("Width", "Breite", "Largeur"), "width", (18.0, 60.0), (3.0, 15.0)),
    (("Height", "Höhe", "Hauteur"), "height", (20.0, 90.0), (3.0, 20.0)),
    (("Depth", "Tiefe", "Profondeur"), "depth", (8.0, 40.0), (2.0, 8.0)),
)
_OTHERS = (
    (("Weight", "Gewicht", "Poids"), "item_weight", "kilogram", (0.4, 3.0), (0.2, 1.0)),
    (("Capacity", "Volume", "Volumen"), "item_volume", "litre", (0.5, 4.0), (0.3, 2.0)),
    (("Power", "Leistung", "Puissance"), "wattage", "watt", (400.0, 900.0), (100.0, 400.0)),
    (("Max. load", "Max. Belastung", "Charge max."), "maximum_weight_recommendation", "kilogram", (40, 80), (10, 40)),
)
_NOTES = (
    ("Colour", ("black", "white", "grey")),
    ("Warranty", ("2 years", "2 years", "3 years")),
    ("App", ("✓", "✓", "✓")),
)
_LENGTH_UNITS = (("centimetre", "cm"), ("centimetre", "cm"), ("inch", "in"), ("millimetre", "mm"))
_PER_CENTIMETRE = {"centimetre": 1.0, "inch": 0.4, "millimetre": 10.0}
_IN_HEAD = 0.45


def draw_size_chart(rng: Rng) -> GroupScene:
    """Draw a chart with a row per size."""
    names = rng.pick(_SIZE_NAMES)
    properties = _properties(rng, len(names), rng.integer(1, 2), rng.integer(0, 1))
    in_head = rng.chance(_IN_HEAD)
    head = [rng.pick(_CORNERS), *(f"{name} ({unit})" if in_head else name for name, _, unit, _ in properties)]
    rows = [
        [name, *(number(amounts[at].value) + ("" if in_head else f" {unit}") for _, _, unit, amounts in properties)]
        for at, name in enumerate(names)
    ]
    return _drawn(rng, rng.pick(_SIZE_TITLES), [head, *rows], names, properties)


def draw_comparison(rng: Rng) -> GroupScene:
    """Draw a table with a column per product."""
    names = rng.pick(_MODELS)
    properties = _properties(rng, len(names), rng.integer(0, 2), rng.integer(1, 3))
    rows = [[name, *(f"{number(amount.value)} {unit}" for amount in amounts)] for name, _, unit, amounts in properties]
    if rng.chance(0.5):
        name, values = rng.pick(_NOTES)
        rows.insert(rng.integer(0, len(rows)), [name, *values[: len(names)]])
    return _drawn(rng, rng.pick(_MODEL_TITLES), [["", *names], *rows], names, properties)


_Property = tuple[str, str, str, list[Amount]]


def _properties(rng: Rng, count: int, lengths: int, others: int) -> list[_Property]:
    """Return names, entities, units and one amount per product of some properties."""
    language = rng.pick((0, 0, 1, 2))
    unit, short = rng.pick(_LENGTH_UNITS)
    found = []
    for names, entity, low, step in rng.sample(_LENGTHS, lengths):
        factor = _PER_CENTIMETRE[unit]
        found.append((names[language], entity, short, _growing(rng, count, unit, low, step, factor)))
    for names, entity, own, low, step in rng.sample(_OTHERS, others):
        amounts = _growing(rng, count, own, low, step, 1.0)
        found.append((names[language], entity, SPELLINGS[own][0][0].strip(), amounts))
    return found


def _growing(
    rng: Rng, count: int, unit: str, low: tuple[float, float], step: tuple[float, float], factor: float
) -> list[Amount]:
    decimals = 1 if low[1] * factor < 10 else 0
    values = [rng.uniform(*low) * factor]
    for _ in range(count - 1):
        values.append(values[-1] + rng.uniform(*step) * factor)
    return [Amount(round(value, decimals), unit) for value in values]


def _drawn(
    rng: Rng, title: str, cells: list[list[str]], names: Sequence[str], properties: Sequence[_Property]
) -> GroupScene:
    canvas, ground = plain_ground(rng, *rng.pick(((800, 800), (1000, 750), (1000, 1000), (900, 600))), 0.8)
    top = headline(rng, canvas, ground, title) if rng.chance(0.7) else canvas.height * 0.04
    height = min(canvas.height * 0.93 - top, len(cells) * canvas.width * rng.uniform(0.07, 0.11))
    _table(rng, canvas, Box(canvas.width * 0.06, top, canvas.width * 0.94, top + height), cells, ground)
    products = (
        SceneProduct(name, tuple((entity, amounts[at]) for _, entity, _, amounts in properties))
        for at, name in enumerate(names)
    )
    return GroupScene(canvas, tuple(products))


def _table(rng: Rng, canvas: Canvas, room: Box, cells: list[list[str]], ground: tuple[int, int, int]) -> None:
    columns, pitch = len(cells[0]), room.height / len(cells)
    colour = readable_on(ground, rng)
    ink = Ink(body_face(rng), max(pitch * rng.uniform(0.32, 0.45), 11.0), colour)
    first = room.width * rng.uniform(0.24, 0.36)
    edges = [room.x0, *(room.x0 + first + (room.width - first) * at / (columns - 1) for at in range(columns))]
    head = lit(rng.pick(VIVIDS), 0.9) if rng.chance(0.4) else None
    rule = mixed(colour, ground, 0.6)
    is_ruled, is_grid, centred = rng.chance(0.6), rng.chance(0.4), rng.chance(0.6)
    for at, row in enumerate(cells):
        y0, y1 = room.y0 + pitch * at, room.y0 + pitch * (at + 1)
        if at == 0 and head:
            canvas.fill(Box(room.x0, y0, room.x1, y1), head)
        if is_ruled:
            canvas.line([(room.x0, y1), (room.x1, y1)], rule, 1)
        for column, text in enumerate(row):
            x0, x1 = edges[column], edges[column + 1]
            own = (
                Ink(title_face(rng), ink.size, WHITE if head and luminance(head) < 0.6 else colour) if at == 0 else ink
            )
            fit = fitting(text, own, x1 - x0 - ink.size)
            at_centre = centred and column > 0
            x, anchor = ((x0 + x1) / 2, "mm") if at_centre else (x0 + ink.size * 0.5, "lm")
            if text:
                canvas.text((x, (y0 + y1) / 2), text, fit, anchor)
    if is_grid:
        canvas.outline(room, rule, 1)
        for x in edges[1:-1]:
            canvas.line([(x, room.y0), (x, room.y1)], rule, 1)
