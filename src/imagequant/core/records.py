"""The rows stages hand each other."""

from __future__ import annotations

from dataclasses import dataclass

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
        """Pixels across."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Pixels down."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Square pixels; 0 for an empty box."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        """The middle, (x, y)."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def intersection(self, other: Box) -> float:
        """Square pixels that both cover."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(width, 0.0) * max(height, 0.0)


@dataclass(frozen=True)
class Alternative:
    """Another reading of a word; ``odds`` in (0, 1] tell how likely it is against the first."""

    text: str
    odds: float


@dataclass(frozen=True)
class Word:
    """A piece of text an OCR engine read: a word (Tesseract) or a line (RapidOCR).

    ``angle`` is the reading direction in degrees, clockwise on the screen: 0 left to right, 90 top to bottom,
    270 bottom to top. ``confidence`` lies in [0, 1]; engines' scales differ. ``alternatives`` are what else it may
    say, likeliest first, from engines that tell.
    """

    text: str
    box: Box
    confidence: float
    angle: int
    engine: str
    alternatives: tuple[Alternative, ...] = ()


# Numbers that describe the straight strokes around a candidate (``stages.candidates.strokes``).
STROKE_FEATURES = 14


@dataclass(frozen=True)
class Candidate:
    """A quantity read off a photo, with where and how it was read.

    ``low`` and ``high`` are equal unless a range was read; ``value`` is the end proposed as the answer.
    ``words`` are indices into the photo's tokens in reading order, ``line`` counts its lines. ``cues`` is a sorted
    tuple of names such as ``net_weight`` or ``axis_height`` found around the mention; ``engines`` names those that
    read this quantity by themselves. ``strokes`` describe the lines drawn around it. ``form``, ``axis``, ``place``
    and ``places`` are the grammar's (``Mention``).
    """

    value: float
    unit: str
    low: float
    high: float
    text: str
    box: Box
    words: tuple[int, ...]
    confidence: float
    angle: int
    cues: tuple[str, ...]
    engines: tuple[str, ...]
    form: str
    axis: str
    place: int
    places: int
    line: int
    strokes: tuple[float, ...] = (0.0,) * STROKE_FEATURES


@dataclass(frozen=True)
class PhotoWords:
    """All words of one photo with the flag that says which ones the merged reading keeps."""

    sha256: str
    words: tuple[Word, ...]
    kept: tuple[bool, ...]

    def merged(self) -> list[Word]:
        """The merged reading."""
        return [word for word, keep in zip(self.words, self.kept, strict=True) if keep]

    def of_engine(self, engine: str) -> list[Word]:
        """What one engine read by itself."""
        return [word for word in self.words if word.engine == engine]


@dataclass(frozen=True)
class PhotoReading:
    """All that was read on one photo: its size in pixels, tokens in reading order, candidates."""

    sha256: str
    width: int
    height: int
    tokens: tuple[Word, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class PhotoFeatures:
    """CNN features of one photo.

    Attributes:
        pooled: The global vector, float32 (2048,).
        grid: Reduced feature map, float32 (channels, rows, columns).
        square: Where in the CNN's square the photo lies: x0, y0, x1, y1 as shares of the side, float32 (4,).
    """

    pooled: NDArray[np.float32]
    grid: NDArray[np.float32]
    square: NDArray[np.float32]
