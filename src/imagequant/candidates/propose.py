"""Lines to candidates: the grammar applied to lines, stacked lines and notes about units."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from imagequant.candidates.columns import unit_of_column
from imagequant.candidates.lines import Line, line_above, to_level
from imagequant.candidates.names import find_cells, name_mentions, with_legends, without_line_ends
from imagequant.core.records import Box, Candidate, Mention
from imagequant.params import CandidatesParams
from imagequant.quantity.cues import find_cues
from imagequant.quantity.domain import Domain
from imagequant.quantity.dual_units import dual_unit_corrections, mended_copy
from imagequant.quantity.grammar import Context, bare_numbers, parse_quantities
from imagequant.quantity.named_units import unit_before
from imagequant.quantity.numbers import decimal_mark
from imagequant.quantity.spelling import match_unit
from imagequant.quantity.units import UNITS

# "unit: cm", "(Unit: inch)", "dimensions in mm": a note that gives bare numbers their unit.
_NOTE = re.compile(
    r"(?:units?|einheit|unit[éàa]|unidad(?:e|es)?|eenheid|enhet|jednostka|birim|dimensions?|measurements?|sizes?|maße|"
    r"единиц[аы](?: измерения)?|размеры?|单位|單位|単位|단위)"
    r"[ :：.(]{0,3}(?:are |is )?(?:(?:in|en|w|в) )?[:(]?\s?([a-zа-я\"″]{1,11}|[毫厘]米|公[分釐]|センチ|ミリ)\b"
    r"|^\s?[(\[]([a-z]{2,11}|см|мм|[毫厘]米)[)\]]$",  # "(mm)" by itself
    re.IGNORECASE,
)
_LENGTHS = frozenset(("length",))
_NOTE_UNITS = frozenset(("millimetre", "centimetre", "metre", "inch", "foot"))
_WEIGHT_CUES = frozenset(("net_weight", "weight"))
_WEIGHT = re.compile(r"\bw(?:eigh)?t\b|weigh|gewicht|\bpoids\b|\bpeso\b", re.IGNORECASE)
_ENDS_IN_NINE = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)9")
# A unit is at most this many text heights below its number.
_STACK_GAP = 0.8
# A name above its number: their centers are at most this many text heights apart.
_NAME_REACH = 2.2
# A line's copy in another unit is at most this many text heights below it.
_COPY_GAP = 0.6
# Cues further than this many characters from the number belong to something else.
_CUE_REACH = 60


def propose(lines: Sequence[Line], params: CandidatesParams, domain: Domain) -> list[Candidate]:
    """Return every quantity in one reading of a photo, in reading order.

    Args:
        lines: One engine's lines, or the merged ones.
        params: Section ``candidates``.
        domain: What is read, and its names.
    """
    note = noted_unit(lines)
    context = Context(decimal_mark(line.text for line in lines), domain.parsed_kinds)
    candidates: list[Candidate] = []
    parsed = {line: parse_quantities(line.text, context) for line in lines}
    cells = find_cells(lines, domain)
    for number, line in enumerate(lines):
        above = lines[number - 1] if number and lines[number - 1].angle == line.angle else None
        mentions = with_legends(_with_mended_copies(line, lines, parsed), line, lines)
        corrected = dual_unit_corrections(mentions, line.text) if params.dual_unit_corrections else ()
        found: list[tuple[Mention, Box | None]] = [(mention, None) for mention in (*mentions, *corrected)]
        found.extend(_completed(line, lines, note, context))
        named = name_mentions([mention for mention, _ in found], line, cells, domain)
        for each, (_, unit_box) in zip(named, found, strict=True):
            candidate = replace(_candidate(each.mention, line, unit_box, above, number), name=each.name)
            if UNITS[candidate.unit].kind in domain.kinds and is_supported(candidate, line, mentions):
                candidates.append(candidate)
    return without_line_ends(candidates, lines)


def _with_mended_copies(line: Line, lines: Sequence[Line], parsed: Mapping[Line, Sequence[Mention]]) -> list[Mention]:
    """Return the mentions of a line; misread copies, also in brackets under the amount, are mended or left out."""
    before = line_above(line, lines, _COPY_GAP) if line.text.startswith("(") else None
    shift = len(before.text) + 1 if before else 0
    moved = [replace(each, start=each.start + shift, end=each.end + shift) for each in parsed[line]]
    around = (*parsed[before], *moved) if before else moved
    text = f"{before.text} {line.text}" if before else line.text
    mended = filter(None, (mended_copy(each, around, text) for each in moved))
    return [replace(each, start=each.start - shift, end=each.end - shift) for each in mended]


def is_supported(candidate: Candidate, line: Line, mentions: Sequence[Mention]) -> bool:
    """Return whether a reading is no guess, or something else on the photo speaks for it.

    Args:
        candidate: The candidate.
        line: Its line.
        mentions: What the grammar read on the line.
    """
    mention = candidate.mention
    if mention.form == "gram_read_as_nine":
        return candidate.name in ("net", "item") or bool(_WEIGHT_CUES & set(candidate.cues))
    if mention.form == "fluid":
        weighs = any(UNITS[each.unit].kind == "weight" and each.unit != "ounce" for each in mentions)
        return not weighs and candidate.name not in ("item", "load", "drained") and not _WEIGHT.search(line.text)
    return True


def propose_ocr_alternatives(lines: Sequence[Line], domain: Domain) -> list[Candidate]:
    """Return the quantities in the other readings of words (``Word.alternatives``), with the form ``ocr_alternative``.

    Their confidence is the word's, times the odds of the alternative. Quantities that the first reading has too are
    returned again; the caller knows which those are.
    """
    candidates: list[Candidate] = []
    cells, context = find_cells(lines, domain), Context(kinds=domain.parsed_kinds)
    for number, line in enumerate(lines):
        for position, word in enumerate(line.words):
            for alternative in word.alternatives:
                varied = line.with_text(position, alternative.text)
                first, last = varied.spans[position]
                mentions = parse_quantities(varied.text, context)
                for named in name_mentions(mentions, varied, cells, domain):
                    # Two guesses in one are too many.
                    is_guess = named.mention.form in ("fluid", "confusable", "degree")
                    is_misread = mended_copy(named.mention, mentions, varied.text) is not named.mention
                    is_read = UNITS[named.mention.unit].kind in domain.kinds and not (is_guess or is_misread)
                    if named.mention.start < last and first < named.mention.end and is_read:
                        mention = replace(named.mention, form="ocr_alternative")
                        candidate = _candidate(mention, varied, None, None, number)
                        confidence = word.confidence * alternative.odds
                        candidates.append(replace(candidate, confidence=confidence, name=named.name))
    return candidates


def noted_unit(lines: Sequence[Line]) -> str:
    """Return the length unit that a note on the photo gives to bare numbers; empty if there is no such note."""
    for line in lines:
        for match in _NOTE.finditer(line.text):
            unit = match_unit(line.text, match.start(match.lastindex or 1), _LENGTHS)
            if unit and unit[0] in _NOTE_UNITS:
                return unit[0]
    return ""


def _completed(line: Line, lines: Sequence[Line], note: str, context: Context) -> Iterator[tuple[Mention, Box | None]]:
    """Yield bare numbers with a unit found elsewhere, and its box if it belongs to the print."""
    for mention in bare_numbers(line.text, context):
        box = to_level(line.box_at(mention.start, mention.end), line.angle)
        if below := _unit_below(box, line, lines, context.kinds):
            unit, unit_box = below
            yield replace(mention, unit=unit, form="stacked"), unit_box
        elif named := _unit_of_name(mention, box, line, lines, context.kinds):
            yield replace(mention, unit=named, form="noted"), None
        elif note and _is_short(line):
            yield replace(mention, unit=note, form="noted"), None
        if "weight" in context.kinds and (gram := _gram_read_as_nine(mention, line.text)):
            yield gram, None


def _gram_read_as_nine(mention: Mention, text: str) -> Mention | None:
    """Return ``500 gram`` for ``5009``: a number by itself whose last digit may be the unit."""
    match = _ENDS_IN_NINE.fullmatch(text[mention.start : mention.end])
    if match is None or text[mention.end : mention.end + 1].isalnum():
        return None
    value = float(match.group(1).replace(",", "."))
    return (
        replace(mention, value=value, low=value, high=value, unit="gram", form="gram_read_as_nine") if value else None
    )


def _unit_below(number: Box, line: Line, lines: Sequence[Line], kinds: frozenset[str]) -> tuple[str, Box] | None:
    """Return the unit right below a number, as on banners ("350" over "LBS"), and its box.

    It is the first or the last word of its line, which may go on in other columns.

    Args:
        number: The number's level box.
        line: The number's line.
        lines: All lines.
        kinds: The kinds of quantity that are read.
    """
    for other in lines:
        if other is line or other.angle != line.angle or any(character.isdigit() for character in other.text):
            continue
        for place in dict.fromkeys((0, len(other.words) - 1)):
            box, start = to_level(other.words[place].box, other.angle), other.spans[place][0]
            gap = box.y0 - number.y1
            shared = min(box.x1, number.x1) - max(box.x0, number.x0)
            is_below = -0.3 * number.height <= gap <= _STACK_GAP * number.height
            unit = match_unit(other.text, start, kinds)
            is_whole = unit and (place == 0 or len(other.text.rstrip(" .,;")) <= unit[1])
            if unit and is_whole and is_below and shared >= 0.5 * min(box.width, number.width):
                return unit[0], other.box_at(start, unit[1])
    return None


def _unit_of_name(mention: Mention, number: Box, line: Line, lines: Sequence[Line], kinds: frozenset[str]) -> str:
    """Return the unit given with a name left of the number in a table, or above it: "Weight (g)" and "500"."""
    beside = [other for other in lines if other is not line and other.angle == line.angle]
    named = [
        (distance, unit)
        for other in beside
        if not line.text[: mention.start].strip()
        and (distance := _distance_of_name(other.level, number)) is not None
        and (unit := unit_before(other.text, 0, len(other.text), kinds))
    ]
    return min(named)[1] if named else unit_of_column(mention, number, line, beside, kinds)


def _distance_of_name(name: Box, number: Box) -> float | None:
    """Return how far left of a number on its row a name is, or how far above it at the same left edge; else None."""
    x, y = number.center[0] - name.center[0], number.center[1] - name.center[1]
    if name.x1 <= number.x0 and abs(y) < 0.5 * number.height:
        return x
    return y if 0 < y < _NAME_REACH * number.height and abs(name.x0 - number.x0) < number.height else None


def _is_short(line: Line) -> bool:
    """Return whether a line is the label of a dimension rather than a sentence."""
    return sum(character.isalpha() for character in line.text) <= 12


def _candidate(mention: Mention, line: Line, unit: Box | None, above: Line | None, number: int) -> Candidate:
    box = line.box_at(mention.start, mention.end)
    if unit is not None:
        box = box.union(unit)
    near = above.text if above and _is_near(above, line) else ""
    before = f"{near} {line.text[: mention.start]}".strip()
    after = line.text[mention.end :].strip()
    return Candidate(
        mention=mention,
        text=line.text[mention.start : mention.end],
        box=box,
        angle=line.angle,
        confidence=min(word.confidence for word in line.words_at(mention.start, mention.end)),
        cues=find_cues(f"{before[-_CUE_REACH:]} {after[:_CUE_REACH]}"),
        line=number,
    )


def _is_near(above: Line, line: Line) -> bool:
    one, two = above.level, line.level
    return 0 <= two.center[1] - one.center[1] <= 3 * max(one.height, two.height) and one.x0 < two.x1 and two.x0 < one.x1
