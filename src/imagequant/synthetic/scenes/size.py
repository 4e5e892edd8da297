"""Photos with the size as text: ``40 x 30 x 10 cm`` or named lines next to the product."""

from __future__ import annotations

from imagequant.core.records import Box
from imagequant.synthetic.goods.kinds import any_shape, real_size
from imagequant.synthetic.lettering.electric_words import SpecRow, decoy_rows, load_row, volume_row, weight_row
from imagequant.synthetic.lettering.lengths import Written
from imagequant.synthetic.lettering.size_words import SizeLine, crossed, named
from imagequant.synthetic.records import Scene, SceneQuestion
from imagequant.synthetic.render.backgrounds import rich_ground
from imagequant.synthetic.render.canvas import Canvas, Colour, Ink, fitting, part_of_text
from imagequant.synthetic.render.fonts import body_face
from imagequant.synthetic.render.geometry import ellipse
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.render.surfaces import readable_on
from imagequant.synthetic.scenes.common import fitted, headline, photo_size
from imagequant.synthetic.scenes.length_questions import ask_lengths

_DECOYS = ("Size", "Product Size", "Größe", "Cable Length")


def draw(rng: Rng) -> Scene:
    """Draw a product with its size and other facts as text."""
    width, height = photo_size(rng)
    canvas, ground = rich_ground(rng, width, height)
    good, aspect = any_shape(rng)
    real = real_size(aspect, rng.log_uniform(*good.longest))
    flat = rng.chance(0.65)
    size = (real[0], real[1], min(real) * rng.uniform(0.3, 1.0))
    lines = [crossed(rng, size, flat)] if rng.chance(0.6) else named(rng, size, flat)
    facts, extra = _facts(rng)
    top = headline(rng, canvas, ground) if rng.chance(0.35) else canvas.height * 0.03
    room = Box(canvas.width * 0.04, top, canvas.width * 0.96, canvas.height * 0.97)
    free = _write(rng, canvas, room, lines, facts, readable_on(ground, rng))
    good.draw(rng, canvas, fitted(free, aspect, rng.uniform(0.75, 1.0)))
    shown = {axis: Written((line.text,), amount, 0) for line in lines for axis, (_, _, amount) in line.parts.items()}
    return Scene(canvas, ask_lengths(rng, shown) + extra, good.name)


def _facts(rng: Rng) -> tuple[list[SpecRow], tuple[SceneQuestion, ...]]:
    rows = [row for row in decoy_rows(rng, rng.integer(0, 4)) if row.name not in _DECOYS]
    if rng.chance(0.35):
        rows.append(weight_row(rng))
    if rng.chance(0.1):
        rows.append(volume_row(rng))
    if rng.chance(0.08):
        rows.append(load_row(rng))
    return rng.sample(rows, len(rows)), tuple(answer for row in rows for answer in row.answers)


def _write(rng: Rng, canvas: Canvas, room: Box, lines: list[SizeLine], facts: list[SpecRow], colour: Colour) -> Box:
    """Write all lines in a block and return the room left for the product."""
    count = len(lines) + len(facts)
    side = room.width >= room.height and rng.chance(0.55)
    block = room.inner(0.52, 0.1, 1, 0.9) if side else room.inner(0.05, 1 - min(0.06 * count + 0.06, 0.45), 0.95, 1)
    pitch = min(block.height / count, room.width * 0.11)
    ink = Ink(body_face(rng), max(pitch * rng.uniform(0.4, 0.62), 9.5), colour)
    mark = rng.pick(("", "", "• ", "◆ ", "✔ "))
    middle = not side and rng.chance(0.5)
    order = rng.sample(list(range(count)), count) if rng.chance(0.5) else list(range(count))
    y = (block.y0 + block.y1) / 2 - pitch * count / 2 if side else block.y0
    for position, number in enumerate(order):
        at = (block.at(0.5, 0)[0] if middle else block.x0, y + pitch * (position + 0.5))
        if number < len(lines):
            _write_size(canvas, at, lines[number], ink, mark, middle, block.width)
        else:
            row = facts[number - len(lines)]
            text = f"{mark}{row.name}: {row.value}"
            fit = fitting(text, ink, block.width)
            canvas.text(at, text, fit, "mm" if middle else "lm", key=row.key or None)
    if rng.chance(0.15):
        canvas.fill(ellipse((block.x0 - ink.size, block.y0), 3, 3), colour)
    return room.inner(0, 0, 0.48, 1) if side else Box(room.x0, room.y0, room.x1, block.y0 - 6)


def _write_size(
    canvas: Canvas, at: tuple[float, float], line: SizeLine, ink: Ink, mark: str, middle: bool, width: float
) -> None:
    text = mark + line.text
    fit = fitting(text, ink, width)
    canvas.text(at, text, fit, "mm" if middle else "lm", key="line")
    whole = canvas.marks.pop("line")
    for axis, (start, end, _) in line.parts.items():
        canvas.marks[axis] = part_of_text(whole, fit, start + len(mark), end + len(mark))
