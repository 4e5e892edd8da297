"""Shards of the last run, kept outside of the outputs' folders: what has the same inputs is not made again.

DVC empties a stage's folder before it runs the stage. The shards are kept as second names of the same files (hard
links) in the work cache: they take no room of their own, and DVC, which knows files by inode and time, does not read
again what it has hashed before. One generation is kept.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagequant.core.files import file_digest, write_json
from imagequant.core.locations import copy, is_remote
from imagequant.storage.checkouts import experiment_copy, own_cache
from imagequant.storage.work_cache import WorkCache, fingerprint


@dataclass(frozen=True)
class KeptShards:
    """The shards of one stage in one checkout."""

    root: Path

    @classmethod
    def of(cls, cache: WorkCache, outputs: Path) -> KeptShards:
        """Where the shards of a stage's output folder are kept; checkouts may share the cache.

        Those of an experiment's copy lie in the copy, which goes when the experiment ends: nobody would ask for them.
        """
        copy = experiment_copy(outputs)
        root = own_cache(copy) if copy else cache.root
        return cls(root / "kept" / fingerprint(str(outputs.resolve()))[:16])

    def keep_or_build(
        self,
        name: str,
        key: str,
        paths: Sequence[Path],
        build: Callable[[], Any],
        worth_keeping: Callable[[Any], bool] = lambda _: True,
    ) -> Any:
        """Has a shard's files as they were made from the same inputs, or has them made.

        Args:
            name: The shard's, among its stage's (``train/00007``).
            key: Names everything that files and result depend on.
            paths: The files.
            build: Writes them; its result must be such that JSON gives it back as it was.
            worth_keeping: Whether files with this result would come out the same again.

        Returns:
            What ``build`` returned, now or then.
        """
        known = self._known(name, key, len(paths))
        if known is not None:
            for number, path in enumerate(paths):
                _link(self._file(name, number), path)
            return known["result"]
        result = build()
        if not worth_keeping(result):
            return result
        for number, path in enumerate(paths):
            _link(path, self._file(name, number))
        ledger = {"key": key, "files": [file_digest(path) for path in paths], "result": result}
        write_json(self._ledger(name), {"ledger": ledger, "sha256": fingerprint(ledger)})
        return result

    def _known(self, name: str, key: str, files: int) -> dict[str, Any] | None:
        """What is known of the shard if it was made under this key and is still as it was."""
        try:
            stored = json.loads(self._ledger(name).read_bytes())
            ledger: dict[str, Any] = stored["ledger"]
            same = (
                stored["sha256"] == fingerprint(ledger)
                and ledger["key"] == key
                and ledger["files"] == [file_digest(self._file(name, number)) for number in range(files)]
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError):  # ValueError: no JSON, or no UTF-8
            return None
        return ledger if same else None

    def _ledger(self, name: str) -> Path:
        return self.root / f"{name}.json"

    def _file(self, name: str, number: int) -> Path:
        return self.root / f"{name}.{number}"


def _link(source: Path, target: Path) -> None:
    """Gives a file a second name; a copy where there is no such thing, or the two lie apart."""
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
