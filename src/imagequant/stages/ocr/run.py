"""``data/download/<split>/*.tar`` -> ``data/ocr/<split>/*.parquet`` (words) and ``status.parquet``."""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any

import PIL

from imagequant import ocr
from imagequant.core import arithmetic
from imagequant.core.files import fresh_folder
from imagequant.core.iteration import chunks
from imagequant.core.records import Box, OcrAlternative, PhotoWords, Word
from imagequant.executor import iterate_shards
from imagequant.imaging.decode import ImageError, decode_rgb
from imagequant.ocr import tiles
from imagequant.ocr.engine import OcrEngine
from imagequant.ocr.read import EngineReading, PreparedPhoto, Reader, photo_words, read_prepared_photos
from imagequant.params import OcrParams, Params
from imagequant.storage.checks import FAILED, OK
from imagequant.storage.code import code_fingerprint
from imagequant.storage.layout import SPLITS, Layout, ShardJob, shard_jobs, shard_path
from imagequant.storage.tars import list_tar, read_tar
from imagequant.storage.words import STATUS, STATUS_FILE, StatusRow, write_words
from imagequant.storage.work_cache import ShardCache, WorkCache, fingerprint

_AREA = "ocr"
# Fields of ``StatusRow``, as JSON objects for the work cache.
StatusRows = list[dict[str, Any]]
# Photos given to the engines at once: Tesseract holds a few megabytes of each.
_BATCH_SIZE = 32


@dataclass(frozen=True)
class CachedReader:
    """A reader that takes earlier readings from the work cache, without even decoding the photo."""

    reader: Reader
    keys: Mapping[str, str]  # by engine, a hash of everything but the file that its readings depend on
    versions: dict[str, str]  # of all engines together
    cache: WorkCache

    @classmethod
    def build(cls, params: OcrParams, cache: WorkCache) -> CachedReader:
        """Loads the engines named in ``params``."""
        reader = Reader.build(params)
        return cls(reader, engine_keys(reader), reader.versions(), cache)

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
        for number, (name, payload) in enumerate(files):
            missing = [engine for engine in engines if engine.name not in known[number]]
            if not missing:
                continue
            try:
                image = decode_rgb(payload)
            except ImageError as error:
                errors[number] = error
                continue
            for engine in missing:
                guide = self.reader.guide(engine)
                prepared = self.reader.ask(engine, image, known[number][guide.name] if guide else None)
                if any(self.reader.guide(other) is engine for other in engines):
                    # Now, because the photo is not kept.
                    (reading,) = read_prepared_photos(engine, [prepared])
                    self._keep(name, reading, known[number])
                else:
                    asked[engine.name][number] = prepared
        for engine in engines:
            new = asked[engine.name]
            for number, reading in zip(new, read_prepared_photos(engine, list(new.values())), strict=True):
                self._keep(files[number][0], reading, known[number])
        return [
            errors.get(number) or [readings[engine.name] for engine in engines] for number, readings in enumerate(known)
        ]

    def _stored(self, name: str) -> dict[str, EngineReading]:
        """Returns the stored readings of a photo by engine."""
        entries = {engine.name: self.cache.get(_AREA, self._key(engine.name, name)) for engine in self.reader.engines}
        return {engine: _decode(engine, payload) for engine, payload in entries.items() if payload is not None}

    def _keep(self, name: str, reading: EngineReading, known: dict[str, EngineReading]) -> None:
        """Adds a reading to those known of a photo, and stores it unless it, or one that it goes by, failed."""
        known[reading.engine] = reading
        engine = next(each for each in self.reader.engines if each.name == reading.engine)
        guide = self.reader.guide(engine)
        if not reading.reason and not (guide and known[guide.name].reason):
            fields = {name: value for name, value in asdict(reading).items() if name not in ("engine", "reason")}
            payload = json.dumps(fields, ensure_ascii=False).encode()
            self.cache.put(_AREA, self._key(reading.engine, name), payload)

    def _key(self, engine: str, name: str) -> str:
        return fingerprint(self.keys[engine], name)


def engine_keys(reader: Reader) -> dict[str, str]:
    """Hashes, by engine, everything but the file that its words depend on: parameters, versions, models, code.

    Engines that read another one's lines depend on all of that one's too.
    """
    return {engine.name: _engine_key(engine, reader) for engine in reader.engines}


def _engine_key(engine: OcrEngine, reader: Reader) -> str:
    params, guide = reader.params, reader.guide(engine)
    code = (
        code_fingerprint(type(engine).__module__, within=ocr.__name__),
        *(code_fingerprint(module, within=module) for module in (decode_rgb.__module__, tiles.__name__)),
    )
    bounds = (params.max_side, params.max_aspect)
    own = asdict(getattr(params, engine.name))
    guided_by = _engine_key(guide, reader) if guide else ""
    return fingerprint(
        engine.name, engine.versions(), PIL.__version__, arithmetic.in_use(), own, bounds, code, guided_by
    )


def _decode(engine: str, payload: bytes) -> EngineReading:
    fields = json.loads(payload)
    words = tuple(_word(**word) for word in fields["words"])
    return EngineReading(engine, words, "", fields["width"], fields["height"])


def _word(
    box: dict[str, float], alternatives: Sequence[dict[str, Any]] = (), centers: Sequence[float] = (), **fields: Any
) -> Word:
    others = tuple(OcrAlternative(**other) for other in alternatives)
    return Word(box=Box(**box), alternatives=others, centers=tuple(centers), **fields)


def run(params: Params, layout: Layout) -> None:
    """Reads the words of all photos of both splits."""
    root = fresh_folder(layout.data("ocr"))
    jobs = shard_jobs(layout.data("download"), "tar", root)
    cache = WorkCache(layout.work_cache)
    build = partial(_build, params.ocr, cache, cache.shards(root))
    results = iterate_shards(build, jobs, params.executor, "ocr")
    first = next(results, None)
    versions = first[1] if first else {}
    statuses = (status for status, _ in chain([first] if first else [], results))
    for split in SPLITS:
        own = islice(statuses, sum(job.folder.name == split for job in jobs))
        tally = Tally()
        STATUS.write(root / split / STATUS_FILE, (StatusRow(**row) for row in tally.count(own)), versions)
        counts = ", ".join(f"{engine} {count} words" for engine, count in sorted(tally.words.items()))
        print(f"ocr {split}: {tally.photos} photos; {counts}", file=sys.stderr)
        for reason, count in sorted(tally.failures.items()):
            print(f"ocr {split}: {count} photos failed with {reason}", file=sys.stderr)


def _build(
    params: OcrParams, cache: WorkCache, shards: ShardCache
) -> Callable[[ShardJob], tuple[StatusRows, dict[str, str]]]:
    code = code_fingerprint(__name__)
    if multiprocessing.parent_process() is not None:
        # This process runs nothing but OCR, whose networks give the same bytes with AVX-512 and without.
        arithmetic.widen()
    return partial(get_or_read, CachedReader.build(params, cache), shards, code)


def get_or_read(
    cached: CachedReader, shards: ShardCache, code: str, job: ShardJob
) -> tuple[StatusRows, dict[str, str]]:
    """Takes the words of one tar's photos from the work cache, or reads the photos."""
    key = fingerprint(list_tar(job.source), list(cached.keys.items()), cached.reader.params.merge_overlap, code)
    path = shard_path(job.folder, job.number, "parquet")

    def is_repeatable(status: StatusRows) -> bool:
        # A time-out may not recur on a less busy machine.
        return all(not row["reason"] or row["width"] == 0 for row in status)

    status: StatusRows = shards.get_or_build(job.name, key, [path], lambda: read_shard(cached, job), is_repeatable)
    return status, cached.versions


def read_shard(cached: CachedReader, job: ShardJob) -> StatusRows:
    """Reads the photos of one tar and writes their words; returns a status row per photo and engine."""
    reader = cached.reader
    photos: list[PhotoWords] = []
    status: StatusRows = []
    for files in chunks(read_tar(job.source), _BATCH_SIZE):
        for (name, _), result in zip(files, cached.read_files(files), strict=True):
            if isinstance(result, ImageError):
                reason = f"not decoded: {result}"
                readings = [EngineReading(engine.name, (), reason, 0, 0) for engine in reader.engines]
            else:
                readings = result
                photos.append(photo_words(name, readings, reader.params.merge_overlap))
            status.extend(_status_row(name, reading, job) for reading in readings)
    write_words(job.folder, job.number, photos, cached.versions)
    return status


def _status_row(name: str, reading: EngineReading, job: ShardJob) -> dict[str, Any]:
    size, status = (reading.width, reading.height), FAILED if reading.reason else OK
    row = StatusRow(name, reading.engine, status, reading.reason, len(reading.words), *size, job.number)
    return asdict(row)


@dataclass
class Tally:
    """Totals over a split's status rows."""

    photos: int = 0
    words: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def count(self, statuses: Iterable[StatusRows]) -> Iterator[dict[str, Any]]:
        """Yields the rows and counts them; all rows together would take much memory."""
        for rows in statuses:
            self.photos += len({row["sha256"] for row in rows})
            for row in rows:
                self.words[row["engine"]] += row["words"]
                if row["reason"]:
                    self.failures[f"{row['engine']}: {row['reason']}"] += 1
                yield row
