"""``data/ocr``, ``data/download`` and ``data/labels`` -> ``data/candidates/<split>/`` and ``metrics/candidates/``."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from imagequant.candidates.line_segments import NO_SEGMENTS, Segments, find_segments
from imagequant.candidates.photo import read_photo
from imagequant.core.files import fresh_folder, write_csv, write_json
from imagequant.core.records import PhotoWords
from imagequant.evaluation.oracle_recall import recall_rows, summarise
from imagequant.executor import map_shards
from imagequant.imaging.decode import decode_rgb
from imagequant.params import CandidatesParams, Params
from imagequant.storage.candidates import ReadQuantities, reading_paths, write_readings
from imagequant.storage.code import code_fingerprint
from imagequant.storage.labels import iterate_labels
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.shards import list_shards
from imagequant.storage.tars import read_tar
from imagequant.storage.words import PhotoSize, photo_sizes, read_engines, read_words
from imagequant.storage.work_cache import ShardCache, WorkCache, fingerprint

_AREA = "line-segments"


@dataclass(frozen=True)
class CandidatesJob:
    """A shard of words, the tar of its photos, and the folder its candidates go to."""

    words: Path
    photos: Path
    output: Path

    @property
    def number(self) -> int:
        """The shard's number."""
        return int(self.words.stem)

    def sizes(self) -> list[PhotoSize]:
        """Returns its photos that could be decoded, with or without words."""
        return photo_sizes(self.words.parent, self.number)


def run(params: Params, layout: Layout) -> None:
    """Finds the candidates of both splits and measures oracle recall on the training rows."""
    root = fresh_folder(layout.data("candidates"))
    jobs = [
        job
        for split in SPLITS
        for job in _jobs(layout.data("ocr") / split, layout.data("download") / split, root / split)
    ]
    cache = WorkCache(layout.work_cache)
    build = partial(_build, params.candidates, cache, cache.shards(root))
    map_shards(build, jobs, params.executor, "candidates")
    engines = read_engines(layout.data("ocr") / "train")
    summary = summarise(recall_rows(iterate_labels(layout.data("labels")), ReadQuantities(root / "train")), engines)
    metrics = fresh_folder(layout.metrics("candidates"))
    write_json(metrics / "oracle_recall.json", summary)
    write_csv(metrics / "oracle_recall.csv", ("engine", "oracle_recall"), plot_rows(summary))
    print(f"candidates: oracle recall {summary['oracle_recall']:.3f} of {summary['rows']} rows", file=sys.stderr)


def _jobs(words: Path, photos: Path, output: Path) -> list[CandidatesJob]:
    return [CandidatesJob(path, photos / f"{path.stem}.tar", output) for path in list_shards(words, "parquet")]


def _build(params: CandidatesParams, cache: WorkCache, shards: ShardCache) -> Callable[[CandidatesJob], None]:
    module = find_segments.__module__
    codes = code_fingerprint(__name__), code_fingerprint(module, within=module)
    finder = Finder(params, cache, shards, *codes)
    return partial(get_or_find, finder)


@dataclass(frozen=True)
class Finder:
    """What a worker needs to find candidates.

    Attributes:
        params: Section ``candidates``.
        cache: The work cache.
        shards: The stage's shards in it.
        code: Fingerprint of all code that finds candidates.
        segments_code: Fingerprint of the part that finds line segments, which runs far longer and changes rarely.
    """

    params: CandidatesParams
    cache: WorkCache
    shards: ShardCache
    code: str
    segments_code: str


def get_or_find(finder: Finder, job: CandidatesJob) -> None:
    """Takes the candidates of one shard from the work cache, or finds them."""
    words = hashlib.sha256(job.words.read_bytes()).hexdigest()
    photos = [(size.sha256, size.width, size.height) for size in job.sizes()]
    key = fingerprint(words, photos, asdict(finder.params), cv2.__version__, finder.code)
    paths = reading_paths(job.output, job.number)
    name = f"{job.output.name}/{job.words.stem}"
    finder.shards.get_or_build(name, key, paths, partial(write_shard, finder, job))


def write_shard(finder: Finder, job: CandidatesJob) -> None:
    """Finds and writes the candidates of one shard."""
    params = finder.params
    words = {photo.sha256: photo for photo in read_words(job.words)}
    sizes = {size.sha256: size for size in job.sizes()}
    readings = [
        read_photo(
            words.get(name) or PhotoWords(name, (), ()),
            sizes[name].width,
            sizes[name].height,
            params,
            cached_segments(name, payload, finder.cache, finder.segments_code) if params.line_segments else NO_SEGMENTS,
        )
        for name, payload in read_tar(job.photos)
        if name in sizes
    ]
    write_readings(job.output, job.number, readings)


def cached_segments(name: str, payload: bytes, cache: WorkCache, code: str) -> Segments:
    """Returns the line segments of a photo, from the work cache if the same code found them before."""
    key = fingerprint(name, cv2.__version__, code)
    stored = cache.get(_AREA, key)
    if stored is None:
        stored = find_segments(decode_rgb(payload)).tobytes()
        cache.put(_AREA, key, stored)
    return np.frombuffer(stored, dtype=np.float32).reshape(-1, 4)


def plot_rows(summary: dict[str, Any]) -> Sequence[tuple[str, float]]:
    """Returns engine and oracle recall over all entities, for a bar plot."""
    by_engine = {"all together": summary["oracle_recall"], **summary["by_engine"]}
    return [(engine, round(value, 6)) for engine, value in by_engine.items()]
