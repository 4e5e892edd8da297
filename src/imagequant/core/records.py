"""The values packages pass to each other."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Box:
    """An axis-aligned box in pixels of the upright, full-size photo; ``x1`` and ``y1`` are exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Area in square pixels; 0 for an empty box."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        """The center, (x, y)."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """(x, y) of the corners, clockwise from the upper left."""
        return (self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)

    def at(self, u: float, v: float) -> tuple[float, float]:
        """Return the point (x, y) at these shares of width and height."""
        return self.x0 + u * self.width, self.y0 + v * self.height

    def inner(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return the box between these shares of width and height."""
        return Box(*self.at(left, top), *self.at(right, bottom))

    def union(self, other: Box) -> Box:
        """Return the smallest box around both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def intersection(self, other: Box) -> float:
        """Return the area of the overlap in square pixels."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(width, 0.0) * max(height, 0.0)


@dataclass(frozen=True)
class OcrAlternative:
    """Another reading of a word; ``odds`` in (0, 1] compare its probability with that of the first reading."""

    text: str
    odds: float


@dataclass(frozen=True)
class Word:
    """A piece of text read by an OCR engine: a word (Tesseract) or a line (RapidOCR).

    ``angle`` is the reading direction in degrees, clockwise on the screen: 0 left to right, 90 top to bottom,
    270 bottom to top. ``confidence`` lies in [0, 1]; engines' scales differ. ``alternatives`` are what else it may
    say, likeliest first, from engines that tell. ``centers`` are the places of the characters' centres along the word,
    as shares of its length in reading direction; empty if the engine does not tell.
    """

    text: str
    box: Box
    confidence: float
    angle: int
    engine: str
    alternatives: tuple[OcrAlternative, ...] = ()
    centers: tuple[float, ...] = ()


# Numbers that describe the line segments around a candidate (``candidates.line_segments``).
LINE_SEGMENT_FEATURES = 14


@dataclass(frozen=True)
class Mention:
    """A quantity in a line of text, as the grammar reads it.

    Attributes:
        value: The number proposed as the answer.
        unit: The contest's name of the unit; empty for a number whose unit stands elsewhere.
        low: Lower end of a range, else ``value``.
        high: Upper end of a range, else ``value``.
        start: Offset of its first character in the line. Tables do not keep offsets.
        end: Offset behind its last character.
        form: How it was read: ``plain``, ``factor`` (of a size string), ``product`` (of ``6 x 330 ml``), ``range``,
            ``compound`` (``5' 3"``), ``degree`` (``12°`` for ``12"``), ``confusable`` (``5OO g``), ``fluid`` (ounces),
            ``noted`` (``Power (W): 33``), ``stacked`` (the unit stands under the number), ``alternative`` (another
            reading of the same characters), ``ocr_alternative`` (of an OCR alternative), ``dual_unit`` (corrected by
            the same amount in another unit), ``unit_first`` (``Gr. 400``), ``gram_read_as_nine`` (``5009``).
        axis: ``height``, ``width``, ``depth``, ``length``, ``thickness``, ``diameter`` or empty.
        place: Position within a size string, from 0.
        places: Number of parts of the size string, 1 elsewhere.
        tolerance: What is printed after ``±``, in the same unit; 0 without it. Tables do not keep it.
        bound: ``up to`` or ``at least`` if the amount is printed as a limit; else empty. Tables do not keep it.
        count: Of ``6 x 330 ml``, of which the amount is one part or the total (``product``); else 1. Tables do not
            keep it.
    """

    value: float
    unit: str
    low: float
    high: float
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    form: str = "plain"
    axis: str = ""
    place: int = 0
    places: int = 1
    tolerance: float = field(default=0.0, compare=False)
    bound: str = field(default="", compare=False)
    count: float = field(default=1.0, compare=False)

    @property
    def part(self) -> float:
        """The amount of one part: ``value`` unless it is the total of several."""
        return self.value / self.count if self.form == "product" else self.value


@dataclass(frozen=True)
class Candidate:
    """A quantity read off a photo, with where and how it was read.

    Attributes:
        mention: What was read.
        text: The characters it was read from.
        box: Where they are printed.
        angle: Reading direction (see ``Word.angle``).
        confidence: Of the least certain word, in [0, 1].
        cues: Sorted names of the cues around it, such as ``net_weight`` or ``axis_height``.
        line: Number of its line on the photo.
        words: Indices into the photo's tokens in reading order.
        engines: The engines that read this quantity by themselves.
        line_segments: ``LINE_SEGMENT_FEATURES`` numbers that describe the line segments around it.
        name: The printed name of the quantity: an axis (see ``Mention.axis``), or a kind of weight (``net``, ``item``,
            ``gross``, ``drained``, ``load``, ``dose``, ``user``); empty if none is printed.
    """

    mention: Mention
    text: str
    box: Box
    angle: int
    confidence: float
    cues: tuple[str, ...]
    line: int
    words: tuple[int, ...] = ()
    engines: tuple[str, ...] = ()
    line_segments: tuple[float, ...] = (0.0,) * LINE_SEGMENT_FEATURES
    name: str = ""

    @property
    def value(self) -> float:
        """The number."""
        return self.mention.value

    @property
    def unit(self) -> str:
        """The unit."""
        return self.mention.unit


@dataclass(frozen=True)
class PhotoWords:
    """All words of one photo; ``kept`` flags those in the merged reading."""

    sha256: str
    words: tuple[Word, ...]
    kept: tuple[bool, ...]

    def merged(self) -> list[Word]:
        """Return the words of the merged reading."""
        return [word for word, keep in zip(self.words, self.kept, strict=True) if keep]

    def of_engine(self, engine: str) -> list[Word]:
        """Return the words that one engine read."""
        return [word for word in self.words if word.engine == engine]


@dataclass(frozen=True)
class PhotoReading:
    """Everything read on one photo: its size in pixels, tokens in reading order, and candidates."""

    sha256: str
    width: int
    height: int
    tokens: tuple[Word, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class PhotoFeatures:
    """CNN features of one photo.

    Attributes:
        pooled: The global vector, float32 (width,).
        grid: Reduced feature map, float32 (channels, rows, columns).
        square: Where in the CNN's square the photo lies: x0, y0, x1, y1 as shares of the side, float32 (4,).
    """

    pooled: NDArray[np.float32]
    grid: NDArray[np.float32]
    square: NDArray[np.float32]

    @classmethod
    def blank(cls, width: int, channels: int, cells: int = 7) -> PhotoFeatures:
        """Return zeros for a photo without CNN features."""
        square = np.array([0, 0, 1, 1], dtype=np.float32)
        return cls(np.zeros(width, np.float32), np.zeros((channels, cells, cells), np.float32), square)
