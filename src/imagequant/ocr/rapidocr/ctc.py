"""CTC decoding: the likeliest text of a line, and alternatives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import OcrAlternative

_BLANK = 0


@dataclass(frozen=True)
class LineReading:
    """A line's text, the mean confidence of its characters in [0, 1], and alternative texts, likeliest first.

    ``centers`` are the places of the characters' centres as shares of the line's length.
    """

    text: str
    confidence: float
    alternatives: tuple[OcrAlternative, ...]
    centers: tuple[float, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The text and its alternatives."""
        return self.text, *(other.text for other in self.alternatives)


@dataclass(frozen=True)
class _Run:
    """Steps ``start`` to ``end`` (exclusive) with the same likeliest symbol."""

    symbol: int
    start: int
    end: int


def decode(probabilities: NDArray[np.float32], characters: Sequence[str], odds: float, limit: int) -> LineReading:
    """Decode greedily, and propose alternatives that differ in one symbol.

    The recogniser errs if two symbols look alike (``g`` and ``9``) or one is tiny (a decimal point); the second-best
    symbol is often right. Source of CTC: A. Graves et al., "Connectionist temporal classification" (2006).

    Args:
        probabilities: float32 (steps, symbols); symbol 0 is the blank.
        characters: The symbols' characters.
        odds: Minimum likelihood of a second-best symbol relative to the best.
        limit: Maximum number of alternatives; lines without a digit in any reading have none.
    """
    best = probabilities.argmax(axis=1)
    runs = _runs(best)
    text = _text(runs, characters)
    spoken = [run for run in runs if run.symbol != _BLANK]
    # A character's time steps lie around its centre.
    centers = tuple((run.start + run.end) / 2 / len(best) for run in spoken for _ in characters[run.symbol])
    scores = [float(probabilities[run.start, run.symbol]) for run in spoken]
    confidence = float(np.mean(scores)) if scores else 0.0
    rated: dict[str, float] = {}
    for varied, likelihood in _variations(runs, probabilities, best, odds):
        other = _text(varied, characters)
        if may_say_more(other, text) and likelihood > rated.get(other, 0.0):
            rated[other] = likelihood
    ranked = sorted(rated.items(), key=lambda item: (-item[1], item[0]))[:limit]
    alternatives = tuple(OcrAlternative(other, round(value, 4)) for other, value in ranked)
    return LineReading(text, confidence, alternatives, centers)


def _runs(best: NDArray[np.int64]) -> list[_Run]:
    runs: list[_Run] = []
    for symbol, steps in groupby(best.tolist()):
        start = runs[-1].end if runs else 0
        runs.append(_Run(symbol, start, start + len(list(steps))))
    return runs


def _text(runs: Sequence[_Run], characters: Sequence[str]) -> str:
    """Return the text; as usual in CTC, neighbouring runs of a symbol are one character."""
    return "".join(characters[symbol] for symbol, _ in groupby(run.symbol for run in runs) if symbol != _BLANK)


def _variations(
    runs: Sequence[_Run], probabilities: NDArray[np.float32], best: NDArray[np.int64], odds: float
) -> Iterator[tuple[list[_Run], float]]:
    """Yield the runs with one symbol changed, deleted or inserted, with the odds against the best reading."""
    rest = probabilities.copy()
    rest[np.arange(len(best)), best] = 0.0
    second = rest.argmax(axis=1)
    for place, run in enumerate(runs):
        before, after = list(runs[:place]), list(runs[place + 1 :])
        steps = range(run.start, run.end) if run.symbol == _BLANK else [_peak(rest, run)]
        for step in steps:
            symbol = int(second[step])
            likelihood = float(rest[step, symbol] / max(probabilities[step, run.symbol], 1e-9))
            if likelihood < odds:
                continue
            changed = [_Run(symbol, step, step + 1)] if run.symbol == _BLANK else [_Run(symbol, run.start, run.end)]
            if run.symbol == _BLANK:
                changed = [
                    part
                    for part in (_Run(_BLANK, run.start, step), *changed, _Run(_BLANK, step + 1, run.end))
                    if part.end > part.start
                ]
            yield [*before, *changed, *after], likelihood


def _peak(rest: NDArray[np.float32], run: _Run) -> int:
    """Return the step of a run at which the second-best symbol is likeliest."""
    return run.start + int(rest[run.start : run.end].max(axis=1).argmax())


def may_say_more(other: str, text: str) -> bool:
    """Return whether another reading may have another quantity: it has a digit, and differs in more than blanks."""
    return any(character.isdigit() for character in other) and other.replace(" ", "") != text.replace(" ", "")
