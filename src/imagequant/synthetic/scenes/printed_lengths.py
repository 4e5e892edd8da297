"""How many lengths a drawing prints and which of its product's they are."""

from __future__ import annotations

from dataclasses import replace

from imagequant.synthetic.goods.kinds import Good, any_shape, shaped
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, write_length
from imagequant.synthetic.render.rng import Dice

# Most sellers print two lengths: one across and one up.
_COUNTS = ((1, 16), (2, 51), (3, 15), (4, 12), (5, 6))
_LETTERS = {"height": "H", "width": "W", "third": "D"}


def any_count(dice: Dice) -> int:
    """How many different lengths a drawing prints."""
    return dice.weighted(_COUNTS)


def shape_for(dice: Dice, count: int) -> tuple[Good, float]:
    """A good and its aspect; goods with one length are often as wide as high."""
    return shaped(dice, 1.0) if count == 1 and dice.chance(0.4) else any_shape(dice)


def outline_lengths(
    dice: Dice, lengths: LengthStyle, real: tuple[float, float], count: int, rounded: bool
) -> dict[str, Written]:
    """The lengths of the whole product that are printed, under ``width``, ``height`` and ``third``."""
    shown = {"width": write_length(lengths, real[0]), "height": write_length(lengths, real[1])}
    alike = real[0] == real[1]
    # The long side alone, mostly; of a square either side, or both with the same number.
    if count == 1 and (not alike or dice.chance(0.4)):
        longer, shorter = ("width", "height") if real[0] > real[1] else ("height", "width")
        shown.pop(shorter if alike or dice.chance(0.85) else longer)
    elif count > len(shown) and dice.chance(0.4):
        shown["third"] = write_length(lengths, min(min(real) * dice.uniform(0.3, 2.0), max(real) * 0.9))
    return _lettered(dice, shown, rounded)


def _lettered(dice: Dice, shown: dict[str, Written], rounded: bool) -> dict[str, Written]:
    if dice.chance(0.08):
        pattern = dice.pick(("{}={}", "{}: {}", "{} = {}", "{}:{}", "{} {}"))
        return {axis: _prefixed(written, pattern, _LETTERS[axis]) for axis, written in shown.items()}
    if rounded and "width" in shown and dice.chance(0.12):
        mark = dice.pick(("Ø", "Ø", "ø", "Dia.", "D:"))
        return {**shown, "width": _prefixed(shown["width"], dice.pick(("{}{}", "{} {}")), mark)}
    return shown


def _prefixed(written: Written, pattern: str, letter: str) -> Written:
    return replace(written, lines=(pattern.format(letter, written.lines[0]), *written.lines[1:]))
