"""The worst errors, drawn on their photos."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from imagequant.evaluation.oracle_recall import is_read
from imagequant.evaluation.scored_row import Evidence, ScoredRow
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import COLORS, GREY, BoxMark, LegendLine, draw_evidence, encoded
from imagequant.quantity.scoring import Quantity
from imagequant.stages.evaluate.browser import error_rank
from imagequant.storage.shards import list_shards
from imagequant.storage.tars import read_tar

_RUNNERS_UP = 4


def worst_errors(evidence: Iterable[Evidence], limit: int) -> list[Evidence]:
    """Return the worst rows: wrong answers with the highest confidence first, then wrong abstentions."""
    wrong = (each for each in evidence if not each.row.right)
    return heapq.nsmallest(limit, wrong, key=lambda each: error_rank(each.row))


def draw_errors(errors: Sequence[Evidence], tars: Path) -> Iterator[tuple[str, bytes]]:
    """Draws errors on their photos from the download shards in ``tars``; yields name and bytes of JPEG files."""
    wanted = {error.row.sha256 for error in errors}
    payloads = {
        name: payload for path in list_shards(tars, "tar") for name, payload in read_tar(path) if name in wanted
    }
    for rank, error in enumerate(errors):
        lines = [LegendLine(line) for line in caption(error.row)]
        picture = draw_evidence(decode_rgb(payloads[error.row.sha256]), evidence_marks(error), lines)
        yield f"{rank:03d}-{error.row.entity}-{error.row.row_id}.jpg", encoded(picture, "JPEG", quality=80)


def evidence_marks(evidence: Evidence) -> list[BoxMark]:
    """Return grey marks for runners-up, green ones for the truth, a blue or orange one for the answer."""
    row, answers, candidates = evidence.row, evidence.answers, evidence.candidates
    marks = [BoxMark(candidates[answer.mentions[0]].box, GREY, width=1) for answer in answers[1 : 1 + _RUNNERS_UP]]
    marks += [
        BoxMark(candidate.box, COLORS["truth"], "truth")
        for candidate in candidates
        if is_read(row.truths, [Quantity(candidate.value, candidate.unit)])
    ]
    if answers:
        best = answers[0]
        color = COLORS["right" if row.right else "wrong"]
        marks.append(BoxMark(candidates[best.mentions[0]].box, color, f"{best.quantity} {best.confidence:.2f}"))
    return marks


def caption(row: ScoredRow) -> list[str]:
    """Return question, truth, answer and bucket as text."""
    truth = row.truth or "not on the photo"
    answer = str(row.prediction) if row.prediction else "no answer"
    return [
        f"{row.entity}? label: {truth}; answer: {answer} ({row.confidence:.2f})",
        f"{row.bucket}; {row.source}, row {row.source_row}",
    ]
