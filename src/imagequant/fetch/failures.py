"""Links that failed for good: the next run does not ask for them again, since nothing it could get would differ.

What decides is part of an entry's key, so that other parameters and other code ask anew. To have all asked again,
remove the folder ``AREA`` of the work cache.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib.metadata import version

from imagequant.fetch import outcome
from imagequant.fetch.outcome import Failed
from imagequant.params import DownloadParams
from imagequant.storage.code import code_fingerprint
from imagequant.storage.work_cache import WorkCache, fingerprint

AREA = "download-failed"


@dataclass(frozen=True)
class KnownFailures:
    """The failures of earlier runs, of this one too.

    Attributes:
        cache: Where they are.
        rules: The parameters that decide whether a link fails.
    """

    cache: WorkCache
    rules: tuple[object, ...] = field(repr=False)

    @classmethod
    def of(cls, cache: WorkCache, params: DownloadParams) -> KnownFailures:
        """Those under such parameters."""
        return cls(cache, (params.max_bytes, sorted(params.schemes), sorted(params.hosts)))

    def get(self, url: str) -> Failed | None:
        """How a link failed, if it did for good."""
        if not self._are_there:
            return None
        stored = self.cache.get(AREA, self._key(url))
        return None if stored is None else Failed(**json.loads(stored))

    def note(self, url: str, failure: Failed) -> None:
        """Notes that a link failed for good."""
        self.cache.put(AREA, self._key(url), json.dumps(asdict(failure)).encode())

    @cached_property
    def _are_there(self) -> bool:
        # One look instead of one a link where nothing ever failed, as in a first run.
        return (self.cache.root / AREA).exists()

    def _key(self, url: str) -> str:
        return fingerprint("failure", url, self.rules, _code())


@cache
def _code() -> str:
    return fingerprint(
        code_fingerprint(outcome.__name__, "imagequant.fetch.web"),
        version("pillow"),
    )
