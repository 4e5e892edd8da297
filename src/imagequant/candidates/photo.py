"""One photo's words to its candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from imagequant.candidates.line_segments import NO_SEGMENTS, Segments, outside_text, stroke_features
from imagequant.candidates.propose import Proposal, propose, propose_second_choices
from imagequant.candidates.tokens import reading_tokens, tokens_in
from imagequant.core.records import Box, Candidate, PhotoReading, PhotoWords, Word
from imagequant.params import CandidatesParams
from imagequant.quantity.cues import find_cues
from imagequant.quantity.numbers import format_number

Strokes = Callable[[Box, int], tuple[float, ...]]
# Cue words further from the number than this many characters belong to something else.
_REACH = 60


def photo_candidates(
    merged: Sequence[Word],
    by_engine: Mapping[str, Sequence[Word]],
    tokens: Sequence[Word],
    params: CandidatesParams,
    strokes: Strokes,
) -> list[Candidate]:
    """Every quantity read on a photo.

    The merged reading comes first; what an engine read by itself and the merge lost follows (a line RapidOCR read
    ``175`` may be ``17.5`` with Tesseract), then what engines hold possible beside their first choice.

    Args:
        merged: Words without doubles.
        by_engine: Each engine's own words.
        tokens: ``reading_tokens`` of the merged words; candidates point into them.
        params: Section ``candidates``; of ``max_per_image`` candidates the first are kept.
        strokes: Describes the strokes around a box read in a direction.
    """
    own = {engine: propose(words, params) for engine, words in sorted(by_engine.items())}
    readers: dict[tuple[str, str], list[str]] = {}
    for engine, proposals in own.items():
        for key in dict.fromkeys(_key(proposal) for proposal in proposals):
            readers.setdefault(key, []).append(engine)
    # One engine's words are the merged ones, and need not be gone through twice.
    same = next((own[engine] for engine, words in by_engine.items() if list(words) == list(merged)), None)
    proposals = propose(merged, params) if same is None else list(same)
    known = {_key(proposal) for proposal in proposals}
    second = (
        [propose_second_choices(words, params.line_gap) for _, words in sorted(by_engine.items())]
        if params.second_choices
        else []
    )
    for lost in (*own.values(), *second):
        news = [proposal for proposal in lost if _key(proposal) not in known]
        known.update(_key(proposal) for proposal in news)
        proposals.extend(news)
    return [
        replace(
            _candidate(proposal, tokens),
            engines=tuple(readers.get(_key(proposal), ())),
            strokes=strokes(proposal.box, proposal.angle),
        )
        for proposal in proposals[: params.max_per_image]
    ]


def _key(proposal: Proposal) -> tuple[str, str]:
    return format_number(proposal.mention.value), proposal.mention.unit


def _candidate(proposal: Proposal, tokens: Sequence[Word]) -> Candidate:
    mention = proposal.mention
    return Candidate(
        value=mention.value,
        unit=mention.unit,
        low=mention.low,
        high=mention.high,
        text=proposal.text,
        box=proposal.box,
        words=tokens_in(proposal.box, tokens),
        confidence=proposal.confidence,
        angle=proposal.angle,
        cues=find_cues(f"{proposal.before[-_REACH:]} {proposal.after[:_REACH]}"),
        engines=(),
        form=mention.form,
        axis=mention.axis,
        place=mention.place,
        places=mention.places,
        line=proposal.order,
    )


def read_photo(
    photo: PhotoWords, width: int, height: int, params: CandidatesParams, segments: Segments = NO_SEGMENTS
) -> PhotoReading:
    """Tokens and candidates of one photo.

    Args:
        photo: What was read on it.
        width: Pixels.
        height: Pixels.
        params: Section ``candidates``.
        segments: ``strokes.find_segments`` of it.
    """
    merged = photo.merged()
    tokens = reading_tokens(merged, params.line_gap)
    engines = sorted({word.engine for word in photo.words})
    own = {engine: photo.of_engine(engine) for engine in engines}
    side = max(width, height)
    drawn = outside_text(segments, tokens, side)
    candidates = photo_candidates(
        merged, own, tokens, params, lambda box, angle: stroke_features(box, angle, drawn, side)
    )
    return PhotoReading(photo.sha256, width, height, tuple(tokens), tuple(candidates))
