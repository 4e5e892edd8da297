"""Backs of packs: a nutrition table with many weights, and the net weight or volume around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imagequant.core.records import Box
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, doubled, number, spelled
from imagequant.synthetic.lettering.pack_strips import dose_lines
from imagequant.synthetic.records import Amount, Scene, question, unanswerable
from imagequant.synthetic.render.backgrounds import rich_ground
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting
from imagequant.synthetic.render.fonts import plate_face, title_face
from imagequant.synthetic.render.geometry import homography
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import photo_size

# Title, names, and whether to use a decimal comma.
_LANGUAGES: tuple[tuple[str, str, bool], ...] = (
    ("Nutrition Facts", "Energy|Total Fat|Saturated Fat|Carbohydrate|Sugars|Fibre|Protein|Sodium|Salt", False),
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


_Where = Literal["top", "bottom", "front"]
_UNSTATED = 0.15


@dataclass(frozen=True)
class Net:
    """The net amount's text and position; an empty text if it is not stated."""

    text: str
    where: _Where


def draw(rng: Rng) -> Scene:
    """Draw a label in close-up, slightly rotated."""
    width, height = photo_size(rng)
    canvas, _ = rich_ground(rng, width, height)
    paper, ink = rng.pick(_PAPERS)
    label = Canvas.blank(canvas.width * 0.92, canvas.height * 0.92, paper)
    entity = "item_weight" if rng.chance(0.75) else "item_volume"
    amount = any_amount(rng, entity, () if entity == "item_volume" else ("gram", "kilogram", "ounce"))
    stated = not rng.chance(_UNSTATED)
    net = _net(rng, entity, amount) if stated else Net("", "bottom")
    _label(rng, label, ink, net)
    slip = canvas.width * 0.05
    quad = [
        (x + rng.uniform(0, slip), y + rng.uniform(0, slip))
        for x, y in canvas.frame.inner(0.02, 0.02, 0.93, 0.93).corners
    ]
    canvas.place(label, homography(label.frame.corners, quad))
    return Scene(canvas, (question(entity, amount, "net") if stated else unanswerable(entity),), "nutrition")


def _net(rng: Rng, entity: str, amount: Amount) -> Net:
    patterns = words.NET_WEIGHT if entity == "item_weight" else words.NET_VOLUME
    text = rng.pick(patterns).format(doubled(rng, amount) if rng.chance(0.35) else spelled(rng, amount))
    return Net(text, rng.weighted((("bottom", 40), ("top", 25), ("front", 35))))


def _label(rng: Rng, label: Canvas, colour: Colour, net: Net) -> None:
    frame = label.frame.inner(0.05, 0.05, 0.95, 0.95)
    if net.where == "front":
        share = rng.uniform(0.46, 0.58)
        left = rng.chance(0.5)
        table = frame.inner(0, 0, share, 1) if left else frame.inner(1 - share, 0, 1, 1)
        panel = frame.inner(share + 0.05, 0, 1, 1) if left else frame.inner(0, 0, 0.95 - share, 1)
        _front(rng, label, panel, colour, net)
        _table(rng, label, table, colour, None)
    else:
        _table(rng, label, frame, colour, net if net.text else None)


def _front(rng: Rng, label: Canvas, panel: Box, colour: Colour, net: Net) -> None:
    """Draw the pack's front: brand, product, claims, and the net amount at the bottom."""
    ink = Ink(title_face(rng), panel.width * rng.uniform(0.12, 0.2), colour)
    y = panel.y0 + panel.height * rng.uniform(0.08, 0.3)
    for text in (rng.pick(words.BRANDS), rng.pick((*words.FOODS, *words.SPORT_FOODS))):
        fit = fitting(text, ink, panel.width)
        label.text((panel.at(0.5, 0)[0], y), text, fit, "mm")
        y += fit.size * 1.4
    small = ink.sized(panel.width * 0.06)
    for text in (*dose_lines(rng, rng.integer(0, 2)), rng.pick(words.CLAIMS)):
        label.text((panel.at(0.5, 0)[0], y), text, fitting(text, small, panel.width), "mm")
        y += small.size * 1.6
    size = panel.width * rng.uniform(0.06, 0.1)
    at = (panel.at(0.5, 0)[0], panel.y1 - panel.height * rng.uniform(0.04, 0.1))
    label.text(at, net.text, fitting(net.text, Ink(plate_face(rng), size, colour), panel.width), "mm", key="net")


def _table(rng: Rng, label: Canvas, frame: Box, colour: Colour, net: Net | None) -> None:
    title, joined, comma = rng.pick(_LANGUAGES)
    names = joined.split("|")
    pitch = min(frame.height / (len(names) + 4.5), frame.width * (0.085 if frame.width > label.width * 0.7 else 0.125))
    ink = Ink(plate_face(rng), pitch * 0.55, colour)
    y = frame.y0 + pitch * 0.6
    if net is not None and net.where == "top":
        _net_line(rng, label, frame, y, net, ink)
        y += pitch * 1.1
    label.text((frame.x0, y), title, fitting(title, Ink(title_face(rng), pitch * 0.8, colour), frame.width), "lm")
    supplement = title.startswith("Supplement")
    for name in names:
        y += pitch
        label.line([(frame.x0, y - pitch / 2), (frame.x1, y - pitch / 2)], colour, 0.8)
        label.text((frame.x0, y), name, fitting(name, ink, frame.width * 0.62), "lm")
        label.text((frame.x1, y), _content(rng, name, comma, supplement), ink, "rm")
    y += pitch * 0.9
    small = ink.sized(max(pitch * 0.42, 7.0))
    for line in (*rng.sample(words.CLAIMS, 1), *dose_lines(rng, 1)):
        label.text((frame.x0, y), line, fitting(line, small, frame.width), "lm")
        y += pitch * 0.7
    if net is not None and net.where == "bottom":
        _net_line(rng, label, frame, min(y + pitch * 0.4, frame.y1 - pitch * 0.4), net, ink)


def _net_line(rng: Rng, label: Canvas, frame: Box, y: float, net: Net, ink: Ink) -> None:
    # The amount is as small as the table's print, or larger.
    strong = ink.sized(ink.size * rng.uniform(0.75, 1.6))
    right = rng.chance(0.25)
    at = (frame.x1 if right else frame.x0, y)
    label.text(at, net.text, fitting(net.text, strong, frame.width), "rm" if right else "lm", key="net")


def _content(rng: Rng, name: str, comma: bool, supplement: bool) -> str:
    if name in ("Energy", "Brennwert", "Énergie", "Valor energético"):
        calories = rng.integer(20, 600)
        return f"{round(calories * 4.184)} kJ / {calories} kcal"
    if supplement:
        return f"{rng.integer(1, 900)} {rng.pick(('mg', 'mcg', 'µg'))}"
    return number(rng.integer(0, 800) / 10, comma) + rng.pick((" g", "g"))
