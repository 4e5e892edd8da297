"""Photos that do not answer their questions: without text, or with other words or numbers."""

from __future__ import annotations

from imagequant.core.records import Box
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.electric_words import decoy_rows
from imagequant.synthetic.records import Scene, unanswerable
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import readable_on
from imagequant.synthetic.render.fonts import body_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import advert, draw_product, headline

# fmt: off
_ASKED: tuple[tuple[tuple[str, ...], float], ...] = ((("item_weight",), 5), (("maximum_weight_recommendation",), 3),
                                                     (("height", "width"), 1), (("height", "width", "depth"), 0.4),
                                                     (("depth",), 0.6), (("voltage", "wattage"), 2),
                                                     (("item_weight", "maximum_weight_recommendation"), 2),
                                                     (("voltage",), 1), (("wattage",), 1), (("item_volume",), 2))
# fmt: on


def draw(rng: Rng) -> Scene:
    """Draw a product with questions it does not answer."""
    canvas, ground = advert(rng)
    top = canvas.height * 0.03
    if rng.chance(0.4):
        top = headline(rng, canvas, ground, rng.pick(words.HEADLINES))
    room = Box(canvas.width * 0.05, top, canvas.width * 0.95, canvas.height * 0.96)
    if rng.chance(0.65):
        lines = rng.sample(words.FEATURES, rng.integer(1, 4))
        rows = decoy_rows(rng, rng.integer(0, 3))
        lengths = ("Size", "Größe", "Length")
        lines += [f"{row.name}: {row.value}" for row in rows if not any(word in row.name for word in lengths)]
        ink = Ink(body_face(rng), max(canvas.width * rng.uniform(0.022, 0.045), 9.5), readable_on(ground, rng))
        room = _words(rng, canvas, room, lines, ink)
    product = draw_product(rng, canvas, room, (0.7, 0.95))
    return Scene(canvas, tuple(unanswerable(entity) for entity in rng.weighted(_ASKED)), product)


def _words(rng: Rng, canvas: Canvas, room: Box, lines: list[str], ink: Ink) -> Box:
    # Writes beside or below the room that is left.
    side = rng.chance(0.5) and room.width >= room.height
    pitch = ink.size * rng.uniform(1.5, 2.6)
    for number, text in enumerate(lines):
        if side:
            at = (room.x0, (room.y0 + room.y1) / 2 + (number - (len(lines) - 1) / 2) * pitch)
            canvas.text(at, text, ink, "lm", width=room.width * 0.4)
        else:
            at = (room.at(0.5, 0)[0], room.y1 - pitch * (len(lines) - number - 0.5))
            canvas.text(at, text, ink, width=room.width * 0.9)
    return room.inner(0.45, 0, 1, 1) if side else Box(room.x0, room.y0, room.x1, room.y1 - pitch * len(lines))
