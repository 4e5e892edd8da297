"""A content-keyed cache of per-image work, ignored by git and DVC.

DVC caches whole stage outputs; this cache is what makes one more row cost one more row and lets a killed run go on.
A key names everything the result depends on (content hash, parameters, versions, source of the code), so an entry is
never stale, only unused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagequant.core.files import write_bytes
from imagequant.core.locations import is_remote

_DIGEST_BYTES = 32


def fingerprint(*parts: Any) -> str:
    """A hash of JSON-able values: the same values, the same key, on every machine."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class WorkCache:
    """Bytes under keys in ``root/<area>/``. Entries carry their own hash; a damaged one counts as absent."""

    root: Path

    @property
    def is_local(self) -> bool:
        """Whether it lies on this machine, not in a store."""
        return not is_remote(self.root)

    def _path(self, area: str, key: str) -> Path:
        return self.root / area / key[:2] / key

    def get(self, area: str, key: str) -> bytes | None:
        """The entry, or None where there is none or it is damaged."""
        try:
            stored = self._path(area, key).read_bytes()
        except FileNotFoundError:
            return None
        digest, payload = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        return payload if hashlib.sha256(payload).digest() == digest else None

    def put(self, area: str, key: str, payload: bytes) -> None:
        """Stores an entry whole; two writers of one key write the same bytes, so the last one may win."""
        write_bytes(self._path(area, key), hashlib.sha256(payload).digest() + payload)
