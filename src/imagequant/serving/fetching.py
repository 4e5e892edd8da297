"""Fetching a few photos as the download stage does, with less patience: somebody waits."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from imagequant.params import DownloadParams
from imagequant.stages.download.fetch import fetch_links
from imagequant.stages.download.outcome import Failed, Outcome
from imagequant.stages.download.pace import LocalPace
from imagequant.stages.download.stored import Stored, read_payload
from imagequant.stages.download.web import host_of, web_url
from imagequant.storage.work_cache import WorkCache

_PARAMS = DownloadParams(
    shard_size=1,
    connections=8,
    connections_per_host=4,
    rate=0.0,
    timeout=15.0,
    attempts=3,
    backoff=0.5,
    backoff_max=5.0,
    max_bytes=50_000_000,
)


def fetch(links: Mapping[str, str]) -> dict[str, bytes | str]:
    """Fetches photos from web servers and object stores.

    Args:
        links: Resolved links, and for each the scheme of the object store it may be read from.

    Returns:
        For each link the file's bytes, or why there are none in one line.
    """
    with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
        cache = WorkCache(Path(folder))
        found = {url: Stored(cache, _PARAMS.max_bytes, {store}).look(url).outcome for url, store in links.items()}
        outcomes = {url: outcome for url, outcome in found.items() if outcome is not None}
        outcomes |= _from_servers([url for url in links if url not in outcomes], cache)
        return {url: _payload(url, outcome, cache) for url, outcome in outcomes.items()}


def _from_servers(urls: list[str], cache: WorkCache) -> dict[str, Outcome]:
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(host_of(web_url(url)), []).append(url)
    outcomes: dict[str, Outcome] = {}
    if hosts:
        counts = {host: len(hosted) for host, hosted in hosts.items()}
        pace = LocalPace(_PARAMS.rate)
        fetch_links(counts, lambda host: iter(hosts[host]), _PARAMS, cache, pace, outcomes.__setitem__)
    return outcomes


def _payload(url: str, outcome: Outcome, cache: WorkCache) -> bytes | str:
    if isinstance(outcome, Failed):
        return f"{outcome.detail} ({outcome.reason})"
    return read_payload(url, cache) or "gone while it was read"
