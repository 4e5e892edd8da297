"""From outcomes to shards and manifest rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from imagequant.errors import InputError
from imagequant.stages.download.links import Link
from imagequant.stages.download.outcome import Failed, Fetched, Outcome
from imagequant.stages.download.stored import read_payload
from imagequant.storage.manifest import FAILED, OK, ManifestRow
from imagequant.storage.shards import chunks, shard_path
from imagequant.storage.tars import write_tar
from imagequant.storage.work_cache import WorkCache

# (content hash, link to read it from)
Member = tuple[str, str]


def plan_shards(urls: Sequence[str], outcomes: Mapping[str, Outcome], shard_size: int) -> list[list[Member]]:
    """Which contents go into which shard: each once, in the shard of the first link that gave it.

    Shards are cut by links, failed ones counted in, so that rows appended to the raw file leave full shards alone.
    """
    seen: set[str] = set()
    shards: list[list[Member]] = []
    for chunk in chunks(urls, shard_size):
        members: list[Member] = []
        for url in chunk:
            outcome = outcomes[url]
            if isinstance(outcome, Fetched) and outcome.sha256 not in seen:
                seen.add(outcome.sha256)
                members.append((outcome.sha256, url))
        shards.append(members)
    return shards


def write_shard(folder: Path, number: int, members: Sequence[Member], cache: WorkCache) -> None:
    """Writes one tar, one image in memory at a time.

    Raises:
        InputError: If an image was changed or removed since it was fetched.
    """
    write_tar(shard_path(folder, number, "tar"), _payloads(members, cache))


def _payloads(members: Sequence[Member], cache: WorkCache) -> Iterator[tuple[str, bytes]]:
    for sha256, url in members:
        payload = read_payload(url, cache)
        if payload is None or hashlib.sha256(payload).hexdigest() != sha256:
            raise InputError(f"{url}: changed or removed while it was being packed; run download again")
        yield sha256, payload


def manifest_rows(
    links: Sequence[Link], outcomes: Mapping[str, Outcome], shards: Sequence[Sequence[Member]]
) -> Iterator[ManifestRow]:
    """One row a link, in the links' order."""
    shard_of = {sha256: number for number, members in enumerate(shards) for sha256, _ in members}
    return (_row(link, outcomes[link.url], shard_of) for link in links)


def _row(link: Link, outcome: Outcome, shard_of: Mapping[str, int]) -> ManifestRow:
    if isinstance(outcome, Failed):
        return ManifestRow(
            link.source, link.image_link, FAILED, outcome.reason, outcome.detail, "", 0, 0, "", 0, shard=-1
        )
    return ManifestRow(
        link.source,
        link.image_link,
        OK,
        "",
        "",
        outcome.sha256,
        outcome.width,
        outcome.height,
        outcome.format,
        outcome.bytes,
        shard_of[outcome.sha256],
    )
