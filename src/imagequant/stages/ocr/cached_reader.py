"""Reading image files with every engine, each file only once: readings are kept in the work cache."""

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

    def read_files(self, files: Sequence[tuple[str, bytes]]) -> list[list[EngineReading] | ImageError]:
        """Reads image files with every engine, those new to an engine at once: a few files, not thousands.

        Failures are not kept: a time-out may pass on a quieter machine.

        Args:
            files: The hash of each one's content, and its content.

        Returns:
            A reading an engine for each file; the error of one that cannot be decoded.
        """
        engines = self.reader.engines
        found = [self._stored(name) for name, _ in files]
        asked: dict[str, dict[int, PreparedPhoto]] = {engine.name: {} for engine in engines}
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
            for number, reading in zip(new, read_prepared_photos(engine, list(new.values())), strict=True):
                found[number][engine.name] = reading
                self._keep(files[number][0], reading)
        return [
            errors.get(number) or [readings[engine.name] for engine in engines] for number, readings in enumerate(found)
        ]

    def _stored(self, name: str) -> dict[str, EngineReading]:
        """What engines read before, by engine."""
        entries = {engine.name: self.cache.get(_AREA, self._entry(engine.name, name)) for engine in self.reader.engines}
        return {engine: _decode(engine, payload) for engine, payload in entries.items() if payload is not None}

    def _keep(self, name: str, reading: EngineReading) -> None:
        if not reading.reason:
            self.cache.put(_AREA, self._entry(reading.engine, name), _encode(reading))

    def _entry(self, engine: str, name: str) -> str:
        return fingerprint(self.keys[engine], name)


def engine_key(engine: OcrEngine, params: OcrParams) -> str:
    """All that an engine's result depends on beside the file: parameters, versions, models, code from file to words."""
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
