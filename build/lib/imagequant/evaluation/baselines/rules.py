"""Baselines that learn nothing: each rule always picks one of the candidates."""

from collections.abc import Callable, Mapping, Sequence

from imagequant.core.records import Candidate
from imagequant.evaluation.fit_and_answer import FoldQuestions, MethodAnswers
from imagequant.model.answers import Answer
from imagequant.quantity.scoring import Quantity

Rule = Callable[[Sequence[Candidate], str], Candidate | None]

# Cues beside the quantity asked for, the most specific first. ``axis_*`` also stands for a letter beside the number
# ("H 12 cm").
WANTED: Mapping[str, tuple[str, ...]] = {
    "width": ("axis_width",),
    "height": ("axis_height",),
    "depth": ("axis_depth", "axis_length"),
    "item_weight": ("net_weight", "weight"),
    "maximum_weight_recommendation": ("load", "up_to"),
    "voltage": ("voltage",),
    "wattage": ("power",),
    "item_volume": ("volume",),
}
# Cues beside quantities of something else.
UNWANTED: Mapping[str, tuple[str, ...]] = {
    "width": ("axis_height", "axis_depth", "axis_length", "diameter", "thickness", "inner", "seat", "packaging"),
    "height": ("axis_width", "axis_depth", "axis_length", "diameter", "thickness", "inner", "seat", "packaging"),
    "depth": ("axis_height", "axis_width", "diameter", "thickness", "inner", "seat", "packaging"),
    "item_weight": ("dose", "nutrition", "load", "packaging"),
    "maximum_weight_recommendation": ("dose", "nutrition", "packaging"),
    "voltage": (),
    "wattage": (),
    "item_volume": ("dose", "nutrition", "packaging"),
}


def first_quantity(candidates: Sequence[Candidate], entity: str) -> Candidate | None:  # noqa: ARG001
    """Picks the first quantity of the right kind in reading order."""
    return candidates[0] if candidates else None


def largest_text(candidates: Sequence[Candidate], entity: str) -> Candidate | None:  # noqa: ARG001
    """Picks the quantity in the largest print, the first of several equally large ones."""

    def print_size(candidate: Candidate) -> float:
        # Of the print in pixels, across the reading direction.
        return candidate.box.width if candidate.angle in (90, 270) else candidate.box.height

    return max(candidates, key=print_size, default=None)


def cue_words(candidates: Sequence[Candidate], entity: str) -> Candidate | None:
    """Picks the first quantity beside a word that fits the entity.

    In this order: beside a wanted word and no unwanted one, beside a wanted word, beside no unwanted word, simply the
    first. Of several beside wanted words, the one beside the most specific word. For an entity without cue words this
    is ``first_quantity``.
    """
    if not candidates:
        return None
    wanted, unwanted = WANTED.get(entity, ()), set(UNWANTED.get(entity, ()))

    def rank(candidate: Candidate) -> tuple[int, int]:
        cues = {*candidate.cues, *([f"axis_{candidate.mention.axis}"] if candidate.mention.axis else [])}
        place = next((place for place, cue in enumerate(wanted) if cue in cues), len(wanted))
        fits, misleads = place < len(wanted), bool(cues & unwanted)
        return (int(misleads) if fits else 2 + int(misleads)), place

    # `min` takes the first of equals, so reading order decides.
    return min(candidates, key=rank)


FIRST_QUANTITY = "first_quantity"
RULES: Mapping[str, Rule] = {FIRST_QUANTITY: first_quantity, "largest_text": largest_text, "cue_words": cue_words}


def answer_by_rule(rule: Rule, questions: FoldQuestions) -> MethodAnswers:
    """Return a rule's answers to the held-out questions of one fold."""
    picks = [rule(question.candidates, question.label.entity) for question in questions["validation"]]
    ranked = [[Answer(Quantity(pick.value, pick.unit), 1.0, 1.0, ())] if pick else [] for pick in picks]
    return MethodAnswers(ranked, threshold=0.0)
