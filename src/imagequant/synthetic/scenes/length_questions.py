"""Questions about the lengths on a photo, and which of the printed lengths answers them."""

from __future__ import annotations

from collections.abc import Mapping

from imagequant.synthetic.lettering.lengths import Written
from imagequant.synthetic.records import SceneQuestion, question, unanswerable
from imagequant.synthetic.render.rng import Rng

_Asked = tuple[tuple[tuple[str, ...], float], ...]
# fmt: off
# Sets of questions. Pairs and triples are more frequent than in the contest, because they teach more per photo. As in
# the contest, depth is mostly asked for if few lengths are printed.
_ASKED_OF_FEW: _Asked = ((("depth", "width"), 8), (("height", "depth"), 8), (("height", "width", "depth"), 16),
                         (("height", "width"), 8), (("height",), 5), (("width",), 4), (("depth",), 5))
_ASKED_OF_MANY: _Asked = ((("depth", "width"), 3), (("height", "depth"), 4), (("height", "width", "depth"), 13),
                          (("height", "width"), 18), (("height",), 8), (("width",), 4))
# fmt: on
_FEW = 2
# Probability that a question without its own length is unanswerable; otherwise its label is another printed length.
_UNANSWERED = 0.07
# Probability that the larger of two lengths is the label if geometry does not decide.
_LARGER = {"height": 0.64, "width": 0.37, "depth": 0.65}
# The same for the depth of a round body, which is its width about as often as its height.
_LARGER_OF_ROUND = 0.53
# Probability that depth is the largest of three or more lengths rather than the one towards the viewer.
_LARGEST_DEPTH = 0.3


def ask_lengths(
    rng: Rng, shown: Mapping[str, Written], round_body: bool = False, printed: int | None = None
) -> tuple[SceneQuestion, ...]:
    """Choose questions about the printed lengths.

    ``shown`` has the lengths by ``height``, ``width`` or ``third`` (towards the viewer), which are the marks' keys. A
    round body's depth is its width. ``printed`` counts the lengths including those of parts; by default, ``shown``.
    """
    few = (len(shown) if printed is None else printed) <= _FEW
    asked = rng.weighted(_ASKED_OF_FEW if few else _ASKED_OF_MANY)
    return tuple(_answer(rng, entity, shown, round_body) for entity in asked)


def _answer(rng: Rng, entity: str, shown: Mapping[str, Written], round_body: bool) -> SceneQuestion:
    keys = sorted(shown, key=lambda key: (shown[key].amount.base, key))
    if entity in shown:
        key = entity
    elif len(keys) > 1 and entity != "depth" and rng.chance(_UNANSWERED):
        return unanswerable(entity)
    elif len(keys) > _FEW and "third" in shown:
        key = keys[-1] if rng.chance(_LARGEST_DEPTH) else "third"
    else:
        tall_and_round = round_body and entity == "depth" and keys[-1] == "height"
        key = keys[-1] if rng.chance(_LARGER_OF_ROUND if tall_and_round else _LARGER[entity]) else keys[0]
    return question(entity, shown[key].amount, key)
