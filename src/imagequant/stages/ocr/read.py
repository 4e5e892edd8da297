"""Reading one photo with the chosen engines, through the work cache."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from imagequant.params import OcrParams
from imagequant.records import Box, Word
from imagequant.stages.ocr import tiles
from imagequant.stages.ocr.engines import registry
from imagequant.stages.ocr.engines.base import OcrEngine, OcrError, RgbImage
from imagequant.stages.ocr.merge import kept_words
from imagequant.storage.words import PhotoWords
from imagequant.storage.work_cache import WorkCache, code_fingerprint, fingerprint

_AREA = "ocr"


@dataclass(frozen=True)
class Reading:
    """What one engine made of one photo; ``reason`` is empty unless it failed."""

    engine: str
    words: tuple[Word, ...]
    reason: str


@dataclass(frozen=True)
class Reader:
    """Engines with the keys under which their results are cached."""

    params: OcrParams
    engines: tuple[OcrEngine, ...]
    keys: tuple[str, ...]

    @classmethod
    def build(cls, params: OcrParams) -> Reader:
        """Loads the engines named in ``params``.

        Raises:
            InputError: If one of them is not installed.
        """
        engines = tuple(registry.build_engine(name, params) for name in params.engines)
        return cls(params, engines, tuple(_engine_key(engine, params) for engine in engines))

    def versions(self) -> dict[str, str]:
        """Versions of all engines together, for the outputs' metadata."""
        return {name: value for engine in self.engines for name, value in sorted(engine.versions().items())}

    def read(self, image: RgbImage, cache: WorkCache | None) -> list[Reading]:
        """Reads a photo with every engine; one engine's failure does not stop the others."""
        pixels = hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()
        return [
            self._read_one(engine, key, image, pixels, cache)
            for engine, key in zip(self.engines, self.keys, strict=True)
        ]

    def _read_one(self, engine: OcrEngine, key: str, image: RgbImage, pixels: str, cache: WorkCache | None) -> Reading:
        # Keyed by pixels, not by file: the decoder may change, what it gives is what counts.
        entry = fingerprint(key, pixels)
        stored = cache.get(_AREA, entry) if cache else None
        if stored is not None:
            return _decode(engine.name, stored)
        try:
            words = tiles.read_bounded(engine, image, self.params.max_side, self.params.max_aspect)
        except OcrError as error:
            return Reading(engine.name, (), str(error))
        reading = Reading(engine.name, tuple(words), "")
        if cache:
            cache.put(_AREA, entry, _encode(reading))
        return reading


def photo_words(name: str, readings: Sequence[Reading], overlap: float) -> PhotoWords:
    """All engines' words of one photo, with those flagged that the merged reading keeps (``merge.kept_words``)."""
    flags = kept_words([reading.words for reading in readings], overlap)
    return PhotoWords(
        name,
        tuple(word for reading in readings for word in reading.words),
        tuple(flag for engine in flags for flag in engine),
    )


def _engine_key(engine: OcrEngine, params: OcrParams) -> str:
    section = asdict(getattr(params, engine.name))
    module = sys.modules[type(engine).__module__]
    return fingerprint(
        engine.name, engine.versions(), section, params.max_side, params.max_aspect, code_fingerprint(module, tiles)
    )


def _encode(reading: Reading) -> bytes:
    return json.dumps([asdict(word) for word in reading.words], ensure_ascii=False).encode()


def _decode(engine: str, payload: bytes) -> Reading:
    words = tuple(Word(**{**fields, "box": Box(**fields["box"])}) for fields in json.loads(payload))
    return Reading(engine, words, "")
