"""Fetches a few photos as the download stage does, but gives up sooner, because somebody waits."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from imagequant.core.locations import store_errors
from imagequant.fetch.fetch import fetch_listed
from imagequant.fetch.links import store_path
from imagequant.fetch.offline import read_payload
from imagequant.fetch.outcome import FetchError, FetchFailure, Outcome
from imagequant.fetch.pace import LocalPace
from imagequant.fetch.web import host_of, web_url
from imagequant.params import FetchParams
from imagequant.storage.work_cache import WorkCache

_PARAMS = FetchParams(
    connections=8,
    connections_per_host=4,
    rate=0.0,
    timeout=15.0,
    attempts=3,
    backoff=0.5,
    backoff_max=5.0,
    max_bytes=50_000_000,
    schemes=("https", "http"),
    hosts=(),
    folders=(),
)


def fetch(links: Mapping[str, bool]) -> dict[str, bytes | str]:
    """Fetches photos from web servers and object stores.

    Args:
        links: Resolved links; for each whether it is trusted. A trusted link may be read from an object store, with
            the credentials of whoever runs this, and from a host that is not public.

    Returns:
        For each link the file's bytes, or one line that says why there are none.
    """
    objects = {url: path for url in links if (path := store_path(url)) is not None}
    results: dict[str, bytes | str] = {
        url: _from_store(path) if links[url] else "neither named by you nor in the folder of the file that names it"
        for url, path in objects.items()
    }
    return results | _from_servers({url: is_trusted for url, is_trusted in links.items() if url not in objects})


def _from_store(path: Path) -> bytes | str:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return "no such object"
    except store_errors() as error:
        return " ".join(str(error).split()) or type(error).__name__


def _from_servers(links: Mapping[str, bool]) -> dict[str, bytes | str]:
    outcomes: dict[str, Outcome] = {}
    hosts: dict[str, list[str]] = {}
    named: set[str] = set()
    for url, is_trusted in links.items():
        try:
            target = web_url(url)
        except FetchError as error:
            outcomes[url] = error.failure
            continue
        hosts.setdefault(host_of(target), []).append(url)
        if is_trusted and target.host:
            named.add(target.host)
    params = replace(_PARAMS, hosts=tuple(sorted(named)))
    with tempfile.TemporaryDirectory(prefix="imagequant-") as folder:
        cache = WorkCache(Path(folder))
        if hosts:
            outcomes |= fetch_listed(hosts, params, cache, LocalPace(params.rate))
        return {
            url: f"{outcome.detail} ({outcome.reason})"
            if isinstance(outcome, FetchFailure)
            else read_payload(url, cache) or "gone while it was read"
            for url, outcome in outcomes.items()
        }
