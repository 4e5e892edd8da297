"""Recognition of cropped lines with PP-OCR. Doubtful lines are read again, rotated and cropped more tightly."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import OcrAlternative
from imagequant.ocr.engine import RgbImage
from imagequant.ocr.rapidocr.ctc import LineReading, decode, may_say_more
from imagequant.ocr.rapidocr.inference import MID_GREY, OpenVinoModel, whole_steps

# The network's line height and minimum width in pixels; it loses letters of narrower inputs.
_HEIGHT, _LEAST_WIDTH = 48, 320
# Most lines are narrower.
USUAL_SHAPE = (_HEIGHT, _LEAST_WIDTH)
# Step between widths; larger steps mean fewer shapes to compile the network for.
_STEP = 64
# Minimum likelihood of a second-best symbol relative to the best, and the maximum number of alternatives per line.
_ODDS = 0.02
_ALTERNATIVES = 4
# Crops with a smaller aspect ratio may be single glyphs, for which all four directions are tried.
_SQUARE = 1.5
# Share of the crop's height that the tighter crop removes at the top and bottom. On real photos this recovers as many
# quantities as detection at a second size or stretching, and more than padding, contrast or blur.
_TRIM = 0.08
# Lines without a digit in any reading only matter if they are upside down, and then they are hardly readable.
_TURNED_BELOW = 0.7
# Minimum confidence at which a rejected reading becomes an alternative.
_WORTH_PROPOSING = 0.5


@dataclass(frozen=True)
class TurnedReading:
    """A line's reading and the rotation of its crop: 0, 90, 180 or 270 degrees counterclockwise."""

    line: LineReading
    turn: int


class LineRecogniser:
    """PP-OCR's recogniser with alternatives and detection of the reading direction.

    Doubtful lines are read again, rotated and cropped more tightly, and the most confident reading wins. This finds
    more upside-down text than PP-OCR's own classifier, fixes small print, and is free for confident lines.
    """

    def __init__(
        self,
        model: OpenVinoModel,
        to_probabilities: Callable[[NDArray[np.float32]], NDArray[np.float32]],
        characters: Sequence[str],
        reread_below: float,
    ) -> None:
        self.model = model
        self.to_probabilities = to_probabilities
        self._reread_below = reread_below
        self.characters = tuple(characters)
        self._symbols = ("", *characters)  # CTC's blank comes first

    def read(self, crops: Sequence[RgbImage]) -> list[TurnedReading]:
        """Read BGR crops (height, width, 3) of horizontal lines, possibly upside down."""
        first = [TurnedReading(line, 0) for line in self._lines(crops)]
        looks = [
            (index, turn, look)
            for index, reading in enumerate(first)
            if reading.line.confidence < self._reread_below
            for turn, look in _other_looks(crops[index], reading.line)
        ]
        readings = [[reading] for reading in first]
        for (index, turn, _), line in zip(looks, self._lines([look for _, _, look in looks]), strict=True):
            readings[index].append(TurnedReading(line, turn))
        return [surest(each) for each in readings]

    def _lines(self, crops: Sequence[RgbImage]) -> list[LineReading]:
        """Read the crops one by one: on one thread a batch is not faster, and all would be padded to the longest."""
        return [self._line(crop) for crop in crops]

    def _line(self, crop: RgbImage) -> LineReading:
        width = math.ceil(_HEIGHT * crop.shape[1] / crop.shape[0])
        pixels = np.full((1, _HEIGHT, max(whole_steps(width, _STEP), _LEAST_WIDTH), 3), MID_GREY, dtype=np.uint8)
        pixels[0, :, :width] = cv2.resize(crop, (width, _HEIGHT))
        line = decode(self.to_probabilities(self.model(pixels)), self._symbols, _ODDS, _ALTERNATIVES)
        # Of the crop, without the padding to its right.
        centers = tuple(round(min(center * pixels.shape[2] / width, 1.0), 3) for center in line.centers)
        return replace(line, centers=centers)


def surest(readings: Sequence[TurnedReading]) -> TurnedReading:
    """Return the most confident of a line's readings, with others in the same direction as its alternatives.

    Args:
        readings: At least one; ties go to the first.
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


def _other_looks(crop: RgbImage, first: LineReading) -> Iterator[tuple[int, RgbImage]]:
    """Yield rotations of the crop in degrees and the rotated crops, then a tighter crop.

    Args:
        crop: The crop of a doubtful line.
        first: Its first reading: where that has no digit, most looks are left out.
    """
    height, width = crop.shape[:2]
    has_digit = any(character.isdigit() for text in first.texts for character in text)
    if not has_digit and first.confidence >= _TURNED_BELOW:
        return
    turns = (90, 180, 270) if max(height, width) < _SQUARE * min(height, width) else (180,)
    for turn in turns:
        yield turn, np.ascontiguousarray(np.rot90(crop, turn // 90))
    trim = round(_TRIM * height)
    if trim and has_digit:
        yield 0, np.ascontiguousarray(crop[trim : height - trim])
