"""Words to candidates: the grammar run over lines, stacked lines and notes about units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from imagequant.candidates.lines import Line, reading_lines, to_level
from imagequant.core.records import Box, Word
from imagequant.params import CandidatesParams
from imagequant.quantity.grammar import Mention, bare_numbers, parse_quantities
from imagequant.quantity.named_units import unit_before
from imagequant.quantity.spelling import match_unit
from imagequant.quantity.twins import twin_corrections

# "unit: cm", "(Unit: inch)", "dimensions in mm": a note that gives bare numbers their unit.
_NOTE = re.compile(
    r"(?:units?|einheit|unit[éà]|unidad(?:e|es)?|dimensions?|measurements?|sizes?|maße|单位|単位)"
    r"[ :：.(]{0,3}(?:are |is )?(?:in )?[:(]?\s?([a-z\"″]{1,11})\b",
    re.IGNORECASE,
)
_NOTE_UNITS = frozenset(("millimetre", "centimetre", "metre", "inch", "foot"))
_ENDS_IN_NINE = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)9")
# A unit stands under its number no further than this many text heights.
_STACK_GAP = 0.8
# A name over its number: their middles are no further apart than this many text heights.
_NAME_REACH = 2.2


@dataclass(frozen=True)
class Proposal:
    """A mention with its place in the photo. ``before`` and ``after`` are the text around it, nearest line included."""

    mention: Mention
    text: str
    box: Box
    angle: int
    confidence: float
    before: str
    after: str
    order: int


def propose(words: Sequence[Word], params: CandidatesParams) -> list[Proposal]:
    """Every quantity in one reading of a photo, in reading order.

    Args:
        words: One engine's words, or the merged ones.
        params: Section ``candidates``.
    """
    lines = reading_lines(words, params.line_gap)
    noted = noted_unit(lines)
    proposals: list[Proposal] = []
    for number, line in enumerate(lines):
        above = lines[number - 1] if number and lines[number - 1].angle == line.angle else None
        mentions = parse_quantities(line.text)
        corrected = twin_corrections(mentions, line.text) if params.twin_corrections else ()
        found = [(mention, line) for mention in (*mentions, *corrected)]
        found.extend(_completed(line, lines, noted))
        proposals.extend(_proposal(mention, line, unit_line, above, number) for mention, unit_line in found)
    return proposals


def propose_second_choices(words: Sequence[Word], gap: float) -> list[Proposal]:
    """Quantities in what a reading may say otherwise (``Word.alternatives``), with the form ``second``.

    Their confidence is the word's, times the odds of the alternative. Quantities that the first choice has as well
    come again: the caller knows which those are.
    """
    lines = reading_lines(words, gap)
    proposals: list[Proposal] = []
    for number, line in enumerate(lines):
        for place, word in enumerate(line.words):
            for other in word.alternatives:
                varied = line.with_text(place, other.text)
                first, last = varied.spans[place]
                proposals.extend(
                    replace(proposal, confidence=word.confidence * other.odds)
                    for proposal in (
                        _proposal(replace(mention, form="second"), varied, varied, None, number)
                        for mention in parse_quantities(varied.text)
                        if mention.start < last and first < mention.end
                    )
                )
    return proposals


def noted_unit(lines: Sequence[Line]) -> str:
    """The length unit that a note on the photo gives to bare numbers; empty where there is no such note."""
    for line in lines:
        for match in _NOTE.finditer(line.text):
            unit = match_unit(line.text, match.start(1))
            if unit and unit[0] in _NOTE_UNITS:
                return unit[0]
    return ""


def _completed(line: Line, lines: Sequence[Line], noted: str) -> Iterator[tuple[Mention, Line]]:
    """Bare numbers with the unit found elsewhere, and the line it was found in."""
    for mention in bare_numbers(line.text):
        if below := _unit_below(mention, line, lines):
            unit, unit_line = below
            yield _with_unit(mention, unit, "stacked"), unit_line
        elif named := _unit_of_name(mention, line, lines):
            yield _with_unit(mention, named, "noted"), line
        elif noted and _is_short(line):
            yield _with_unit(mention, noted, "noted"), line
        if gram := _gram_read_as_nine(mention, line.text):
            yield gram, line


def _gram_read_as_nine(mention: Mention, text: str) -> Mention | None:
    """``5009`` for "500g": a number by itself whose last digit may be the unit."""
    match = _ENDS_IN_NINE.fullmatch(text[mention.start : mention.end])
    if match is None or text[mention.end : mention.end + 1].isalnum():
        return None
    value = float(match.group(1).replace(",", "."))
    return replace(mention, value=value, low=value, high=value, unit="gram", form="confusable") if value else None


def _unit_below(mention: Mention, line: Line, lines: Sequence[Line]) -> tuple[str, Line] | None:
    """A line right under the number that starts with a unit, as on banners ("350" over "LBS")."""
    number = to_level(line.box_of(mention.start, mention.end), line.angle)
    for other in lines:
        if other is line or other.angle != line.angle:
            continue
        box = to_level(other.box, other.angle)
        gap = box.y0 - number.y1
        shared = min(box.x1, number.x1) - max(box.x0, number.x0)
        if not -0.3 * number.height <= gap <= _STACK_GAP * number.height or shared < 0.5 * min(box.width, number.width):
            continue
        unit = match_unit(other.text, 0)
        if unit and not any(character.isdigit() for character in other.text):
            return unit[0], other
    return None


def _unit_of_name(mention: Mention, line: Line, lines: Sequence[Line]) -> str:
    """The unit given with a name that stands left of the number in a table, or over it: "Weight (g)" and "500"."""
    if line.text[: mention.start].strip():
        return ""
    number = to_level(line.box_of(mention.start, mention.end), line.angle)
    named = [
        (distance, unit)
        for other in lines
        if other is not line and other.angle == line.angle
        if (distance := _distance_of_name(to_level(other.box, other.angle), number)) is not None
        and (unit := unit_before(other.text, 0, len(other.text)))
    ]
    return min(named)[1] if named else ""


def _distance_of_name(name: Box, number: Box) -> float | None:
    """How far a name stands left of a number on its row, or over it with the same left edge; None for elsewhere."""
    x, y = number.center[0] - name.center[0], number.center[1] - name.center[1]
    if name.x1 <= number.x0 and abs(y) < 0.5 * number.height:
        return x
    return y if 0 < y < _NAME_REACH * number.height and abs(name.x0 - number.x0) < number.height else None


def _is_short(line: Line) -> bool:
    """A dimension's label rather than a sentence."""
    return sum(character.isalpha() for character in line.text) <= 12


def _with_unit(mention: Mention, unit: str, form: str) -> Mention:
    return Mention(mention.value, unit, mention.low, mention.high, mention.start, mention.end, form, mention.axis)


def _proposal(mention: Mention, line: Line, unit_line: Line, above: Line | None, order: int) -> Proposal:
    box = line.box_of(mention.start, mention.end)
    if unit_line is not line:
        box = box.union(unit_line.box)
    words = line.words_of(mention.start, mention.end)
    near = above.text if above and _is_near(above, line) else ""
    return Proposal(
        mention=mention,
        text=line.text[mention.start : mention.end],
        box=box,
        angle=line.angle,
        confidence=min(word.confidence for word in words),
        before=f"{near} {line.text[: mention.start]}".strip(),
        after=line.text[mention.end :].strip(),
        order=order,
    )


def _is_near(above: Line, line: Line) -> bool:
    one, two = to_level(above.box, above.angle), to_level(line.box, line.angle)
    return 0 <= two.center[1] - one.center[1] <= 3 * max(one.height, two.height) and one.x0 < two.x1 and two.x0 < one.x1
