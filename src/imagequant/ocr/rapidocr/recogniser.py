"""Recognition of cropped lines with PP-OCR; doubtful ones are looked at again, turned and cut more closely."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from imagequant.core.records import OcrAlternative
from imagequant.ocr.engine import RgbImage
from imagequant.ocr.rapidocr.ctc import LineReading, decode, may_say_more
from imagequant.ocr.rapidocr.inference import MID_GREY, OpenVinoModel, whole_steps

# The network reads lines of this height in pixels, trained on inputs at least so wide: narrower ones lose letters.
_HEIGHT, _LEAST_WIDTH = 48, 320
# Most lines are narrower.
USUAL_SHAPE = (_HEIGHT, _LEAST_WIDTH)
# Widths in steps keep the shapes few that it is made ready for.
_STEP = 64
# Second choices less likely than this, against the first, are noise; a line has at most so many alternatives.
_ODDS = 0.02
_ALTERNATIVES = 4
# Crops less long than this (width to height, either way) may be single glyphs: all four directions are tried.
_SQUARE = 1.5
# The closer look leaves out this share of the crop's height above and below. On real photos it reads as many of the
# lost quantities as detecting in a second size does, or stretching, and more than padding, contrast or blur.
_TRIM = 0.08
# What a look says that was not believed is still worth proposing if the recogniser is this sure of it.
_WORTH_PROPOSING = 0.5


@dataclass(frozen=True)
class TurnedReading:
    """A line's reading and how far the crop had to be turned for it: 0, 90, 180 or 270 degrees counterclockwise."""

    line: LineReading
    turn: int


class LineRecogniser:
    """PP-OCR's recogniser, giving alternatives and finding the reading direction by itself.

    Reading a doubtful line again, turned and cut closer, and taking the surest reading finds more upside-down text
    than the classifier PP-OCR has for it, mends misread small print, and costs nothing where lines are read surely.
    """

    def __init__(self, model: OpenVinoModel, characters: Sequence[str], reread_below: float) -> None:
        self.model = model
        self._reread_below = reread_below
        self.characters = tuple(characters)
        self._symbols = ("", *characters)  # CTC's blank comes first

    def read(self, crops: Sequence[RgbImage]) -> list[TurnedReading]:
        """Reads BGR crops of shape (height, width, 3), each a line of text running from left to right or back."""
        first = [TurnedReading(line, 0) for line in self._lines(crops)]
        looks = [
            (index, turn, look)
            for index, reading in enumerate(first)
            if reading.line.confidence < self._reread_below
            for turn, look in _other_looks(crops[index])
        ]
        readings = [[reading] for reading in first]
        for (index, turn, _), line in zip(looks, self._lines([look for _, _, look in looks]), strict=True):
            readings[index].append(TurnedReading(line, turn))
        return [surest(each) for each in readings]

    def _lines(self, crops: Sequence[RgbImage]) -> list[LineReading]:
        """Reads the crops as they are, one by one: on one thread a batch saves nothing, and pads all to the longest."""
        return [self._line(crop) for crop in crops]

    def _line(self, crop: RgbImage) -> LineReading:
        width = math.ceil(_HEIGHT * crop.shape[1] / crop.shape[0])
        pixels = np.full((1, _HEIGHT, max(whole_steps(width, _STEP), _LEAST_WIDTH), 3), MID_GREY, dtype=np.uint8)
        pixels[0, :, :width] = cv2.resize(crop, (width, _HEIGHT))
        return decode(self.model(pixels)[0], self._symbols, _ODDS, _ALTERNATIVES)


def surest(readings: Sequence[TurnedReading]) -> TurnedReading:
    """The surest of several readings of a line; what others say in the same direction is kept as its alternatives.

    Args:
        readings: At least one; the first of equally sure ones is taken.
    """
    best = max(readings, key=lambda reading: reading.line.confidence)
    others = [
        OcrAlternative(reading.line.text, round(reading.line.confidence, 4))
        for reading in readings
        if reading.turn == best.turn
        and reading.line.confidence >= _WORTH_PROPOSING
        and may_say_more(reading.line.text, best.line.text)
    ]
    texts = {other.text for other in others}
    kept = (other for other in best.line.alternatives if other.text not in texts)
    return replace(best, line=replace(best.line, alternatives=(*others, *kept)[:_ALTERNATIVES]))


def _other_looks(crop: RgbImage) -> Iterator[tuple[int, RgbImage]]:
    """The crop turned, with the degrees, and cut closer."""
    height, width = crop.shape[:2]
    turns = (90, 180, 270) if max(height, width) < _SQUARE * min(height, width) else (180,)
    for turn in turns:
        yield turn, np.ascontiguousarray(np.rot90(crop, turn // 90))
    trim = round(_TRIM * height)
    if trim:
        yield 0, np.ascontiguousarray(crop[trim : height - trim])
