"""Questions about the lengths on a photo, and which of the printed lengths answers them."""

from collections.abc import Mapping

from imagequant.synthetic.lettering.lengths import Written
from imagequant.synthetic.records import SceneQuestion, question, unanswerable

_KEYS = {"height": "height", "width": "width", "depth": "third"}


def ask_lengths(shown: Mapping[str, Written]) -> tuple[SceneQuestion, ...]:
    """Ask for height, width and depth; a question whose length is not printed has no answer.

    All three are asked, because the model decides them together and learns which of them is not printed.

    Args:
        shown: The lengths by ``height``, ``width`` or ``third`` (the depth, towards the viewer), which are the keys of
            their marks.
    """
    return tuple(
        question(entity, shown[key].amount, key) if key in shown else unanswerable(entity)
        for entity, key in _KEYS.items()
    )
