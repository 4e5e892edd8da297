"""Photos with the size as text: ``40 x 30 x 10 cm`` or named lines next to the product."""

from dataclasses import dataclass

from imagequant.core.records import Box
from imagequant.quantity.units import to_base
from imagequant.synthetic.goods.kinds import any_shape, real_size
from imagequant.synthetic.lettering.electric_words import SpecRow, amount_row, decoy_rows
from imagequant.synthetic.lettering.lengths import Written
from imagequant.synthetic.records import Amount, Scene
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import Colour, readable_on
from imagequant.synthetic.render.fonts import body_face
from imagequant.synthetic.render.geometry import disc
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import advert, ask_lengths, fitted, headline

_DECOYS = ("Size", "Product Size", "Größe", "Cable Length")
_CM = (("cm", 50), (" cm", 40), ("CM", 8), (" CM", 2))
_INCH = (('"', 40), (" inch", 16), ("in", 14), (" in", 14), (" inches", 10), ("''", 3), ("”", 3))
_MM = (("mm", 50), (" mm", 45), ("MM", 5))
_UNITS = ((("centimetre", _CM), 58), (("inch", _INCH), 32), (("millimetre", _MM), 10))
# Names of the axes by language.
# fmt: off
_HEIGHTS = ("Height", "HEIGHT", "Höhe", "Hauteur", "Altura", "Alto", "Altezza", "H", "Yükseklik", "Wysokość", "Hoogte",
            "Höjd")
_WIDTHS = ("Width", "WIDTH", "Breite", "Largeur", "Ancho", "Largura", "Larghezza", "W", "Genişlik", "Szerokość",
           "Breedte", "Bredd")
_THIRDS = ("Length", "Depth", "Länge", "Longueur", "Largo", "Lunghezza", "L", "Derinlik", "Długość", "Tiefe",
           "Profondeur", "D")
_LEADS = ("", "", "Size: ", "Size ", "SIZE: ", "Dimensions: ", "Product size: ", "Größe: ", "Maße: ", "Dimension: ",
          "Medidas: ", "Taille : ", "Misure: ", "Measures ", "Approx. ", "Overall: ")
# Lengths of what comes with the product or what it reaches, in large print.
_REACHES = ("{}", "{}", "{} Cable", "Cable {}", "{} Range", "{} Cord", "Up to {}", "Kabel {}", "Câble {}", "{} Reach")
_FAR = ("{}M", "{}m", "{} m", "{} M", "{} Meter", "{}ft", "{} ft", "{} FT")
# fmt: on
_WITH_REACH = 0.3
# Width, height, and depth towards the viewer.
Size = tuple[float, float, float]


@dataclass(frozen=True)
class SizeLine:
    """A line of text; ``parts`` has the start, end and amount of each axis."""

    text: str
    parts: dict[str, tuple[int, int, Amount]]


def draw(rng: Rng) -> Scene:
    """Draw a product with its size and other facts as text."""
    canvas, ground = advert(rng)
    good, aspect = any_shape(rng)
    real = real_size(aspect, rng.log_uniform(*good.longest))
    flat = rng.chance(0.65)
    size = (*real, min(real) * rng.uniform(0.3, 1.0))
    lines = [crossed(rng, size, flat)] if rng.chance(0.6) else _named(rng, size, flat)
    facts = [row for row in decoy_rows(rng, rng.integer(0, 4)) if row.name not in _DECOYS]
    shares = (("item_weight", 0.35), ("item_volume", 0.1), ("maximum_weight_recommendation", 0.08))
    facts += [amount_row(rng, entity) for entity, share in shares if rng.chance(share)]
    extra = tuple(answer for row in facts for answer in row.answers)
    facts = rng.sample(facts, len(facts))
    if rng.chance(_WITH_REACH):
        reach = rng.pick(_REACHES).format(rng.pick(_FAR).format(rng.pick(("1", "1.5", "2", "3", "5", "7", "10", "20"))))
        top = headline(rng, canvas, ground, reach)
    else:
        top = headline(rng, canvas, ground) if rng.chance(0.35) else canvas.height * 0.03
    room = Box(canvas.width * 0.04, top, canvas.width * 0.96, canvas.height * 0.97)
    free = _write(rng, canvas, room, lines, facts, readable_on(ground, rng))
    good.draw(rng, canvas, fitted(free, aspect, rng.uniform(0.75, 1.0)))
    shown = {axis: Written((line.text,), amount, 0) for line in lines for axis, (_, _, amount) in line.parts.items()}
    return Scene(canvas, ask_lengths(shown) + extra, good.name)


def _rounded(rng: Rng, centimetres: Size) -> tuple[str, str, list[float]]:
    # A unit, its spelling, and the size in it.
    unit, spellings = rng.weighted(_UNITS)
    digits = 0 if unit == "millimetre" else rng.weighted(((0, 55), (1, 45)))
    exact = [value / to_base(1.0, unit) for value in centimetres]
    values = [max(round(v, digits), round(v, 1), 0.1) if v < 2 else round(v, digits) for v in exact]
    return unit, rng.weighted(spellings), values


def crossed(rng: Rng, centimetres: Size, flat: bool) -> SizeLine:
    """Format a size as ``40 x 30 x 10 cm``, with or without letters; flat products have two numbers."""
    unit, spelling, values = _rounded(rng, centimetres)
    by_axis = dict(zip(("width", "height", "third"), values, strict=True))
    lying = ("third", "width", "height")
    axes = ("width", "height") if flat else rng.pick((lying, ("width", "third", "height"), lying))
    letters = {"third": rng.pick(("L", "L", "D")), "width": "W", "height": "H"}
    cross = rng.weighted(((" x ", 45), ("x", 22), (" X ", 10), (" × ", 10), ("*", 8), ("×", 3), (" * ", 2)))
    style = rng.weighted((("plain", 50), ("each", 20), ("lettered", 20), ("before", 10)))
    once = style in ("plain", "before")
    text = rng.pick(_LEADS)
    gap = rng.pick(("", " ", " "))
    bracket = "{}({})" if gap else "{}{}"
    parts: dict[str, tuple[int, int, Amount]] = {}
    for position, axis in enumerate(axes):
        text += cross if position else ""
        text += f"{letters[axis]}{rng.pick(('', ' ', ':'))}" if style == "before" else ""
        start = len(text)
        text += f"{by_axis[axis]:g}" + ("" if once else spelling)
        parts[axis] = (start, len(text), Amount(by_axis[axis], unit))
        text += bracket.format(gap, letters[axis]) if style == "lettered" else ""
    return SizeLine(text + (spelling if once else ""), parts)


def _named(rng: Rng, centimetres: Size, flat: bool) -> list[SizeLine]:
    # One line per axis: "Height: 12 cm".
    unit, spelling, (width, height, third) = _rounded(rng, centimetres)
    language = rng.integer(0, 11)
    colon = rng.pick((": ", ": ", " : ", ":", " ", " - ", " = "))
    axes = [("height", _HEIGHTS[language], height), ("width", _WIDTHS[language], width)]
    if not flat:
        axes.append(("third", rng.pick((_THIRDS[language], _THIRDS[language], "Length")), third))
    lines = []
    for axis, name, value in axes:
        text = f"{name}{colon}{value:g}{spelling}"
        lines.append(SizeLine(text, {axis: (len(name + colon), len(text), Amount(value, unit))}))
    return rng.sample(lines, len(lines))


def _write(rng: Rng, canvas: Canvas, room: Box, lines: list[SizeLine], facts: list[SpecRow], colour: Colour) -> Box:
    """Write all lines in a block and return the room left for the product."""
    count = len(lines) + len(facts)
    side = room.width >= room.height and rng.chance(0.55)
    block = room.inner(0.52, 0.1, 1, 0.9) if side else room.inner(0.05, 1 - min(0.06 * count + 0.06, 0.45), 0.95, 1)
    pitch = min(block.height / count, room.width * 0.11)
    ink = Ink(body_face(rng), max(pitch * rng.uniform(0.4, 0.62), 9.5), colour)
    mark = rng.pick(("", "", "• ", "◆ ", "✔ "))
    middle = not side and rng.chance(0.5)
    anchor = "mm" if middle else "lm"
    written: list[SizeLine | SpecRow] = [*lines, *facts]
    y = (block.y0 + block.y1) / 2 - pitch * count / 2 if side else block.y0
    for position, line in enumerate(rng.sample(written, count) if rng.chance(0.5) else written):
        at = (block.at(0.5, 0)[0] if middle else block.x0, y + pitch * (position + 0.5))
        if isinstance(line, SpecRow):
            canvas.text(at, f"{mark}{line.name}: {line.value}", ink, anchor, key=line.key, width=block.width)
            continue
        canvas.text(at, mark + line.text, ink, anchor, key="line", width=block.width)
        whole = canvas.marks.pop("line")
        for axis, (start, end, _) in line.parts.items():
            canvas.marks[axis] = whole.part(start + len(mark), end + len(mark))
    if rng.chance(0.15):
        canvas.fill(disc((block.x0 - ink.size, block.y0), 3), colour)
    return room.inner(0, 0, 0.48, 1) if side else Box(room.x0, room.y0, room.x1, block.y0 - 6)
