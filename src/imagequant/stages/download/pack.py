"""Images into shards."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.fetch.offline import read_payload
from imagequant.stages.download.link_table import Member
from imagequant.storage.tars import write_tar
from imagequant.storage.work_cache import WorkCache


def write_shard(path: Path, members: Sequence[Member], cache: WorkCache) -> None:
    """Writes one tar, one image in memory at a time.

    Raises:
        InputError: If an image was changed or removed since it was fetched.
    """
    write_tar(path, _payloads(members, cache))


def _payloads(members: Sequence[Member], cache: WorkCache) -> Iterator[tuple[str, bytes]]:
    for member in members:
        payload = read_payload(member.url, cache)
        if payload is None or hashlib.sha256(payload).hexdigest() != member.sha256:
            raise InputError(f"{member.url}: changed or removed while it was being packed; run download again")
        yield member.name, payload
