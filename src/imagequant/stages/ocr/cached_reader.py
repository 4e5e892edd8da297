"""Reads image files with every engine, each file only once: readings are kept in the work cache."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import PIL

from imagequant import ocr
from imagequant.core.records import Box, OcrAlternative, Word
from imagequant.imaging.decode import ImageError, decode_rgb
from imagequant.ocr import tiles
from imagequant.ocr.engine import OcrEngine
from imagequant.ocr.read import EngineReading, PreparedPhoto, Reader, read_prepared_photos
from imagequant.params import OcrParams
from imagequant.storage.code import code_fingerprint
from imagequant.storage.work_cache import WorkCache, fingerprint

_AREA = "ocr"


@dataclass(frozen=True)
class CachedReader:
    """A reader that takes earlier readings from the work cache, without even decoding the photo.

    Attributes:
        keys: By engine, a hash of everything but the file that its readings depend on.
        versions: Those of all engines together.
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

    def read_files(self, files: Sequence[tuple[str, bytes]]) -> list[list[EngineReading] | ImageError]:
        """Reads image files (content hash, content) with every engine, all that are new to it at once: a few files.

        Failures are not kept: a time-out may not recur on a less busy machine.

        Returns:
            For each file a reading per engine, or the error if it cannot be decoded.
        """
        engines = self.reader.engines
        known = [self._stored(name) for name, _ in files]
        asked: dict[str, dict[int, PreparedPhoto]] = {engine.name: {} for engine in engines}
        errors: dict[int, ImageError] = {}
        for number, (_, payload) in enumerate(files):
            missing = [engine for engine in engines if engine.name not in known[number]]
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
            for number, reading in zip(new, read_prepared_photos(engine, list(new.values())), strict=True):
                known[number][engine.name] = reading
                self._store(files[number][0], reading)
        return [
            errors.get(number) or [readings[engine.name] for engine in engines] for number, readings in enumerate(known)
        ]

    def _stored(self, name: str) -> dict[str, EngineReading]:
        """Returns the stored readings of a photo by engine."""
        entries = {engine.name: self.cache.get(_AREA, self._key(engine.name, name)) for engine in self.reader.engines}
        return {engine: _decode(engine, payload) for engine, payload in entries.items() if payload is not None}

    def _store(self, name: str, reading: EngineReading) -> None:
        if not reading.reason:
            self.cache.put(_AREA, self._key(reading.engine, name), _encode(reading))

    def _key(self, engine: str, name: str) -> str:
        return fingerprint(self.keys[engine], name)


def engine_key(engine: OcrEngine, params: OcrParams) -> str:
    """Hashes everything but the file that an engine's words depend on: parameters, versions, models, code."""
    code = (
        code_fingerprint(type(engine).__module__, within=ocr.__name__),
        *(code_fingerprint(module, within=module) for module in (decode_rgb.__module__, tiles.__name__)),
    )
    bounds = (params.max_side, params.max_aspect)
    own = asdict(getattr(params, engine.name))
    return fingerprint(engine.name, engine.versions(), PIL.__version__, own, bounds, code)


def _encode(reading: EngineReading) -> bytes:
    fields = {name: value for name, value in asdict(reading).items() if name not in ("engine", "reason")}
    return json.dumps(fields, ensure_ascii=False).encode()


def _decode(engine: str, payload: bytes) -> EngineReading:
    fields = json.loads(payload)
    words = tuple(_word(**word) for word in fields["words"])
    return EngineReading(engine, words, "", fields["width"], fields["height"])


def _word(box: dict[str, float], alternatives: Sequence[dict[str, Any]] = (), **fields: Any) -> Word:
    return Word(box=Box(**box), alternatives=tuple(OcrAlternative(**other) for other in alternatives), **fields)
