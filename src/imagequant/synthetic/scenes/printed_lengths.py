"""Which of a product's lengths a drawing prints."""

from __future__ import annotations

from dataclasses import replace

from imagequant.synthetic.goods.kinds import Good, any_shape, shaped
from imagequant.synthetic.lettering.lengths import LengthStyle, Written, write_length
from imagequant.synthetic.render.rng import Rng

# Most sellers print two lengths: width and height.
_COUNTS = ((1, 16), (2, 51), (3, 15), (4, 12), (5, 6))
_LETTERS = {"height": "H", "width": "W", "third": "D"}


def any_count(rng: Rng) -> int:
    """Choose the number of different lengths."""
    return rng.weighted(_COUNTS)


def shape_for(rng: Rng, count: int) -> tuple[Good, float]:
    """Choose a good and its aspect ratio, which is often 1 for a single length."""
    return shaped(rng, 1.0) if count == 1 and rng.chance(0.4) else any_shape(rng)


def outline_lengths(
    rng: Rng, lengths: LengthStyle, real: tuple[float, float], count: int, rounded: bool
) -> dict[str, Written]:
    """Choose the printed lengths of the whole product, by ``width``, ``height`` and ``third``."""
    shown = {"width": write_length(lengths, real[0]), "height": write_length(lengths, real[1])}
    alike = real[0] == real[1]
    # Mostly the long side; for squares either side or both.
    if count == 1 and (not alike or rng.chance(0.4)):
        longer, shorter = ("width", "height") if real[0] > real[1] else ("height", "width")
        shown.pop(shorter if alike or rng.chance(0.85) else longer)
    elif count > len(shown) and rng.chance(0.4):
        shown["third"] = write_length(lengths, min(min(real) * rng.uniform(0.3, 2.0), max(real) * 0.9))
    return _lettered(rng, shown, rounded)


def _lettered(rng: Rng, shown: dict[str, Written], rounded: bool) -> dict[str, Written]:
    if rng.chance(0.08):
        pattern = rng.pick(("{}={}", "{}: {}", "{} = {}", "{}:{}", "{} {}"))
        return {axis: _prefixed(written, pattern, _LETTERS[axis]) for axis, written in shown.items()}
    if rounded and "width" in shown and rng.chance(0.12):
        mark = rng.pick(("Ø", "Ø", "ø", "Dia.", "D:"))
        return {**shown, "width": _prefixed(shown["width"], rng.pick(("{}{}", "{} {}")), mark)}
    return shown


def _prefixed(written: Written, pattern: str, letter: str) -> Written:
    return replace(written, lines=(pattern.format(letter, written.lines[0]), *written.lines[1:]))
