"""Reading one photo with the chosen engines, and each file only once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import PIL

from imagequant.imaging.decode import decode_rgb
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
    """What one engine made of one photo of so many upright pixels; ``reason`` is empty unless it failed."""

    engine: str
    words: tuple[Word, ...]
    reason: str
    width: int
    height: int


@dataclass(frozen=True)
class Reader:
    """The engines of one run."""

    params: OcrParams
    engines: tuple[OcrEngine, ...]

    @classmethod
    def build(cls, params: OcrParams) -> Reader:
        """Loads the engines named in ``params``.

        Raises:
            InputError: If one of them is not installed.
        """
        return cls(params, tuple(registry.build_engine(name, params) for name in params.engines))

    def versions(self) -> dict[str, str]:
        """Versions of all engines together, for the outputs' metadata."""
        return {name: value for engine in self.engines for name, value in sorted(engine.versions().items())}

    def read_with(self, engine: OcrEngine, image: RgbImage) -> Reading:
        """Reads a photo with one engine; its failure is a reading with a reason, and does not stop the others."""
        height, width = image.shape[:2]
        try:
            words = tiles.read_bounded(engine, image, self.params.max_side, self.params.max_aspect)
        except OcrError as error:
            return Reading(engine.name, (), str(error), width, height)
        return Reading(engine.name, tuple(words), "", width, height)


@dataclass(frozen=True)
class CachedReader:
    """A reader that takes what it read before from the work cache, without so much as decoding the photo.

    ``keys`` name all that each engine's readings depend on beside the file; ``versions`` are those of all engines.
    """

    reader: Reader
    keys: tuple[str, ...]
    versions: dict[str, str]
    cache: WorkCache

    @classmethod
    def build(cls, params: OcrParams, cache: WorkCache) -> CachedReader:
        """Loads the engines named in ``params``.

        Raises:
            InputError: If one of them is not installed.
        """
        reader = Reader.build(params)
        keys = tuple(engine_key(engine, params) for engine in reader.engines)
        return cls(reader, keys, reader.versions(), cache)

    def read_file(self, name: str, payload: bytes) -> list[Reading]:
        """Reads an image file with every engine.

        Failures are not kept: a time-out may pass on a quieter machine.

        Args:
            name: The hash of its content.
            payload: Its content.

        Raises:
            ImageError: If it cannot be decoded.
        """
        engines = self.reader.engines
        entries = [fingerprint(key, name) for key in self.keys]
        stored = [self.cache.get(_AREA, entry) for entry in entries]
        found = [
            None if payload is None else _decode(engine.name, payload)
            for engine, payload in zip(engines, stored, strict=True)
        ]
        if all(found):
            return [reading for reading in found if reading is not None]
        image = decode_rgb(payload)
        readings = []
        for engine, entry, known in zip(engines, entries, found, strict=True):
            reading = known or self.reader.read_with(engine, image)
            if known is None and not reading.reason:
                self.cache.put(_AREA, entry, _encode(reading))
            readings.append(reading)
        return readings


def photo_words(name: str, readings: Sequence[Reading], overlap: float) -> PhotoWords:
    """All engines' words of one photo, with those flagged that the merged reading keeps (``merge.kept_words``)."""
    flags = kept_words([reading.words for reading in readings], overlap)
    return PhotoWords(
        name,
        tuple(word for reading in readings for word in reading.words),
        tuple(flag for engine in flags for flag in engine),
    )


def engine_key(engine: OcrEngine, params: OcrParams) -> str:
    """All that an engine's result depends on beside the file: parameters, versions, models, code from file to words."""
    code = (
        code_fingerprint(type(engine).__module__, within=engines.__name__),
        *(code_fingerprint(module, within=module) for module in (decode_rgb.__module__, tiles.__name__)),
    )
    bounds = (params.max_side, params.max_aspect)
    own = asdict(getattr(params, engine.name))
    return fingerprint(engine.name, engine.versions(), PIL.__version__, own, bounds, code)


def _encode(reading: Reading) -> bytes:
    fields = {name: value for name, value in asdict(reading).items() if name not in ("engine", "reason")}
    return json.dumps(fields, ensure_ascii=False).encode()


def _decode(engine: str, payload: bytes) -> Reading:
    fields = json.loads(payload)
    words = tuple(_word(**word) for word in fields["words"])
    return Reading(engine, words, "", fields["width"], fields["height"])


def _word(box: dict[str, float], alternatives: Sequence[dict[str, Any]] = (), **fields: Any) -> Word:
    return Word(box=Box(**box), alternatives=tuple(Alternative(**other) for other in alternatives), **fields)
