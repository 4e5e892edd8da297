"""Recognition of cropped lines with PP-OCR, both ways round where the first is doubtful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidocr.ch_ppocr_rec.main import TextRecognizer

from imagequant.stages.ocr.engines.base import RgbImage
from imagequant.stages.ocr.engines.ctc import LineReading, decode

# Crops in one call of the model; more only pad short lines to the longest one's width.
_BATCH = 6
# Second choices less likely than this, against the first, are noise; a line has at most so many alternatives.
_ODDS = 0.02
_ALTERNATIVES = 4
# Crops less long than this (width to height, either way) may be single glyphs: all four directions are tried.
_SQUARE = 1.5


@dataclass(frozen=True)
class TurnedReading:
    """A line's reading and how far the crop had to be turned for it: 0, 90, 180 or 270 degrees counterclockwise."""

    line: LineReading
    turn: int


class LineRecogniser:
    """PP-OCR's recogniser, giving alternatives and finding the reading direction by itself.

    Reading a doubtful line both ways round and taking the surer one finds more upside-down text than the classifier
    PP-OCR has for it, and costs nothing where lines are read surely.
    """

    def __init__(self, model: TextRecognizer, turn_below: float) -> None:
        self._model = model
        self._turn_below = turn_below

    def read(self, crops: Sequence[RgbImage]) -> list[TurnedReading]:
        """Reads BGR crops of shape (height, width, 3), each a line of text running from left to right or back."""
        best = [TurnedReading(line, 0) for line in self._lines(crops)]
        doubtful = [
            (index, turn)
            for index, reading in enumerate(best)
            if reading.line.confidence < self._turn_below
            for turn in _other_turns(crops[index])
        ]
        turned = self._lines([np.ascontiguousarray(np.rot90(crops[index], turn // 90)) for index, turn in doubtful])
        for (index, turn), line in zip(doubtful, turned, strict=True):
            if line.confidence > best[index].line.confidence:
                best[index] = TurnedReading(line, turn)
        return best

    def _lines(self, crops: Sequence[RgbImage]) -> list[LineReading]:
        """Reads the crops as they are, in batches of similar width."""
        order = sorted(range(len(crops)), key=lambda index: crops[index].shape[1] / crops[index].shape[0])
        lines: dict[int, LineReading] = {}
        _, height, width = self._model.rec_image_shape[:3]
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            longest = max(width / height, *(crops[index].shape[1] / crops[index].shape[0] for index in batch))
            inputs = np.stack([self._model.resize_norm_img(crops[index], longest) for index in batch])
            outputs = self._model.session(inputs.astype(np.float32))
            for index, output in zip(batch, outputs, strict=True):
                lines[index] = decode(np.asarray(output), self._model.postprocess_op.character, _ODDS, _ALTERNATIVES)
        return [lines[index] for index in range(len(crops))]


def _other_turns(crop: RgbImage) -> tuple[int, ...]:
    height, width = crop.shape[:2]
    return (90, 180, 270) if max(height, width) < _SQUARE * min(height, width) else (180,)
