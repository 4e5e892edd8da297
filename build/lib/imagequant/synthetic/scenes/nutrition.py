"""Backs of packs: a nutrition table with many weights, and the net weight or volume around it."""

from imagequant.core.records import Box
from imagequant.synthetic.lettering import pack_words as words
from imagequant.synthetic.lettering.amounts import any_amount, doubled, number, spelled
from imagequant.synthetic.records import Scene, SceneQuestion, question
from imagequant.synthetic.render.canvas import Canvas, Ink, fitting
from imagequant.synthetic.render.colours import Colour
from imagequant.synthetic.render.fonts import plate_face, title_face
from imagequant.synthetic.render.geometry import homography
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import advert

# fmt: off
# Title, names, and whether to use a decimal comma.
_LANGUAGES = (
    ("Nutrition Facts", "Energy|Total Fat|Saturated Fat|Carbohydrate|Sugars|Fibre|Protein|Sodium|Salt", False),
    ("Nährwerte pro 100 g",
     "Brennwert|Fett|davon gesättigte Fettsäuren|Kohlenhydrate|davon Zucker|Ballaststoffe|Eiweiß|Salz", True),
    ("Valeurs nutritionnelles pour 100 g",
     "Énergie|Matières grasses|dont acides gras saturés|Glucides|dont sucres|Fibres|Protéines|Sel", True),
    ("Información nutricional por 100 g",
     "Valor energético|Grasas|Hidratos de carbono|azúcares|Fibra|Proteínas|Sal", True),
    ("Supplement Facts", "Vitamin C|Vitamin D3|Magnesium|Zinc|Iron|Biotin|Calcium|Omega-3", False),
)
# Colours of labels and of their print.
_PAPERS: tuple[tuple[Colour, Colour], ...] = (((250, 250, 248), (10, 10, 12)), ((24, 24, 26), (240, 240, 236)),
                                              ((40, 80, 60), (250, 250, 240)), ((226, 196, 150), (40, 26, 16)))
# fmt: on
_UNSTATED = 0.15


def draw(rng: Rng) -> Scene:
    """Draw a label in close-up, slightly rotated."""
    canvas, _ = advert(rng)
    paper, colour = rng.pick(_PAPERS)
    label = Canvas.blank(canvas.width * 0.92, canvas.height * 0.92, paper)
    weight = rng.chance(0.75)
    entity, patterns = ("item_weight", words.NET_WEIGHT) if weight else ("item_volume", words.NET_VOLUME)
    amount = any_amount(rng, entity, ("gram", "kilogram", "ounce") if weight else ())
    net, where = "", "nowhere"
    if not rng.chance(_UNSTATED):
        net = rng.pick(patterns).format(doubled(rng, amount) if rng.chance(0.35) else spelled(rng, amount))
        where = rng.weighted((("bottom", 40), ("top", 25), ("front", 35)))
    frame = label.frame.inner(0.05, 0.05, 0.95, 0.95)
    if where == "front":
        share = rng.uniform(0.46, 0.58)
        left = rng.chance(0.5)
        panel = frame.inner(share + 0.05, 0, 1, 1) if left else frame.inner(0, 0, 0.95 - share, 1)
        _front(rng, label, panel, colour, net)
        frame = frame.inner(0, 0, share, 1) if left else frame.inner(1 - share, 0, 1, 1)
    _table(rng, label, frame, colour, net, where)
    slip = canvas.width * 0.05
    corners = canvas.frame.inner(0.02, 0.02, 0.93, 0.93).corners
    quad = [(x + rng.uniform(0, slip), y + rng.uniform(0, slip)) for x, y in corners]
    canvas.place(label, homography(label.frame.corners, quad))
    return Scene(canvas, (question(entity, amount, "net") if net else SceneQuestion(entity),), "nutrition")


def _front(rng: Rng, label: Canvas, panel: Box, colour: Colour, net: str) -> None:
    """Draw the pack's front: brand, product, claims, and the net amount at the bottom."""
    ink = Ink(title_face(rng), panel.width * rng.uniform(0.12, 0.2), colour)
    x, y = panel.at(0.5, 0)[0], panel.y0 + panel.height * rng.uniform(0.08, 0.3)
    for text in (rng.pick(words.BRANDS), rng.pick((*words.FOODS, *words.SPORT_FOODS))):
        fit = fitting(text, ink, panel.width)
        label.text((x, y), text, fit)
        y += fit.size * 1.4
    small = ink.sized(panel.width * 0.06)
    for text in (*words.dose_lines(rng, rng.integer(0, 2)), rng.pick(words.CLAIMS)):
        label.text((x, y), text, small, width=panel.width)
        y += small.size * 1.6
    size = panel.width * rng.uniform(0.06, 0.1)
    at = (x, panel.y1 - panel.height * rng.uniform(0.04, 0.1))
    label.text(at, net, Ink(plate_face(rng), size, colour), key="net", width=panel.width)


def _table(rng: Rng, label: Canvas, frame: Box, colour: Colour, net: str, where: str) -> None:
    title, joined, comma = rng.pick(_LANGUAGES)
    names = joined.split("|")
    pitch = min(frame.height / (len(names) + 4.5), frame.width * (0.085 if frame.width > label.width * 0.7 else 0.125))
    ink = Ink(plate_face(rng), pitch * 0.55, colour)
    y = frame.y0 + pitch * 0.6
    if where == "top":
        _net_line(rng, label, frame, y, net, ink)
        y += pitch * 1.1
    label.text((frame.x0, y), title, Ink(title_face(rng), pitch * 0.8, colour), "lm", width=frame.width)
    for name in names:
        y += pitch
        label.line([(frame.x0, y - pitch / 2), (frame.x1, y - pitch / 2)], colour, 0.8)
        label.text((frame.x0, y), name, ink, "lm", width=frame.width * 0.62)
        if name in ("Energy", "Brennwert", "Énergie", "Valor energético"):
            calories = rng.integer(20, 600)
            content = f"{round(calories * 4.184)} kJ / {calories} kcal"
        elif title.startswith("Supplement"):
            content = f"{rng.integer(1, 900)} {rng.pick(('mg', 'mcg', 'µg'))}"
        else:
            content = number(rng.integer(0, 800) / 10, comma) + rng.pick((" g", "g"))
        label.text((frame.x1, y), content, ink, "rm")
    y += pitch * 0.9
    small = ink.sized(max(pitch * 0.42, 7.0))
    for line in (rng.sample(words.CLAIMS, 1)[0], *words.dose_lines(rng, 1)):
        label.text((frame.x0, y), line, small, "lm", width=frame.width)
        y += pitch * 0.7
    if where == "bottom":
        _net_line(rng, label, frame, min(y + pitch * 0.4, frame.y1 - pitch * 0.4), net, ink)


def _net_line(rng: Rng, label: Canvas, frame: Box, y: float, net: str, ink: Ink) -> None:
    # The amount is as small as the table's print, or larger.
    strong = ink.sized(ink.size * rng.uniform(0.75, 1.6))
    x, anchor = (frame.x1, "rm") if rng.chance(0.25) else (frame.x0, "lm")
    label.text((x, y), net, strong, anchor, key="net", width=frame.width)
