"""Whole shards in the work cache: what a stage made of the same inputs before is not made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from imagequant.storage.files import write_bytes
from imagequant.storage.work_cache import WorkCache, fingerprint


def cached_shard(cache: WorkCache, area: str, key: str, paths: Sequence[Path], build: Callable[[], object]) -> None:
    """Has a shard's files made, or takes them as they were made before under the same key.

    Args:
        cache: Where they are kept.
        area: The stage's part of it.
        key: Names everything the files depend on.
        paths: The files.
        build: Writes them.
    """
    entries = [fingerprint(key, number, len(paths)) for number in range(len(paths))]
    stored = [cache.get(area, entry) for entry in entries]
    known = [payload for payload in stored if payload is not None]
    if len(known) == len(paths):
        for path, payload in zip(paths, known, strict=True):
            write_bytes(path, payload)
        return
    build()
    for path, entry in zip(paths, entries, strict=True):
        cache.put(area, entry, path.read_bytes())
