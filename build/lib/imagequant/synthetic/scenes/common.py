"""Common parts of photos: sizes, headlines, small print, notes, questions about lengths."""

from collections.abc import Mapping

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import Good, any_good
from imagequant.synthetic.lettering.amounts import any_amount, doubled, spelled
from imagequant.synthetic.lettering.lengths import Written
from imagequant.synthetic.records import SceneQuestion, question
from imagequant.synthetic.render.canvas import Canvas, Ink, fitting
from imagequant.synthetic.render.colours import Colour, readable_on
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import rich_ground

# fmt: off
_TITLES = ("PRODUCT SIZE", "Product Size", "Dimensions", "DIMENSIONS", "Size Chart", "SIZE", "Product Dimensions",
           "Specification", "PRODUCT DETAILS", "Abmessungen", "Dimensiones", "Dimensioni", "Taille du produit",
           "Perfect Size", "Size & Details", "Measurements")
_FOOTNOTES = ("Please allow 1-3cm error due to manual measurement", "All dimensions are approximate",
              "*Measured manually, may vary slightly", "Color may differ slightly from the picture",
              "These dimensions are given for information only", "Material: Ceramic", "Material: Stainless Steel",
              "Material: 100% Polyester", "Mehrfarbig erhältlich", "1 piece", "Set of 2", "Hand Wash Only")
# Lengths that are none of the product's own: of cables, screens, ranges.
_OTHER_LENGTHS = ("Fits phones up to {i} inch", "{i} inch screen", '{i}" Tablet', "{m}M Cable", "{m} m range",
                  "Cable length: {m} m", "Waterproof to {m} m", "for {i} inch devices", "{m}M", "Reach: {m} m")
_WEIGHT_NOTES = ("Weight: {}", "weight: {}", "Net Weight: {}", "Gewicht: {}", "Peso: {}", "Poids : {}", "{}",
                 "Item Weight {}", "Weight {}", "Only {}")
_VOLUME_NOTES = ("Capacity: {}", "{}", "Volume: {}", "Capacity {}", "Volumen: {}", "Fassungsvermögen {}",
                 "Pojemność {}", "Capacité : {}", "{}")
_LOAD_NOTES = ("Weight Capacity: {}", "Max load {}", "Load: {}", "Load Capacity : {}", "Max. {}", "Holds up to {}",
               "Belastbar bis {}")
# fmt: on
_NOTES = (
    (("item_weight", _WEIGHT_NOTES), 5),
    (("item_volume", _VOLUME_NOTES), 2.5),
    (("maximum_weight_recommendation", _LOAD_NOTES), 2.5),
)
_OTHER_LENGTH = 0.2
# Entities with the keys of the printed lengths that answer them; the third length leads towards the viewer.
_LENGTH_KEYS = {"height": "height", "width": "width", "depth": "third"}


def _other_length(rng: Rng) -> str:
    inches, metres = rng.pick((4.7, 5.5, 6.1, 6.5, 6.7, 7, 8, 10.1, 11)), rng.pick((1, 1.5, 2, 3, 5, 10, 30))
    return rng.pick(_OTHER_LENGTHS).format(i=f"{inches:g}", m=f"{metres:g}")


def photo_size(rng: Rng) -> tuple[int, int]:
    """Choose a width and height with the distribution of sellers' photos."""
    usual = ((500, 26), (rng.integer(350, 500), 5), (rng.integer(600, 950), 17), (1000, 30))
    large = ((rng.integer(1000, 1200), 16), (rng.integer(1200, 1500), 6))
    long_side = rng.weighted((*usual, *large))
    shape = rng.weighted(((1.0, 78), (rng.uniform(1.15, 1.9), 12), (rng.uniform(0.55, 0.87), 10)))
    return (long_side, round(long_side / shape)) if shape >= 1 else (round(long_side * shape), long_side)


def advert(rng: Rng) -> tuple[Canvas, Colour]:
    """Return an advertising photo's background and its approximate colour."""
    return rich_ground(rng, *photo_size(rng))


def headline(rng: Rng, canvas: Canvas, ground: Colour, text: str | None = None) -> float:
    """Write a headline and return the top of the room below it."""
    size = min(canvas.width, canvas.height) * rng.uniform(0.04, 0.075)
    ink = Ink(title_face(rng), size, readable_on(ground, rng), tracking=rng.pick((0.0, 0.0, 0.06)))
    text = text or (_other_length(rng) if rng.chance(_OTHER_LENGTH) else rng.pick(_TITLES))
    ink = fitting(text, ink, canvas.width * 0.9)
    y = canvas.height * rng.uniform(0.02, 0.05) + ink.size / 2
    x, anchor = (canvas.width / 2, "mm") if rng.chance(0.7) else (canvas.width * 0.05, "lm")
    canvas.text((x, y), text, ink, anchor)
    return y + ink.size


def margins(rng: Rng, canvas: Canvas, ground: Colour, titled: float) -> tuple[float, float, tuple[SceneQuestion, ...]]:
    """Write what surrounds a drawing: a headline with probability ``titled``, and small print or a note below.

    Returns:
        The top and bottom of the room between them, and the note's question.
    """
    top = headline(rng, canvas, ground) if rng.chance(titled) else canvas.height * 0.02
    bottom = canvas.height * 0.98
    if rng.chance(0.14):
        size = max(min(canvas.width, canvas.height) * rng.uniform(0.016, 0.03), 8.0)
        ink = Ink(body_face(rng), size, readable_on(ground, rng))
        y = canvas.height * 0.97 - size / 2
        text = _other_length(rng) if rng.chance(_OTHER_LENGTH) else rng.pick(_FOOTNOTES)
        canvas.text((canvas.width / 2, y), text, ink, width=canvas.width * 0.9)
        return top, y - size, ()
    if not rng.chance(0.12):
        return top, bottom, ()
    # A weight, volume or load.
    entity, patterns = rng.weighted(_NOTES)
    amount = any_amount(rng, entity)
    text = rng.pick(patterns).format(doubled(rng, amount) if rng.chance(0.2) else spelled(rng, amount))
    size = max(min(canvas.width, canvas.height) * rng.uniform(0.028, 0.06), 10.0)
    ink = Ink(body_face(rng), size, readable_on(ground, rng))
    half = canvas.width * 0.45
    x = min(max(canvas.width * rng.uniform(0.3, 0.7), half), canvas.width - half)
    canvas.text((x, bottom - size * 0.7), text, ink, key="note", width=canvas.width * 0.85)
    return top, bottom - size * 1.5, (question(entity, amount, "note"),)


def draw_product(rng: Rng, canvas: Canvas, room: Box, shares: tuple[float, float], good: Good | None = None) -> str:
    """Draw a good, by default any, in a part of a room between the two shares; return the good's name."""
    good = good or any_good(rng)
    good.draw(rng, canvas, fitted(room, rng.uniform(*good.aspect), rng.uniform(*shares)))
    return good.name


def fitted(room: Box, aspect: float, share: float) -> Box:
    """Return the largest centred frame with an aspect ratio that fits into a room, scaled by ``share``."""
    width = min(room.width, room.height * aspect) * share
    height = width / aspect
    x, y = (room.x0 + room.x1 - width) / 2, (room.y0 + room.y1 - height) / 2
    return Box(x, y, x + width, y + height)


def ask_lengths(shown: Mapping[str, Written]) -> tuple[SceneQuestion, ...]:
    """Ask for height, width and depth of a photo with some printed lengths, which are marked with their keys.

    All three are asked, because the model decides them together and learns which of them is not printed.
    """
    return tuple(
        question(entity, shown[key].amount, key) if key in shown else SceneQuestion(entity)
        for entity, key in _LENGTH_KEYS.items()
    )
