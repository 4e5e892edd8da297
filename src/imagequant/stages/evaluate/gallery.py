"""The worst errors, drawn on their photos."""

from __future__ import annotations

import heapq
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagequant.evaluation.results import Evidence, Result
from imagequant.imaging.decode import decode_rgb
from imagequant.imaging.draw import COLORS, GREY, BoxMark, LegendLine, draw_evidence
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.stages.evaluate.browser import rank
from imagequant.storage.shards import list_shards
from imagequant.storage.tars import read_tar

_RUNNERS_UP = 4


@dataclass(frozen=True)
class Drawn:
    """A drawn error: its file's name, its JPEG bytes, and the row."""

    name: str
    jpeg: bytes
    result: Result


def worst_errors(answered: Iterable[Evidence], limit: int) -> list[Evidence]:
    """Wrong rows, the surest of themselves first, then those wrongly silent or with nothing to choose from."""
    wrong = (evidence for evidence in answered if not evidence.result.right)
    return heapq.nsmallest(limit, wrong, key=lambda evidence: rank(evidence.result))


def draw_errors(errors: Sequence[Evidence], tars: Path) -> list[Drawn]:
    """Draws errors; the photos come from the download shards in ``tars``."""
    payloads = dict(_photos(tars, {error.result.label.sha256 for error in errors}))
    return [
        Drawn(f"{rank:03d}-{label.entity}-{label.row_id}.jpg", _jpeg(payloads[label.sha256], error), error.result)
        for rank, error in enumerate(errors)
        for label in (error.result.label,)
    ]


def _photos(tars: Path, wanted: set[str]) -> Iterable[tuple[str, bytes]]:
    for path in list_shards(tars, "tar"):
        yield from ((name, payload) for name, payload in read_tar(path) if name in wanted)


def _jpeg(payload: bytes, error: Evidence) -> bytes:
    buffer = io.BytesIO()
    lines = [LegendLine(line) for line in caption(error.result)]
    draw_evidence(decode_rgb(payload), marks(error), lines).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def marks(evidence: Evidence) -> list[BoxMark]:
    """Grey for what could have been chosen, green for the truth, blue or orange for the answer."""
    result, answers, candidates = evidence.result, evidence.answers, evidence.candidates
    drawn = [BoxMark(candidates[answer.mentions[0]].box, GREY, width=1) for answer in answers[1 : 1 + _RUNNERS_UP]]
    drawn += [
        BoxMark(candidate.box, COLORS["truth"], "truth")
        for candidate in candidates
        if any(same_quantity(Quantity(candidate.value, candidate.unit), truth) for truth in result.label.truths)
    ]
    if answers:
        best = answers[0]
        color = COLORS["right" if result.right else "wrong"]
        drawn.append(BoxMark(candidates[best.mentions[0]].box, color, f"{best.quantity} {best.confidence:.2f}"))
    return drawn


def caption(result: Result) -> list[str]:
    """Question, truth, answer and bucket in words."""
    truth = result.label.entity_value or "not on the photo"
    answer = str(result.prediction) if result.prediction else "no answer"
    return [
        f"{result.label.entity}? label: {truth}; answer: {answer} ({result.confidence:.2f})",
        f"{result.bucket}; {result.label.source}, row {result.label.source_row}",
    ]
