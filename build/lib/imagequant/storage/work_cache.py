"""The work cache: results by content key, ignored by git and DVC.

DVC caches whole stage outputs. This cache makes one more row cost one more row, and lets a killed run go on. It holds

- **entries**, the bytes of one photo's result, under a key of everything they depend on (content hash, parameters,
  versions, code), so that an entry is never out of date, only unused;
- **shards**, the files of a stage's last run (one generation), so that a shard with the same inputs is not built
  again. DVC empties a stage's folder before it runs the stage. The shards are hard links to the same files: they take
  no room, and DVC, which recognises files by inode and time, does not hash them again.

Whatever is damaged counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagequant.core.files import file_digest, write_bytes
from imagequant.core.locations import copy, is_remote
from imagequant.storage.layout import experiment_copy, own_cache

_DIGEST_BYTES = 32


def fingerprint(*parts: Any) -> str:
    """Returns a hash of JSON-able values: the same values give the same key on every machine."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class WorkCache:
    """A folder, here or in an object store, that any number of processes and checkouts may share."""

    root: Path

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, not in an object store."""
        return not is_remote(self.root)

    def has(self, area: str) -> bool:
        """Returns whether an area ever had an entry."""
        return (self.root / area).exists()

    def get(self, area: str, key: str) -> bytes | None:
        """Returns an entry, or None if there is none or it is damaged."""
        return _read_sealed(self._path(area, key))

    def put(self, area: str, key: str, payload: bytes) -> None:
        """Stores an entry whole; two writers of one key write the same bytes, so the last one may win."""
        _write_sealed(self._path(area, key), payload)

    def shards(self, outputs: Path) -> ShardCache:
        """Returns the cache of the shards in a stage's output folder.

        Shards of an experiment's copy of the checkout lie in the copy, which DVC removes when the experiment ends:
        nobody would ask for them later.
        """
        copy = experiment_copy(outputs)
        root = own_cache(copy[0]) if copy else self.root
        return ShardCache(root / "kept" / fingerprint(str(outputs.resolve()))[:16])

    def _path(self, area: str, key: str) -> Path:
        return self.root / area / key[:2] / key


@dataclass(frozen=True)
class ShardCache:
    """The shards of one stage in one checkout."""

    root: Path

    def get_or_build(
        self,
        name: str,
        key: str,
        paths: Sequence[Path],
        build: Callable[[], Any],
        is_repeatable: Callable[[Any], bool] = lambda _: True,
    ) -> Any:
        """Puts a shard's files in place, from the cache if they were built from the same inputs.

        Args:
            name: The shard's name within its stage (``train/00007``).
            key: Identifies everything that files and result depend on.
            paths: The files.
            build: Writes them; its result must survive a round trip through JSON.
            is_repeatable: Takes the result and says whether another build would give the same files.

        Returns:
            The result of ``build``, now or then.
        """
        copies = [self.root / f"{name}.{number}" for number in range(len(paths))]
        record = self.root / f"{name}.json"
        stored = _read_sealed(record)
        if stored is not None:
            stored_key, digests, result = json.loads(stored)
            if stored_key == key and digests == _digests(copies):
                for source, target in zip(copies, paths, strict=True):
                    _link(source, target)
                return result
        result = build()
        if is_repeatable(result):
            for source, target in zip(paths, copies, strict=True):
                _link(source, target)
            _write_sealed(record, json.dumps([key, _digests(paths), result]).encode())
        return result


def _write_sealed(path: Path, payload: bytes) -> None:
    """Writes bytes after their own hash."""
    write_bytes(path, hashlib.sha256(payload).digest() + payload)


def _read_sealed(path: Path) -> bytes | None:
    """Reads the bytes of ``_write_sealed``; None if there are none or they do not match their hash."""
    try:
        stored = path.read_bytes()
    except FileNotFoundError:
        return None
    digest, payload = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
    return payload if hashlib.sha256(payload).digest() == digest else None


def _digests(paths: Sequence[Path]) -> list[str] | None:
    try:
        return [file_digest(path) for path in paths]
    except FileNotFoundError:
        return None


def _link(source: Path, target: Path) -> None:
    """Hard-links a file; copies it if there are no hard links or the two are on different disks."""
    if is_remote(source) or is_remote(target):
        copy(source, target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        temporary.hardlink_to(source)
    except OSError:
        shutil.copy2(source, temporary)
    temporary.replace(target)
