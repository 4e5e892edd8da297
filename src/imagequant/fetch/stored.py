"""What is known without asking a web server: links without an image, bodies in the work cache, files and objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from imagequant.core.iteration import chunks
from imagequant.core.locations import store_errors
from imagequant.fetch.allowed import Allowed
from imagequant.fetch.failures import KnownFailures
from imagequant.fetch.folders import OUTSIDE, Folders
from imagequant.fetch.links import local_path, store_path
from imagequant.fetch.local_files import FileState, Seen, judge_file
from imagequant.fetch.outcome import Fetched, FetchError, Outcome, judge, refused_path, too_large
from imagequant.fetch.web import host_of, web_url
from imagequant.params import DownloadParams
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


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a link without asking a web server.

    Attributes:
        url: The link.
        outcome: What it comes to; None where only its server knows.
        state: Of a local file that can be known again, how it was found.
        remembered: Whether the outcome is a failure that its server would be asked about, had no run done so before.
        host: The server to ask, where there is no outcome.
    """

    url: str
    outcome: Outcome | None
    state: FileState | None = None
    remembered: bool = False
    host: str = ""


@dataclass(frozen=True)
class Stored:
    """Looks for links without asking a web server; threads may share it.

    Attributes:
        cache: Where bodies are.
        max_bytes: Limit of an image's size.
        folders: Where files may be read.
        allowed: Which web links may be asked for. Those that may not are refused though an earlier run, which might,
            had got them.
        failures: Links that are not asked for again.
    """

    cache: WorkCache
    max_bytes: int
    folders: Folders
    allowed: Allowed
    failures: KnownFailures

    @classmethod
    def by(cls, params: DownloadParams, cache: WorkCache, folders: Folders | None = None) -> Stored:
        """As the parameters say; without ``folders`` for web links only."""
        return cls(cache, params.max_bytes, folders or Folders(), Allowed.by(params), KnownFailures.of(cache, params))

    def look(self, url: str, seen: Seen | None = None) -> Found:
        """Looks for a resolved link; ``seen`` is the local file as an earlier run found it."""
        try:
            if not url:
                raise FetchError("empty_link", "the row has no link")
            if url.startswith(OUTSIDE):
                raise refused_path()
            path = local_path(url)
            if path is not None:
                if not self.folders.has(path):
                    raise refused_path()
                return Found(url, *judge_file(path, self.max_bytes, seen))
            stored = store_path(url)
            if stored is not None:
                return Found(url, judge_object(stored, self.max_bytes))
            target = web_url(url)
            self.allowed.check(target)
            payload = self.cache.get(CACHE_AREA, cache_key(url))
            if payload is not None:
                return Found(url, judge(payload, self.max_bytes))
            failure = self.failures.get(url)
            return Found(url, failure, remembered=failure is not None, host=host_of(target))
        except FetchError as error:
            return Found(url, error.failure)

    def look_for(
        self, urls: Iterable[str], known: Callable[[Sequence[str]], Mapping[str, Seen]] = lambda _: {}
    ) -> Iterator[Found]:
        """Looks for links, in their order; ``known`` says what of some an earlier run found."""

        def look(task: tuple[Sequence[str], Mapping[str, Seen]]) -> list[Found]:
            some, seen = task
            return [self.look(url, seen.get(url)) for url in some]

        # Threads for file systems that answer late. Handing a link over takes as long as looking, so they get some at
        # a time, and not all of millions at once.
        with ThreadPoolExecutor(_THREADS) as pool:
            for tasks in chunks(chunks(urls, _LINKS_A_TASK), _TASKS_AT_ONCE):
                for found in pool.map(look, [(some, known(some)) for some in tasks]):
                    yield from found


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
