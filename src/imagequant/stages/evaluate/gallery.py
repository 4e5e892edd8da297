"""The worst errors, drawn on their photos."""

from __future__ import annotations

import heapq
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagequant.evaluation.oracle_recall import is_read
from imagequant.evaluation.scored_row import Evidence, ScoredRow
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import COLORS, GREY, BoxMark, LegendLine, draw_evidence
from imagequant.quantity.scoring import Quantity
from imagequant.stages.evaluate.browser import error_rank
from imagequant.storage.shards import list_shards
from imagequant.storage.tars import read_tar

_RUNNERS_UP = 4


@dataclass(frozen=True)
class DrawnError:
    """A drawn error: name and bytes of its JPEG file."""

    name: str
    jpeg: bytes


def worst_errors(evidence: Iterable[Evidence], limit: int) -> list[Evidence]:
    """Return the worst rows: wrong answers with the highest confidence first, then wrong abstentions."""
    wrong = (each for each in evidence if not each.row.right)
    return heapq.nsmallest(limit, wrong, key=lambda each: error_rank(each.row))


def draw_errors(errors: Sequence[Evidence], tars: Path) -> list[DrawnError]:
    """Draws errors on their photos from the download shards in ``tars``."""
    payloads = dict(_photos(tars, {error.row.sha256 for error in errors}))
    return [
        DrawnError(f"{rank:03d}-{error.row.entity}-{error.row.row_id}.jpg", _jpeg(payloads[error.row.sha256], error))
        for rank, error in enumerate(errors)
    ]


def _photos(tars: Path, wanted: set[str]) -> Iterable[tuple[str, bytes]]:
    for path in list_shards(tars, "tar"):
        yield from ((name, payload) for name, payload in read_tar(path) if name in wanted)


def _jpeg(payload: bytes, error: Evidence) -> bytes:
    buffer = io.BytesIO()
    lines = [LegendLine(line) for line in caption(error.row)]
    draw_evidence(decode_rgb(payload), evidence_marks(error), lines).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


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
