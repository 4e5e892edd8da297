"""The worst errors, drawn on their photos."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from imagequant.imaging.decode import decode_rgb
from imagequant.quantity.scoring import Quantity, same_quantity
from imagequant.serving.draw import Mark, draw_evidence
from imagequant.stages.evaluate.results import Result
from imagequant.storage.shards import list_shards
from imagequant.storage.tars import read_tar

_RUNNERS_UP = 4


@dataclass(frozen=True)
class Drawn:
    """A drawn error: its file's name, its JPEG bytes, and the row."""

    name: str
    jpeg: bytes
    result: Result


def worst_errors(results: Sequence[Result], limit: int) -> list[Result]:
    """Wrong rows, the surest of themselves first, then those wrongly silent or with nothing to choose from."""
    wrong = [result for result in results if not result.right]
    wrong.sort(key=lambda result: (result.prediction is None, -result.confidence, result.label.row_id))
    return wrong[:limit]


def draw_errors(results: Sequence[Result], tars: Path) -> list[Drawn]:
    """Draws errors; the photos come from the download shards in ``tars``."""
    payloads = dict(_photos(tars, {result.label.sha256 for result in results}))
    return [
        Drawn(f"{rank:03d}-{result.label.entity}-{result.label.row_id}.jpg", _jpeg(payloads, result), result)
        for rank, result in enumerate(results)
    ]


def _photos(tars: Path, wanted: set[str]) -> Iterable[tuple[str, bytes]]:
    for path in list_shards(tars, "tar"):
        yield from ((name, payload) for name, payload in read_tar(path) if name in wanted)


def _jpeg(payloads: Mapping[str, bytes], result: Result) -> bytes:
    photo = decode_rgb(payloads[result.label.sha256])
    buffer = io.BytesIO()
    draw_evidence(photo, marks(result), caption(result)).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def marks(result: Result) -> list[Mark]:
    """Grey for what could have been chosen, green for the truth, blue or orange for the answer."""
    drawn = [Mark(result.candidates[answer.mentions[0]].box, "other") for answer in result.answers[1 : 1 + _RUNNERS_UP]]
    drawn += [
        Mark(candidate.box, "truth", "truth")
        for candidate in result.candidates
        if any(same_quantity(Quantity(candidate.value, candidate.unit), truth) for truth in result.label.truths)
    ]
    if result.answers:
        best = result.answers[0]
        kind = "right" if result.right else "wrong"
        drawn.append(Mark(result.candidates[best.mentions[0]].box, kind, f"{best.quantity} {best.confidence:.2f}"))
    return drawn


def caption(result: Result) -> list[str]:
    """Question, truth, answer and bucket in words."""
    truth = result.label.entity_value or "not on the photo"
    answer = str(result.prediction) if result.prediction else "no answer"
    return [
        f"{result.label.entity}? label: {truth}; answer: {answer} ({result.confidence:.2f})",
        f"{result.bucket}; {result.label.source}, row {result.label.source_row}",
    ]
