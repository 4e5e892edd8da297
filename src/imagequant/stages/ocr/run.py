"""``data/download/<split>/*.tar`` -> ``data/ocr/<split>/*.parquet`` (words) and ``status.parquet``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from imagequant.core.files import fresh_folder
from imagequant.core.iteration import chunks
from imagequant.core.records import PhotoWords
from imagequant.executor import iterate_shards
from imagequant.imaging.decode import ImageError
from imagequant.ocr.read import EngineReading, photo_words
from imagequant.params import OcrParams, Params
from imagequant.stages.ocr.cached_reader import CachedReader
from imagequant.storage.code import code_fingerprint
from imagequant.storage.kept_shards import KeptShards
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.shards import list_shards, shard_path
from imagequant.storage.tars import list_tar, read_tar
from imagequant.storage.words import write_status, write_words
from imagequant.storage.work_cache import WorkCache, fingerprint

StatusRows = list[dict[str, Any]]

# Photos that engines are given at once: what Tesseract waits with is some megabytes each.
_AT_ONCE = 32


@dataclass(frozen=True)
class Shard:
    """One tar to read and the folder its words go to."""

    tar: Path
    output: Path


def run(params: Params, layout: Layout) -> None:
    """Reads the words of all photos of both splits."""
    root = fresh_folder(layout.data("ocr"))
    shards = [
        Shard(path, root / split) for split in SPLITS for path in list_shards(layout.data("download") / split, "tar")
    ]
    cache = WorkCache(layout.work_cache)
    build = partial(_build, params.ocr, cache, KeptShards.of(cache, root))
    results = iterate_shards(build, shards, params.engine, "ocr")
    first = next(results, None)
    versions = first[1] if first else {}
    statuses = (status for status, _ in chain([first] if first else [], results))
    for split in SPLITS:
        own = islice(statuses, sum(shard.output.name == split for shard in shards))
        tally = Tally()
        write_status(root / split, tally.through(own), versions)
        _report(split, tally)


def _build(
    params: OcrParams, cache: WorkCache, kept: KeptShards
) -> Callable[[Shard], tuple[StatusRows, dict[str, str]]]:
    code = code_fingerprint(__name__)
    return partial(keep_or_read, CachedReader.build(params, cache), kept, code)


def keep_or_read(cached: CachedReader, kept: KeptShards, code: str, shard: Shard) -> tuple[StatusRows, dict[str, str]]:
    """Has the words of one tar's photos as they were read before, or reads them.

    Returns:
        A status row a photo and engine, and the engines' versions.
    """
    # Members are named by the hash of their content.
    key = fingerprint(list_tar(shard.tar), list(cached.keys.items()), cached.reader.params.merge_overlap, code)
    path = shard_path(shard.output, int(shard.tar.stem), "parquet")
    name = f"{shard.output.name}/{shard.tar.stem}"
    status: StatusRows = kept.keep_or_build(name, key, [path], lambda: read_shard(cached, shard), _repeatable)
    return status, cached.versions


def _repeatable(status: StatusRows) -> bool:
    """Whether reading again would come to the same: a time-out may pass on a quieter machine."""
    return all(not row["reason"] or row["width"] == 0 for row in status)


def read_shard(cached: CachedReader, shard: Shard) -> StatusRows:
    """Reads the photos of one tar and writes their words.

    Returns:
        A status row a photo and engine.
    """
    reader = cached.reader
    photos: list[PhotoWords] = []
    status: StatusRows = []
    for files in chunks(read_tar(shard.tar), _AT_ONCE):
        for (name, _), readings in zip(files, cached.read_files(files), strict=True):
            if isinstance(readings, ImageError):
                reason = f"not decoded: {readings}"
                status.extend(
                    _status_row(name, EngineReading(engine.name, (), reason, 0, 0), shard) for engine in reader.engines
                )
            else:
                photos.append(photo_words(name, readings, reader.params.merge_overlap))
                status.extend(_status_row(name, reading, shard) for reading in readings)
    write_words(shard.output, int(shard.tar.stem), photos, cached.versions)
    return status


def _status_row(name: str, reading: EngineReading, shard: Shard) -> dict[str, Any]:
    return {
        "sha256": name,
        "engine": reading.engine,
        "status": "failed" if reading.reason else "ok",
        "reason": reading.reason,
        "words": len(reading.words),
        "width": reading.width,
        "height": reading.height,
        "shard": int(shard.tar.stem),
    }


@dataclass
class Tally:
    """What a split's status rows come to."""

    photos: int = 0
    words: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def through(self, statuses: Iterable[StatusRows]) -> Iterator[dict[str, Any]]:
        """Yields the rows, shard by shard, and counts them: all of them together take much memory."""
        for rows in statuses:
            self.photos += len({row["sha256"] for row in rows})
            for row in rows:
                self.words[row["engine"]] += row["words"]
                if row["reason"]:
                    self.failures[f"{row['engine']}: {row['reason']}"] += 1
                yield row


def _report(split: str, tally: Tally) -> None:
    counts = ", ".join(f"{engine} {count} words" for engine, count in sorted(tally.words.items()))
    print(f"ocr {split}: {tally.photos} photos; {counts}", file=sys.stderr)
    for reason, count in sorted(tally.failures.items()):
        print(f"ocr {split}: {count} photos failed with {reason}", file=sys.stderr)
