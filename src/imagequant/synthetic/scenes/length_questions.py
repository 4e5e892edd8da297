"""Questions about the lengths on a photo, and which of the printed lengths answers them."""

from __future__ import annotations

from collections.abc import Mapping

from imagequant.synthetic.lettering.lengths import Written
from imagequant.synthetic.records import SceneQuestion, question, unanswerable
from imagequant.synthetic.render.rng import Rng

_Asked = tuple[tuple[tuple[str, ...], float], ...]
# fmt: off
# Sets of questions. Pairs and triples are more frequent than in the contest, because they teach more per photo: the
# model decides the lengths of a photo together, and learns which of them is not printed.
_ASKED_OF_FEW: _Asked = ((("depth", "width"), 8), (("height", "depth"), 8), (("height", "width", "depth"), 16),
                         (("height", "width"), 8), (("height",), 5), (("width",), 4), (("depth",), 5))
_ASKED_OF_MANY: _Asked = ((("depth", "width"), 3), (("height", "depth"), 4), (("height", "width", "depth"), 13),
                          (("height", "width"), 18), (("height",), 8), (("width",), 4))
# fmt: on
_FEW = 2


def ask_lengths(rng: Rng, shown: Mapping[str, Written], printed: int | None = None) -> tuple[SceneQuestion, ...]:
    """Choose questions about the printed lengths; one whose length is not printed has no answer.

    ``shown`` has the lengths by ``height``, ``width`` or ``third`` (the depth, towards the viewer), which are the keys
    of their marks. ``printed`` counts the lengths including those of parts; by default, ``shown``.
    """
    few = (len(shown) if printed is None else printed) <= _FEW
    asked = rng.weighted(_ASKED_OF_FEW if few else _ASKED_OF_MANY)
    return tuple(_answer(entity, shown) for entity in asked)


def _answer(entity: str, shown: Mapping[str, Written]) -> SceneQuestion:
    key = "third" if entity == "depth" else entity
    return question(entity, shown[key].amount, key) if key in shown else unanswerable(entity)
