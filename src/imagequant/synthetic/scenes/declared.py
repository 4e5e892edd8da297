"""Photos for the entities that section ``domain`` declares with typical amounts: plates, tables and large print."""

from collections.abc import Sequence

from imagequant.quantity.domain import Domain
from imagequant.quantity.grammar import Context, parse_quantities
from imagequant.synthetic.goods.kinds import any_good
from imagequant.synthetic.lettering.declared_rows import declared_row
from imagequant.synthetic.lettering.electric_words import SpecRow, decoy_rows
from imagequant.synthetic.records import Scene, SceneQuestion
from imagequant.synthetic.render.canvas import Ink
from imagequant.synthetic.render.colours import readable_on
from imagequant.synthetic.render.fonts import body_face, title_face
from imagequant.synthetic.render.rng import Rng
from imagequant.synthetic.scenes.common import advert, draw_product
from imagequant.synthetic.scenes.specs import draw_plate, draw_table

# How often an entity is printed, and how often one that is not printed is asked for.
_PRINTED, _ASKED = 0.55, 0.5
_NAMED = 0.6


def draw(rng: Rng, domain: Domain) -> Scene:
    """Draw a photo with some of the declared entities, and ask for them and for some that are not on it."""
    names = [name for name, entity in domain.entities.items() if entity.typical]
    chosen = [name for name in names if rng.chance(_PRINTED)] or [rng.pick(names)]
    rows = [declared_row(rng, name, domain.entities[name]) for name in rng.sample(chosen, 3)]
    scene = rng.weighted(((_plate, 3), (_table, 4), (_large, 3)))(rng, rows, domain)
    printed = {answer.entity for answer in scene.answers}
    unprinted = tuple(SceneQuestion(name) for name in names if name not in printed and rng.chance(_ASKED))
    return Scene(scene.canvas, scene.answers + unprinted, scene.product)


def _plate(rng: Rng, rows: Sequence[SpecRow], domain: Domain) -> Scene:
    return draw_plate(rng, lambda _: _among_decoys(rng, rows, domain))


def _table(rng: Rng, rows: Sequence[SpecRow], domain: Domain) -> Scene:
    return draw_table(rng, lambda _: _among_decoys(rng, rows, domain))


def _among_decoys(rng: Rng, rows: Sequence[SpecRow], domain: Domain) -> list[SpecRow]:
    """Return the rows among others that print nothing of a kind that is asked for."""
    context = Context(kinds=frozenset(entity.kind for entity in domain.entities.values() if entity.typical))
    decoys = [row for row in decoy_rows(rng, rng.integer(1, 9)) if not parse_quantities(row.value, context)]
    return rng.sample([*rows, *decoys], 12)


def _large(rng: Rng, rows: Sequence[SpecRow], domain: Domain) -> Scene:  # noqa: ARG001  (all layouts get the same)
    """Draw a product under one large amount, with or without its name."""
    canvas, ground = advert(rng)
    row = rows[0]
    size = min(canvas.width, canvas.height) * rng.uniform(0.07, 0.13)
    colour = readable_on(ground, rng)
    x, y = canvas.width / 2, canvas.height * rng.uniform(0.08, 0.14)
    top = canvas.text((x, y), row.value, Ink(title_face(rng), size, colour), key=row.key, width=canvas.width * 0.9).y1
    if rng.chance(_NAMED):
        small = Ink(body_face(rng), max(size * rng.uniform(0.4, 0.7), 10.0), colour)
        top = canvas.text((x, top + small.size * 0.9), row.name, small, width=canvas.width * 0.8).y1
    room = canvas.frame.inner(0.1, min(top / canvas.height + 0.04, 0.6), 0.9, 0.96)
    product = draw_product(rng, canvas, room, (0.7, 0.95), any_good(rng))
    return Scene(canvas, row.answers, product)
