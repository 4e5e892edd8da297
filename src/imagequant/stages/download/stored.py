"""What is known without asking a web server: links without an image, bodies in the work cache, files and objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from imagequant.stages.download.links import local_path, store_path
from imagequant.stages.download.local_files import LocalFiles
from imagequant.stages.download.outcome import Fetched, FetchError, Outcome, judge, too_large
from imagequant.stages.download.web import web_url
from imagequant.storage.locations import store_errors
from imagequant.storage.shards import chunks
from imagequant.storage.work_cache import WorkCache, fingerprint

CACHE_AREA = "download"
_THREADS = 8
_LINKS_A_TASK = 64
_TASKS_AT_ONCE = 64


def cache_key(url: str) -> str:
    """The work cache's key of a web URL's body."""
    return fingerprint("body", url)


def read_payload(url: str, cache: WorkCache) -> bytes | None:
    """The bytes of a link that was fetched, or None where they are gone."""
    path = local_path(url) or store_path(url)
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
        stored = store_path(url) if url.partition("://")[0] in local.stores else None
        if stored is not None:
            return judge_object(stored, max_bytes)
        web_url(url)
        payload = cache.get(CACHE_AREA, cache_key(url))
        return None if payload is None else judge(payload, max_bytes)
    except FetchError as error:
        return error.failure


def judge_object(path: Path, max_bytes: int) -> Fetched:
    """Checks an image in an object store.

    Raises:
        FetchError: If it is missing, unreadable, too large or no image.
    """
    try:
        if path.stat().st_size > max_bytes:
            raise too_large(max_bytes)
        payload = path.read_bytes()
    except FileNotFoundError:
        raise FetchError("missing_file", "no such object") from None
    except store_errors() as error:
        raise FetchError("unreadable_file", type(error).__name__) from None
    return judge(payload, max_bytes)


def stored_outcomes(
    urls: Sequence[str], cache: WorkCache, local: LocalFiles, max_bytes: int
) -> Iterator[tuple[str, Outcome]]:
    """What of the links is known without asking a web server, and what they come to."""

    def look(part: Sequence[str]) -> list[tuple[str, Outcome]]:
        outcomes = ((url, stored_outcome(url, cache, local, max_bytes)) for url in part)
        return [(url, outcome) for url, outcome in outcomes if outcome is not None]

    # Threads for file systems that answer late. Handing a link over takes as long as looking, so they get some at a
    # time, and not all of millions at once.
    with ThreadPoolExecutor(_THREADS) as pool:
        for some in chunks(list(chunks(urls, _LINKS_A_TASK)), _TASKS_AT_ONCE):
            for found in pool.map(look, some):
                yield from found
