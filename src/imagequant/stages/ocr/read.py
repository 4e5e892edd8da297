"""Reading one photo with the chosen engines, through the work cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from imagequant.params import OcrParams
from imagequant.records import Alternative, Box, Word
from imagequant.stages.ocr import engines, tiles
from imagequant.stages.ocr.engines import registry
from imagequant.stages.ocr.engines.base import OcrEngine, OcrError, RgbImage
from imagequant.stages.ocr.merge import kept_words
from imagequant.storage.code import code_fingerprint
from imagequant.storage.words import PhotoWords
from imagequant.storage.work_cache import WorkCache, fingerprint

_AREA = "ocr"


@dataclass(frozen=True)
class Reading:
    """What one engine made of one photo; ``reason`` is empty unless it failed."""

    engine: str
    words: tuple[Word, ...]
    reason: str


@dataclass(frozen=True)
class CachedEngine:
    """An engine that reads the same pixels once.

    Keyed by pixels, not by file: the decoder and the cutting into tiles may change, what they give is what counts.
    Failures are not kept: a time-out may pass on a quieter machine.
    """

    engine: OcrEngine
    key: str
    cache: WorkCache

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    def versions(self) -> dict[str, str]:
        """The engine's."""
        return self.engine.versions()

    def read(self, image: RgbImage) -> list[Word]:
        """What the engine reads, from the cache if it can."""
        pixels = hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()
        entry = fingerprint(self.key, pixels)
        stored = self.cache.get(_AREA, entry)
        if stored is not None:
            return _decode(stored)
        words = self.engine.read(image)
        self.cache.put(_AREA, entry, _encode(words))
        return words


@dataclass(frozen=True)
class Reader:
    """The engines of one run."""

    params: OcrParams
    engines: tuple[OcrEngine, ...]

    @classmethod
    def build(cls, params: OcrParams, cache: WorkCache | None) -> Reader:
        """Loads the engines named in ``params``; with a cache they read the same pixels once.

        Raises:
            InputError: If one of them is not installed.
        """
        engines: tuple[OcrEngine, ...] = tuple(registry.build_engine(name, params) for name in params.engines)
        if cache is not None:
            engines = tuple(CachedEngine(engine, engine_key(engine, params), cache) for engine in engines)
        return cls(params, engines)

    def versions(self) -> dict[str, str]:
        """Versions of all engines together, for the outputs' metadata."""
        return {name: value for engine in self.engines for name, value in sorted(engine.versions().items())}

    def read(self, image: RgbImage) -> list[Reading]:
        """Reads a photo with every engine; one engine's failure does not stop the others."""
        return [self._read_one(engine, image) for engine in self.engines]

    def _read_one(self, engine: OcrEngine, image: RgbImage) -> Reading:
        try:
            words = tiles.read_bounded(engine, image, self.params.max_side, self.params.max_aspect)
        except OcrError as error:
            return Reading(engine.name, (), str(error))
        return Reading(engine.name, tuple(words), "")


def photo_words(name: str, readings: Sequence[Reading], overlap: float) -> PhotoWords:
    """All engines' words of one photo, with those flagged that the merged reading keeps (``merge.kept_words``)."""
    flags = kept_words([reading.words for reading in readings], overlap)
    return PhotoWords(
        name,
        tuple(word for reading in readings for word in reading.words),
        tuple(flag for engine in flags for flag in engine),
    )


def engine_key(engine: OcrEngine, params: OcrParams) -> str:
    """All that an engine's result depends on beside the pixels: parameters, versions, models, its modules' code."""
    code = code_fingerprint(type(engine).__module__, within=engines.__name__)
    return fingerprint(engine.name, engine.versions(), asdict(getattr(params, engine.name)), code)


def _encode(words: Sequence[Word]) -> bytes:
    return json.dumps([asdict(word) for word in words], ensure_ascii=False).encode()


def _decode(payload: bytes) -> list[Word]:
    return [_word(**fields) for fields in json.loads(payload)]


def _word(box: dict[str, float], alternatives: Sequence[dict[str, Any]] = (), **fields: Any) -> Word:
    return Word(box=Box(**box), alternatives=tuple(Alternative(**other) for other in alternatives), **fields)
