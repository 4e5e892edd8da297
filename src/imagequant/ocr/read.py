"""Reading of photos with the configured engines."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from imagequant.core.records import Box, PhotoWords, Word
from imagequant.imaging.compilation import THROUGHPUT, Compilation
from imagequant.ocr import registry, tiles
from imagequant.ocr.engine import LineChecker, OcrEngine, OcrError, Read, RgbImage
from imagequant.ocr.merge import kept_words
from imagequant.params import OcrParams

# Photos that need more tiles are not read: a line of pixels may be millions long.
_MOST_TILES = 64
_WHOLE = tiles.Place(0, 0, 1.0)


@dataclass(frozen=True)
class EngineReading:
    """One engine's reading of a photo, with its upright size in pixels; ``reason`` is empty unless it failed."""

    engine: str
    words: tuple[Word, ...]
    reason: str
    width: int
    height: int


@dataclass(frozen=True)
class PreparedPhoto:
    """A photo, with its upright size in pixels, whose tiles an engine prepared.

    ``reason`` says why it cannot be read; empty if it can.
    """

    width: int
    height: int
    places: tuple[tiles.Place, ...] = ()
    prepared: tuple[Any, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Reader:
    """The engines of one run."""

    params: OcrParams
    engines: tuple[OcrEngine, ...]

    @classmethod
    def build(cls, params: OcrParams, compilation: Compilation = THROUGHPUT) -> Reader:
        """Load the engines named in ``params``, side by side.

        Args:
            params: The parameters of section ``ocr``.
            compilation: Of the engines' networks.

        Raises:
            InputError: If one of the engines is not installed.
        """
        with ThreadPoolExecutor() as pool:
            build = partial(registry.build_engine, params=params, compilation=compilation)
            return cls(params, tuple(pool.map(build, params.engines)))

    def versions(self) -> dict[str, str]:
        """Return the versions of all engines, for the outputs' metadata."""
        return {name: value for engine in self.engines for name, value in sorted(engine.versions().items())}

    def guide(self, engine: OcrEngine) -> OcrEngine | None:
        """Return the engine whose lines an engine reads again; None if it reads photos by itself."""
        first = self.engines[0]
        return first if isinstance(engine, LineChecker) and engine is not first else None

    def read(self, images: Sequence[RgbImage]) -> list[list[EngineReading]]:
        """Read a few photos with every engine; those that need no other work at the same time.

        Returns:
            For each photo a reading per engine, in the order of ``ocr.engines``.
        """
        alone = [engine for engine in self.engines if self.guide(engine) is None]
        with ThreadPoolExecutor() as pool:
            reading = {engine.name: pool.submit(self._read, engine, images) for engine in alone}
        found = {name: each.result() for name, each in reading.items()}
        for engine in self.engines:
            if guide := self.guide(engine):
                found[engine.name] = self._read(engine, images, found[guide.name])
        return [list(readings) for readings in zip(*(found[engine.name] for engine in self.engines), strict=True)]

    def _read(
        self, engine: OcrEngine, images: Sequence[RgbImage], guides: Sequence[EngineReading] | None = None
    ) -> list[EngineReading]:
        known: Sequence[EngineReading | None] = guides or [None] * len(images)
        return read_prepared_photos(engine, [self.ask(engine, *each) for each in zip(images, known, strict=True)])

    def ask(self, engine: OcrEngine, image: RgbImage, guide: EngineReading | None = None) -> PreparedPhoto:
        """Let an engine prepare a photo.

        Args:
            engine: One of ``engines``.
            image: The upright photo.
            guide: What ``guide(engine)`` read on it.
        """
        height, width = image.shape[:2]
        if max(height, width) > min(height, width) * self.params.max_aspect * _MOST_TILES:
            return PreparedPhoto(width, height, reason=f"too thin to read: {width} x {height} pixels")
        if isinstance(engine, LineChecker) and guide is not None and not guide.reason:
            return PreparedPhoto(width, height, (_WHOLE,), (engine.prepare_lines(image, guide.words),))
        parts = tiles.bounded_tiles(image, self.params.max_side, self.params.max_aspect)
        places, pieces = zip(*parts, strict=True)
        return PreparedPhoto(width, height, places, tuple(engine.prepare(piece) for piece in pieces))


def read_prepared_photos(engine: OcrEngine, asked: Sequence[PreparedPhoto]) -> list[EngineReading]:
    """Let an engine read prepared photos; return one reading per photo."""
    if not asked:
        return []
    read = iter(engine.read_prepared([piece for photo in asked for piece in photo.prepared]))
    return [_reading(engine.name, photo, [next(read) for _ in photo.places]) for photo in asked]


def _reading(engine: str, photo: PreparedPhoto, read: Sequence[Read]) -> EngineReading:
    words = [each for each in read if not isinstance(each, OcrError)]
    if photo.reason or len(words) < len(read):
        reason = photo.reason or next(str(each) for each in read if isinstance(each, OcrError))
        return EngineReading(engine, (), reason, photo.width, photo.height)
    together = (_on_photo(word, photo.width, photo.height) for word in tiles.together(photo.places, words))
    inside = tuple(word for word in together if word.box.area > 0)
    return EngineReading(engine, inside, "", photo.width, photo.height)


def _on_photo(word: Word, width: int, height: int) -> Word:
    """Limit a word's box to the photo, and round to hundredths of a pixel and ten-thousandths of a confidence.

    The boxes of slanted lines are turned back and forth, and so may lead out of the photo.
    """
    box = Box(
        round(max(word.box.x0, 0.0), 2),
        round(max(word.box.y0, 0.0), 2),
        round(min(word.box.x1, float(width)), 2),
        round(min(word.box.y1, float(height)), 2),
    )
    return replace(word, box=box, confidence=round(word.confidence, 4))


def photo_words(name: str, readings: Sequence[EngineReading], overlap: float) -> PhotoWords:
    """Return all engines' words of a photo, flagging those in the merged reading (see ``merge.kept_words``)."""
    flags = kept_words([reading.words for reading in readings], overlap)
    return PhotoWords(
        name,
        tuple(word for reading in readings for word in reading.words),
        tuple(flag for engine in flags for flag in engine),
    )
