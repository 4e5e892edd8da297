"""Baselines that learn nothing: a rule picks one of the candidates, always."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from imagequant.core.records import Candidate
from imagequant.experiments.cross_validation.material import Given, Sides
from imagequant.quantity.scoring import Quantity

Rule = Callable[[Sequence[Candidate], str], Candidate | None]

# What stands beside the quantity that is asked for, the most telling first. ``axis_*`` also stands for a letter
# beside the number ("H 12 cm").
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
# What stands beside quantities of something else.
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
    """The first quantity of the right kind in reading order."""
    return candidates[0] if candidates else None


def largest_text(candidates: Sequence[Candidate], entity: str) -> Candidate | None:  # noqa: ARG001
    """The quantity in the largest print; the first of several as large."""
    return max(candidates, key=_print_size, default=None)


def cue_words(candidates: Sequence[Candidate], entity: str) -> Candidate | None:
    """The first quantity beside a word that fits the question.

    In this order: beside a wanted word and no unwanted one, beside a wanted word, beside no unwanted word, simply the
    first; of several beside wanted words the one beside the most telling.
    """
    if not candidates:
        return None
    wanted, unwanted = WANTED[entity], set(UNWANTED[entity])

    def rank(candidate: Candidate) -> tuple[int, int]:
        found = _traits(candidate)
        telling = next((place for place, cue in enumerate(wanted) if cue in found), len(wanted))
        fits, misleads = telling < len(wanted), bool(found & unwanted)
        return (int(misleads) if fits else 2 + int(misleads)), telling

    # `min` takes the first of equals, so reading order decides.
    return min(candidates, key=rank)


FIRST_QUANTITY = "first_quantity"
RULES: Mapping[str, Rule] = {
    FIRST_QUANTITY: first_quantity,
    "largest_text": largest_text,
    "cue_words": cue_words,
}


def _traits(candidate: Candidate) -> set[str]:
    return {*candidate.cues, *([f"axis_{candidate.mention.axis}"] if candidate.mention.axis else [])}


def _print_size(candidate: Candidate) -> float:
    """Pixels across the reading direction."""
    return candidate.box.width if candidate.angle in (90, 270) else candidate.box.height


def answer_by_rule(rule: Rule, sides: Sides) -> list[Given]:
    """A rule's answers to one run's held-out rows."""
    picks = [rule(question.candidates, question.label.entity) for question in sides["validation"]]
    return [Given(Quantity(pick.value, pick.unit), 1.0) if pick else Given(None, 0.0) for pick in picks]
