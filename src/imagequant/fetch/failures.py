"""Permanent failures: the next run does not request these links again, because the outcome would be the same.

The rules that decide are part of an entry's key, so other parameters and other code request the links again. To request
all of them again, remove the folder ``AREA`` of the work cache.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache, cached_property
from importlib.metadata import version

from imagequant.fetch import outcome
from imagequant.fetch.outcome import FetchFailure
from imagequant.params import FetchParams
from imagequant.storage.code import code_fingerprint
from imagequant.storage.work_cache import WorkCache, fingerprint

AREA = "download-failed"


class KnownFailures:
    """Permanent failures of this run and earlier ones, under the rules of section ``download``."""

    def __init__(self, cache: WorkCache, params: FetchParams) -> None:
        self._cache = cache
        self._rules = (params.max_bytes, sorted(params.schemes), sorted(params.hosts))

    def get(self, url: str) -> FetchFailure | None:
        """Returns the permanent failure of a link, if there is one."""
        if not self._is_any:
            return None
        stored = self._cache.get(AREA, self._key(url))
        return None if stored is None else FetchFailure(**json.loads(stored))

    def note(self, url: str, failure: FetchFailure) -> None:
        """Stores the permanent failure of a link."""
        self._cache.put(AREA, self._key(url), json.dumps(asdict(failure)).encode())

    @cached_property
    def _is_any(self) -> bool:
        # Looked up once, not per link: in a first run there are none.
        return self._cache.has(AREA)

    def _key(self, url: str) -> str:
        return fingerprint("failure", url, self._rules, _code())


@cache
def _code() -> str:
    return fingerprint(
        code_fingerprint(outcome.__name__, "imagequant.fetch.web"),
        version("pillow"),
    )
