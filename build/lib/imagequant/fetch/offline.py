"""Outcomes that need no web server: invalid links, what the work cache holds, local files, objects in stores."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

from imagequant.core.iteration import chunks
from imagequant.core.locations import store_errors
from imagequant.fetch import outcome, web
from imagequant.fetch.links import OUTSIDE, AccessRules, Folders, local_path, store_path
from imagequant.fetch.local_files import FileRecord, FileState, check_file
from imagequant.fetch.outcome import (
    FetchedImage,
    FetchError,
    FetchFailure,
    Outcome,
    check_image,
    refused_path,
    too_large,
)
from imagequant.fetch.web import host_of, web_url
from imagequant.params import FetchParams
from imagequant.storage.code import code_fingerprint
from imagequant.storage.work_cache import WorkCache, fingerprint

CACHE_AREA = "download"
# Permanent failures: the next run does not request these links again, because the outcome would be the same. The rules
# that decide are part of an entry's key, so other parameters and other code request the links again. To request all of
# them again, remove this folder of the work cache.
FAILURES_AREA = "download-failed"
_THREADS = 8
_LINKS_PER_TASK = 64
_BATCH_SIZE = 64


class KnownFailures:
    """Permanent failures of this run and earlier ones, under the rules of section ``download``."""

    def __init__(self, cache: WorkCache, params: FetchParams) -> None:
        self._cache = cache
        self._rules = (params.max_bytes, sorted(params.schemes), sorted(params.hosts))

    def get(self, url: str) -> FetchFailure | None:
        """Returns the permanent failure of a link, if there is one."""
        if not self._is_any:
            return None
        stored = self._cache.get(FAILURES_AREA, self._key(url))
        return None if stored is None else FetchFailure(**json.loads(stored))

    def note(self, url: str, failure: FetchFailure) -> None:
        """Stores the permanent failure of a link."""
        self._cache.put(FAILURES_AREA, self._key(url), json.dumps(asdict(failure)).encode())

    @cached_property
    def _is_any(self) -> bool:
        # Looked up once, not per link: in a first run there are none.
        return self._cache.has(FAILURES_AREA)

    def _key(self, url: str) -> str:
        return fingerprint("failure", url, self._rules, _code())


@cache
def _code() -> str:
    return fingerprint(code_fingerprint(outcome.__name__, web.__name__), version("pillow"))


def cache_key(url: str) -> str:
    """Returns the work cache's key for the body of a web URL."""
    return fingerprint("body", url)


def read_payload(url: str, cache: WorkCache) -> bytes | None:
    """Returns the bytes of a link that was fetched, or None if they are gone."""
    path = local_path(url) or store_path(url)
    if path is None:
        return cache.get(CACHE_AREA, cache_key(url))
    try:
        return path.read_bytes()
    except OSError:
        return None


@dataclass(frozen=True, slots=True)
class OfflineResult:
    """The outcome of a link as far as it is known without its web server: None if ``host`` has to be asked.

    ``state`` is that of a local file that can be recognised later. A known failure is one of an earlier run.
    """

    url: str
    outcome: Outcome | None
    state: FileState | None = None
    is_known_failure: bool = False
    host: str = ""


class OfflineLookup:
    """Looks up links without a web server, under the rules of section ``download``; threads may share it.

    Refused links are refused even if an earlier run with other rules fetched them.
    """

    def __init__(self, params: FetchParams, cache: WorkCache, folders: Folders | None = None) -> None:
        """Without ``folders`` it is for web links only."""
        self._cache = cache
        self._max_bytes = params.max_bytes
        self._folders = folders or Folders()
        self._access = AccessRules(params)
        self._failures = KnownFailures(cache, params)

    def find(self, url: str, known: FileRecord | None = None) -> OfflineResult:
        """Looks up a resolved link; ``known`` is an earlier run's record of the local file."""
        try:
            if not url:
                raise FetchError("empty_link", "the row has no link")
            if url.startswith(OUTSIDE):
                raise refused_path()
            path = local_path(url)
            if path is not None:
                if not self._folders.has(path):
                    raise refused_path()
                return OfflineResult(url, *check_file(path, self._max_bytes, known))
            stored = store_path(url)
            if stored is not None:
                return OfflineResult(url, check_object(stored, self._max_bytes))
            target = web_url(url)
            self._access.check(target)
            payload = self._cache.get(CACHE_AREA, cache_key(url))
            if payload is not None:
                return OfflineResult(url, check_image(payload, self._max_bytes))
            failure = self._failures.get(url)
            return OfflineResult(url, failure, is_known_failure=failure is not None, host=host_of(target))
        except FetchError as error:
            return OfflineResult(url, error.failure)

    def find_all(
        self, urls: Iterable[str], known: Callable[[Sequence[str]], Mapping[str, FileRecord]] = lambda _: {}
    ) -> Iterator[OfflineResult]:
        """Looks up links, in their order; ``known`` returns an earlier run's records of some links."""

        def find_some(task: tuple[Sequence[str], Mapping[str, FileRecord]]) -> list[OfflineResult]:
            some, records = task
            return [self.find(url, records.get(url)) for url in some]

        # Threads for slow file systems. Passing a link to a thread costs as much as looking it up, so a task has many
        # links; tasks are submitted in batches, because there may be millions.
        with ThreadPoolExecutor(_THREADS) as pool:
            for tasks in chunks(chunks(urls, _LINKS_PER_TASK), _BATCH_SIZE):
                for results in pool.map(find_some, [(some, known(some)) for some in tasks]):
                    yield from results


def check_object(path: Path, max_bytes: int) -> FetchedImage:
    """Checks an image in an object store."""
    try:
        if path.stat().st_size > max_bytes:
            raise too_large(max_bytes)
        payload = path.read_bytes()
    except FileNotFoundError:
        raise FetchError("missing_file", "no such object") from None
    except store_errors() as error:
        raise FetchError("unreadable_file", type(error).__name__) from None
    return check_image(payload, max_bytes)
