"""One photo's words to its tokens and candidates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from imagequant.candidates.line_segments import NO_SEGMENTS, Segments, line_segment_features, outside_text
from imagequant.candidates.lines import Line, reading_lines
from imagequant.candidates.names import name_copies
from imagequant.candidates.propose import propose, propose_ocr_alternatives
from imagequant.candidates.tokens import line_tokens, tokens_in
from imagequant.core.records import Box, Candidate, PhotoReading, PhotoWords, Word
from imagequant.params import CandidatesParams
from imagequant.quantity.domain import Domain
from imagequant.quantity.dual_units import are_dual_units
from imagequant.quantity.numbers import format_number
from imagequant.quantity.units import UNITS

# A copy in another unit is at most this many text heights away.
_COPY_REACH = 2.0
# Describes the line segments around a box read in a direction.
DescribeSegments = Callable[[Box, int], tuple[float, ...]]


def read_photo(
    photo: PhotoWords,
    width: int,
    height: int,
    params: CandidatesParams,
    domain: Domain,
    segments: Segments = NO_SEGMENTS,
) -> PhotoReading:
    """Return the tokens and candidates of one photo.

    Args:
        photo: The words on it.
        width: In pixels.
        height: In pixels.
        params: Section ``candidates``.
        domain: What is read, and its names.
        segments: Its line segments (``find_segments``).
    """
    merged = reading_lines(photo.merged(), params.line_gap)
    engines = sorted({word.engine for word in photo.words})
    by_engine = {engine: reading_lines(photo.of_engine(engine), params.line_gap) for engine in engines}
    tokens = line_tokens(merged)
    side = max(width, height)
    drawn = outside_text(segments, tokens, side)

    def describe(box: Box, angle: int) -> tuple[float, ...]:
        return line_segment_features(box, angle, drawn, side)

    candidates = photo_candidates(merged, by_engine, tokens, params, domain, describe)
    return PhotoReading(photo.sha256, width, height, tuple(tokens), tuple(candidates))


def photo_candidates(
    merged: Sequence[Line],
    by_engine: Mapping[str, Sequence[Line]],
    tokens: Sequence[Word],
    params: CandidatesParams,
    domain: Domain,
    describe_segments: DescribeSegments,
) -> list[Candidate]:
    """Return every quantity read on a photo.

    The merged reading comes first. Quantities that one engine read and the merge lost follow (where RapidOCR read
    ``175``, Tesseract may have read ``17.5``), then those of the OCR alternatives.

    Args:
        merged: The lines of the merged reading, without duplicates.
        by_engine: Each engine's own lines.
        tokens: ``line_tokens`` of the merged lines; candidates point into them.
        params: Section ``candidates``; the first ``max_per_image`` candidates are kept.
        domain: What is read, and its names.
        describe_segments: Describes the line segments around a candidate.
    """
    own = {engine: propose(lines, params, domain) for engine, lines in sorted(by_engine.items())}
    readers: dict[tuple[str, str], list[str]] = {}
    for engine, candidates in own.items():
        for key in dict.fromkeys(_key(candidate) for candidate in candidates):
            readers.setdefault(key, []).append(engine)
    # With one engine the merged lines are its own; they need not be parsed twice.
    same = next((own[engine] for engine, lines in by_engine.items() if lines == merged), None)
    found = propose(merged, params, domain) if same is None else list(same)
    known = {_key(candidate) for candidate in found}
    alternatives = (
        [propose_ocr_alternatives(lines, domain) for _, lines in sorted(by_engine.items())]
        if params.ocr_alternatives
        else []
    )
    for candidates in (*own.values(), *alternatives):
        new = [
            _named(candidate, found)
            for candidate in candidates
            if _key(candidate) not in known and not _is_misread(candidate, found)
        ]
        known.update(_key(candidate) for candidate in new)
        found.extend(new)
    kept = name_copies(found)[: params.max_per_image]
    return [
        replace(
            candidate,
            words=tokens_in(candidate.box, tokens),
            engines=tuple(readers.get(_key(candidate), ())),
            line_segments=describe_segments(_label_box(candidate, kept), candidate.angle),
        )
        for candidate in kept
    ]


def _label_box(candidate: Candidate, candidates: Sequence[Candidate]) -> Box:
    """Return the box around a length and its copy in another unit: a dimension line is centred on both."""
    box = candidate.box
    reach = _COPY_REACH * min(box.width, box.height)
    for other in candidates:
        apart = max(other.box.x0 - box.x1, box.x0 - other.box.x1, other.box.y0 - box.y1, box.y0 - other.box.y1)
        if other.angle == candidate.angle and apart < reach and are_dual_units(candidate.mention, other.mention):
            return box.union(other.box)
    return box


def _is_misread(reading: Candidate, known: Sequence[Candidate]) -> bool:
    """Return whether a reading gives the number of another one at its place a unit of another kind: ft for ft³."""
    return any(
        each.value == reading.value
        and UNITS[each.unit].kind != UNITS[reading.unit].kind
        and each.box.intersection(reading.box) > 0.5 * reading.box.area
        for each in known
    )


def _named(reading: Candidate, known: Sequence[Candidate]) -> Candidate:
    """Give another reading of the same print the name of the first."""
    names = (each.name for each in known if each.name and each.box.intersection(reading.box) > 0.5 * reading.box.area)
    return reading if reading.name else replace(reading, name=next(names, ""))


def _key(candidate: Candidate) -> tuple[str, str]:
    return format_number(candidate.value), candidate.unit
