"""Reading one photo with the chosen engines, and each file only once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import PIL

from imagequant.imaging.decode import ImageError, decode_rgb
from imagequant.params import OcrParams
from imagequant.records import Alternative, Box, Word
from imagequant.stages.ocr import engines, tiles
from imagequant.stages.ocr.engines import registry
from imagequant.stages.ocr.engines.base import OcrEngine, OcrError, Read, RgbImage
from imagequant.stages.ocr.merge import kept_words
from imagequant.storage.code import code_fingerprint
from imagequant.storage.words import PhotoWords
from imagequant.storage.work_cache import WorkCache, fingerprint

_AREA = "ocr"
# Of a photo so thin that it would come to more tiles, none is read: a line of pixels may be millions long.
_MOST_TILES = 64


@dataclass(frozen=True)
class Reading:
    """What one engine made of one photo of so many upright pixels; ``reason`` is empty unless it failed."""

    engine: str
    words: tuple[Word, ...]
    reason: str
    width: int
    height: int


@dataclass(frozen=True)
class Asked:
    """A photo of so many upright pixels that waits to be read: its tiles' places, and what the engine made of each.

    ``reason`` says why it is not to be read; empty where it is.
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
        (reading,) = read_asked(engine, [self.ask(engine, image)])
        return reading

    def ask(self, engine: OcrEngine, image: RgbImage) -> Asked:
        """Has an engine prepare what it reads of a photo."""
        height, width = image.shape[:2]
        if max(height, width) > min(height, width) * self.params.max_aspect * _MOST_TILES:
            return Asked(width, height, reason=f"too thin to read: {width} x {height} pixels")
        parts = tiles.bounded_tiles(image, self.params.max_side, self.params.max_aspect)
        places, pieces = zip(*parts, strict=True)
        return Asked(width, height, places, tuple(engine.prepare(piece) for piece in pieces))


def read_asked(engine: OcrEngine, asked: Sequence[Asked]) -> list[Reading]:
    """Has an engine read what it prepared: a reading a photo."""
    if not asked:
        return []
    read = iter(engine.read_prepared([piece for photo in asked for piece in photo.prepared]))
    return [_reading(engine.name, photo, [next(read) for _ in photo.places]) for photo in asked]


def _reading(engine: str, photo: Asked, read: Sequence[Read]) -> Reading:
    words = [each for each in read if not isinstance(each, OcrError)]
    if photo.reason or len(words) < len(read):
        reason = photo.reason or next(str(each) for each in read if isinstance(each, OcrError))
        return Reading(engine, (), reason, photo.width, photo.height)
    return Reading(engine, tuple(tiles.together(photo.places, words)), "", photo.width, photo.height)


@dataclass(frozen=True)
class CachedReader:
    """A reader that takes what it read before from the work cache, without so much as decoding the photo.

    ``keys`` say for each engine all that its readings depend on beside the file; ``versions`` are those of all engines.
    """

    reader: Reader
    keys: Mapping[str, str]
    versions: dict[str, str]
    cache: WorkCache

    @classmethod
    def build(cls, params: OcrParams, cache: WorkCache) -> CachedReader:
        """Loads the engines named in ``params``.

        Raises:
            InputError: If one of them is not installed.
        """
        reader = Reader.build(params)
        keys = {engine.name: engine_key(engine, params) for engine in reader.engines}
        return cls(reader, keys, reader.versions(), cache)

    def read_files(self, files: Sequence[tuple[str, bytes]]) -> list[list[Reading] | ImageError]:
        """Reads image files with every engine, those new to an engine at once: a few files, not thousands.

        Failures are not kept: a time-out may pass on a quieter machine.

        Args:
            files: The hash of each one's content, and its content.

        Returns:
            A reading an engine for each file; the error of one that cannot be decoded.
        """
        engines = self.reader.engines
        found = [self._stored(name) for name, _ in files]
        asked: dict[str, dict[int, Asked]] = {engine.name: {} for engine in engines}
        errors: dict[int, ImageError] = {}
        for number, (_, payload) in enumerate(files):
            missing = [engine for engine in engines if engine.name not in found[number]]
            if not missing:
                continue
            try:
                image = decode_rgb(payload)
            except ImageError as error:
                errors[number] = error
                continue
            for engine in missing:
                asked[engine.name][number] = self.reader.ask(engine, image)
        for engine in engines:
            new = asked[engine.name]
            for number, reading in zip(new, read_asked(engine, list(new.values())), strict=True):
                found[number][engine.name] = reading
                self._keep(files[number][0], reading)
        return [
            errors.get(number) or [readings[engine.name] for engine in engines] for number, readings in enumerate(found)
        ]

    def _stored(self, name: str) -> dict[str, Reading]:
        """What engines read before, by engine."""
        entries = {engine.name: self.cache.get(_AREA, self._entry(engine.name, name)) for engine in self.reader.engines}
        return {engine: _decode(engine, payload) for engine, payload in entries.items() if payload is not None}

    def _keep(self, name: str, reading: Reading) -> None:
        if not reading.reason:
            self.cache.put(_AREA, self._entry(reading.engine, name), _encode(reading))

    def _entry(self, engine: str, name: str) -> str:
        return fingerprint(self.keys[engine], name)


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
