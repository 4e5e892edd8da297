"""``data/ocr``, ``data/download`` and ``data/labels`` -> ``data/candidates/<split>/`` and ``metrics/candidates/``."""

import hashlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

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
from imagequant.quantity.domain import Domain
from imagequant.storage.candidates import ReadQuantities, reading_paths, write_readings
from imagequant.storage.code import code_fingerprint
from imagequant.storage.labels import iterate_labels
from imagequant.storage.layout import Layout, ShardJob, shard_jobs
from imagequant.storage.tars import read_tar
from imagequant.storage.words import photo_sizes, read_engines, read_words
from imagequant.storage.work_cache import ShardCache, WorkCache, fingerprint

_AREA = "line-segments"


def run(params: Params, layout: Layout) -> None:
    """Finds the candidates of both splits and measures oracle recall on the training rows."""
    root = fresh_folder(layout.data("candidates"))
    jobs = shard_jobs(layout.data("ocr"), "parquet", root)
    cache = WorkCache(layout.work_cache)
    build = partial(_build, params.candidates, params.domain, layout.data("download"), cache, cache.shards(root))
    map_shards(build, jobs, params.executor, "candidates")
    engines = read_engines(layout.data("ocr") / "train")
    summary = summarise(recall_rows(iterate_labels(layout.data("labels")), ReadQuantities(root / "train")), engines)
    metrics = fresh_folder(layout.metrics("candidates"))
    write_json(metrics / "oracle_recall.json", summary)
    by_engine = {"all together": summary["oracle_recall"], **summary["by_engine"]}
    rows = [(engine, round(value, 6)) for engine, value in by_engine.items()]
    write_csv(metrics / "oracle_recall.csv", ("engine", "oracle_recall"), rows)
    print(f"candidates: oracle recall {summary['oracle_recall']:.3f} of {summary['rows']} rows", file=sys.stderr)


def _build(
    params: CandidatesParams, domain: Domain, photos: Path, cache: WorkCache, shards: ShardCache
) -> Callable[[ShardJob], None]:
    module = find_segments.__module__
    codes = code_fingerprint(__name__), code_fingerprint(module, within=module)
    return Finder(params, domain, photos, cache, shards, *codes).get_or_find


@dataclass(frozen=True)
class Finder:
    """Finds the candidates of shards of words."""

    params: CandidatesParams
    domain: Domain
    photos: Path  # the folder of both splits' photos
    cache: WorkCache
    shards: ShardCache
    code: str  # fingerprint of all code that finds candidates
    segments_code: str  # of the part that finds line segments, which runs far longer and changes rarely

    def get_or_find(self, job: ShardJob) -> None:
        """Takes the candidates of one shard from the work cache, or finds them."""
        words = hashlib.sha256(job.source.read_bytes()).hexdigest()
        sizes = photo_sizes(job.source.parent, job.number)
        photos = [(name, *size) for name, size in sizes.items()]
        key = fingerprint(words, photos, asdict(self.params), asdict(self.domain), cv2.__version__, self.code)
        paths = reading_paths(job.folder, job.number)
        self.shards.get_or_build(job.name, key, paths, lambda: self._find(job, sizes))

    def _find(self, job: ShardJob, sizes: Mapping[str, tuple[int, int]]) -> None:
        words = {photo.sha256: photo for photo in read_words(job.source)}
        readings = []
        for name, payload in read_tar(self.photos / f"{job.name}.tar"):
            if name in sizes:
                segments = self._segments(name, payload) if self.params.line_segments else NO_SEGMENTS
                own = words.get(name) or PhotoWords(name, (), ())
                readings.append(read_photo(own, *sizes[name], self.params, self.domain, segments))
        write_readings(job.folder, job.number, readings)

    def _segments(self, name: str, payload: bytes) -> Segments:
        """Returns the line segments of a photo, from the work cache if the same code found them before."""
        key = fingerprint(name, cv2.__version__, self.segments_code)
        stored = self.cache.get(_AREA, key)
        if stored is None:
            stored = find_segments(decode_rgb(payload)).tobytes()
            self.cache.put(_AREA, key, stored)
        return np.frombuffer(stored, dtype=np.float32).reshape(-1, 4)
