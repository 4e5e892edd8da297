"""A note with a weight, volume or load below a drawing."""

from __future__ import annotations

from imagequant.synthetic.lettering.amounts import any_amount, doubled, spelled
from imagequant.synthetic.records import SceneQuestion, question
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import body_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import readable_on

# fmt: off
_WORDS: dict[str, tuple[str, ...]] = {
    "item_weight": (
        "Weight: {}", "weight: {}", "Net Weight: {}", "Gewicht: {}", "Peso: {}", "Poids : {}", "{}",
        "Item Weight {}", "Weight {}", "Only {}",
    ),
    "item_volume": (
        "Capacity: {}", "{}", "Volume: {}", "Capacity {}", "Volumen: {}", "Fassungsvermögen {}", "Pojemność {}",
        "Capacité : {}", "{}",
    ),
    "maximum_weight_recommendation": (
        "Weight Capacity: {}", "Max load {}", "Load: {}", "Load Capacity : {}", "Max. {}", "Holds up to {}",
        "Belastbar bis {}",
    ),
}
# fmt: on


def side_note(rng: Rng, canvas: Canvas, ground: Colour, bottom: float) -> tuple[float, tuple[SceneQuestion, ...]]:
    """Write a note below the drawing; return the bottom of the room above it, and its question."""
    entity = rng.weighted((("item_weight", 5), ("item_volume", 2.5), ("maximum_weight_recommendation", 2.5)))
    amount = any_amount(rng, entity)
    text = rng.pick(_WORDS[entity]).format(doubled(rng, amount) if rng.chance(0.2) else spelled(rng, amount))
    size = max(min(canvas.width, canvas.height) * rng.uniform(0.028, 0.06), 10.0)
    ink = fitting(text, Ink(body_face(rng), size, readable_on(ground, rng)), canvas.width * 0.85)
    half = canvas.width * 0.45
    x = min(max(canvas.width * rng.uniform(0.3, 0.7), half), canvas.width - half)
    canvas.text((x, bottom - size * 0.7), text, ink, "mm", key="note")
    return bottom - size * 1.5, (question(entity, amount, "note"),)
