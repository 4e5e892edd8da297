"""Backs of packs: a nutrition table full of weights, and perhaps the net weight or volume below it."""

from __future__ import annotations

from imagequant.stages.catalogue import pack_words as words
from imagequant.stages.catalogue.amounts import any_amount, doubled, number, spelled
from imagequant.stages.catalogue.canvas import Canvas, Colour, Ink, fitting
from imagequant.stages.catalogue.dice import Dice
from imagequant.stages.catalogue.fonts import plate_face, title_face
from imagequant.stages.catalogue.geometry import homography
from imagequant.stages.catalogue.grounds import rich_ground
from imagequant.stages.catalogue.records import Scene, silent, told
from imagequant.stages.catalogue.settings import photo_size

# Title, names, and whether numbers have a decimal comma.
_LANGUAGES: tuple[tuple[str, str, bool], ...] = (
    (
        "Nutrition Facts",
        "Energy|Total Fat|Saturated Fat|Carbohydrate|Sugars|Fibre|Protein|Sodium|Salt",
        False,
    ),
    (
        "Nährwerte pro 100 g",
        "Brennwert|Fett|davon gesättigte Fettsäuren|Kohlenhydrate|davon Zucker|Ballaststoffe|Eiweiß|Salz",
        True,
    ),
    (
        "Valeurs nutritionnelles pour 100 g",
        "Énergie|Matières grasses|dont acides gras saturés|Glucides|dont sucres|Fibres|Protéines|Sel",
        True,
    ),
    (
        "Información nutricional por 100 g",
        "Valor energético|Grasas|Hidratos de carbono|azúcares|Fibra|Proteínas|Sal",
        True,
    ),
    ("Supplement Facts", "Vitamin C|Vitamin D3|Magnesium|Zinc|Iron|Biotin|Calcium|Omega-3", False),
)
_PAPERS: tuple[tuple[Colour, Colour], ...] = (
    ((250, 250, 248), (10, 10, 12)),
    ((24, 24, 26), (240, 240, 236)),
    ((40, 80, 60), (250, 250, 240)),
    ((226, 196, 150), (40, 26, 16)),
)


def draw(dice: Dice) -> Scene:
    """A label seen close, turned a little."""
    width, height = photo_size(dice)
    canvas, _ = rich_ground(dice, width, height)
    paper, ink = dice.pick(_PAPERS)
    label = Canvas.blank(canvas.width * 0.92, canvas.height * 0.92, paper)
    entity = "item_weight" if dice.chance(0.7) else "item_volume"
    amount = any_amount(dice, entity, () if entity == "item_volume" else ("gram", "kilogram", "ounce"))
    stated = dice.chance(0.6)
    patterns = words.NET_WEIGHT if entity == "item_weight" else words.NET_VOLUME
    text = dice.pick(patterns).format(doubled(dice, amount) if dice.chance(0.35) else spelled(dice, amount))
    _table(dice, label, ink, text if stated else None)
    slip = canvas.width * 0.05
    quad = [
        (x + dice.uniform(0, slip), y + dice.uniform(0, slip))
        for x, y in canvas.frame.inner(0.02, 0.02, 0.93, 0.93).corners
    ]
    canvas.place(label, homography(label.frame.corners, quad))
    return Scene(canvas, (told(entity, amount, "net") if stated else silent(entity),), "nutrition")


def _table(dice: Dice, label: Canvas, colour: Colour, net: str | None) -> None:
    title, joined, comma = dice.pick(_LANGUAGES)
    names = joined.split("|")
    frame = label.frame.inner(0.06, 0.05, 0.94, 0.95)
    pitch = min(frame.height / (len(names) + 4), frame.width * 0.085)
    ink = Ink(plate_face(dice), pitch * 0.55, colour)
    y = frame.y0 + pitch * 0.6
    label.text((frame.x0, y), title, fitting(title, Ink(title_face(dice), pitch * 0.8, colour), frame.width), "lm")
    supplement = title.startswith("Supplement")
    for name in names:
        y += pitch
        label.line([(frame.x0, y - pitch / 2), (frame.x1, y - pitch / 2)], colour, 0.8)
        label.text((frame.x0, y), name, fitting(name, ink, frame.width * 0.62), "lm")
        label.text((frame.x1, y), _content(dice, name, comma, supplement), ink, "rm")
    y += pitch * 0.9
    small = ink.sized(max(pitch * 0.42, 7.0))
    for line in dice.sample(words.CLAIMS, 2):
        label.text((frame.x0, y), line, small, "lm")
        y += pitch * 0.7
    if net is not None:
        strong = Ink(ink.face, pitch * dice.uniform(0.5, 0.9), colour)
        label.text(
            (frame.x0, min(y + pitch * 0.4, frame.y1 - pitch * 0.4)),
            net,
            fitting(net, strong, frame.width),
            "lm",
            key="net",
        )


def _content(dice: Dice, name: str, comma: bool, supplement: bool) -> str:
    if name in ("Energy", "Brennwert", "Énergie", "Valor energético"):
        calories = dice.integer(20, 600)
        return f"{round(calories * 4.184)} kJ / {calories} kcal"
    if supplement:
        return f"{dice.integer(1, 900)} {dice.pick(('mg', 'mcg', 'µg'))}"
    return number(dice.integer(0, 800) / 10, comma) + dice.pick((" g", "g"))
