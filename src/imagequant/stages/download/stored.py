"""What is known without a network: links without an image, bodies in the work cache, local files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from imagequant.stages.download.links import local_path
from imagequant.stages.download.local_files import LocalFiles
from imagequant.stages.download.outcome import FetchError, Outcome, judge
from imagequant.stages.download.web import web_url
from imagequant.storage.shards import chunks
from imagequant.storage.work_cache import WorkCache, fingerprint

CACHE_AREA = "download"
_THREADS = 8
_LINKS_AT_ONCE = 4096


def cache_key(url: str) -> str:
    """The work cache's key of a web URL's body."""
    return fingerprint("body", url)


def read_payload(url: str, cache: WorkCache) -> bytes | None:
    """The bytes of a link that was fetched, or None where they are gone."""
    path = local_path(url)
    if path is None:
        return cache.get(CACHE_AREA, cache_key(url))
    try:
        return path.read_bytes()
    except OSError:
        return None


def stored_outcome(url: str, cache: WorkCache, local: LocalFiles, max_bytes: int) -> Outcome | None:
    """What a resolved link comes to, or None where only its server knows."""
    try:
        if not url:
            raise FetchError("empty_link", "the row has no link")
        path = local_path(url)
        if path is not None:
            return local.judge(path, max_bytes)
        web_url(url)
        payload = cache.get(CACHE_AREA, cache_key(url))
        return None if payload is None else judge(payload, max_bytes)
    except FetchError as error:
        return error.failure


def stored_outcomes(
    urls: Sequence[str], cache: WorkCache, local: LocalFiles, max_bytes: int
) -> Iterator[tuple[str, Outcome]]:
    """What of the links is known without a network, and what they come to."""
    look = partial(stored_outcome, cache=cache, local=local, max_bytes=max_bytes)
    # Threads for file systems that answer late; taken in parts, so that millions of links are no queue.
    with ThreadPoolExecutor(_THREADS) as pool:
        for part in chunks(urls, _LINKS_AT_ONCE):
            for url, outcome in zip(part, pool.map(look, part), strict=True):
                if outcome is not None:
                    yield url, outcome
