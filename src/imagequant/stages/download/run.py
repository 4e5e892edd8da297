"""``data/sources/<split>`` -> ``data/download/<split>/{00000.tar, ..., manifest.parquet}``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import closing
from functools import partial
from typing import cast

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder
from imagequant.executor import require_ray, track
from imagequant.fetch.failures import AREA as FAILURES
from imagequant.fetch.fetch import fetch_links
from imagequant.fetch.folders import Folders
from imagequant.fetch.local_files import read_index, write_index
from imagequant.fetch.outcome import Outcome
from imagequant.fetch.pace import LocalPace
from imagequant.fetch.stored import Stored
from imagequant.params import DownloadParams, EngineParams, Params
from imagequant.stages.download.ledger import Ledger
from imagequant.stages.download.pack import write_shard
from imagequant.storage.kept_shards import KeptShards
from imagequant.storage.layout import SPLITS, Layout, Split
from imagequant.storage.manifest import write_manifest
from imagequant.storage.raw import RawRow, iterate_raw
from imagequant.storage.shards import shard_path
from imagequant.storage.work_cache import WorkCache, fingerprint


def run(params: Params, layout: Layout) -> None:
    """Fetches the images of both splits."""
    fresh_folder(layout.data("download"))
    for split in SPLITS:
        download_rows(iterate_raw(layout, split), split, params.download, params.engine, layout)


def download_rows(
    rows: Iterable[RawRow], split: Split, params: DownloadParams, engine: EngineParams, layout: Layout
) -> None:
    """Fetches the images of one split's rows, packs them and says on stderr what failed.

    Raises:
        InputError: If rows have links and not one of them gave an image.
    """
    cache = WorkCache(layout.work_cache)
    kept = KeptShards.of(cache, layout.data("download"))
    index = kept.root / f"{split}-local.parquet"
    folders = Folders(params.folders, layout.root)
    with Ledger(rows, folders.place_of) as ledger:
        ledger.know(read_index(index))
        remembered = _look(ledger, Stored.by(params, cache, folders), f"find {split}")
        if not ledger.saw_the_same():
            write_index(index, ledger.seen())
        _fetch(ledger, params, engine, cache, f"download {split}")
        failed = ledger.failures()
        print(f"download {split}: {summary(len(ledger), failed)}", file=sys.stderr)
        if remembered:
            print(
                f"download {split}: {remembered} of them failed for good in an earlier run and were not asked for"
                f" again; to ask, remove {cache.root / FAILURES} and force the stage",
                file=sys.stderr,
            )
        if 0 < len(ledger) == failed.total():
            raise _total_failure(split, ledger)

        folder = fresh_folder(layout.data("download") / split)
        shards = ledger.assign_shards(params.shard_size)
        for number in track(range(shards), shards, f"pack {split}"):
            members = ledger.members(number)
            path = shard_path(folder, number, "tar")
            key = fingerprint([sha256 for sha256, _ in members])
            kept.keep_or_build(f"{split}/{path.stem}", key, [path], partial(write_shard, path, members, cache))
        write_manifest(folder, ledger.manifest_rows())


def _look(ledger: Ledger, stored: Stored, label: str) -> int:
    """Notes what is known without asking a web server; what is not, waits. Returns how many failures are remembered."""
    remembered = 0
    for found in track(stored.look_for(ledger.urls(), ledger.known), len(ledger), label):
        if found.outcome is None:
            ledger.note_waiting(found.url, found.host)
        else:
            ledger.note(found.url, found.outcome, found.state)
            remembered += found.remembered
    return remembered


def _fetch(ledger: Ledger, params: DownloadParams, engine: EngineParams, cache: WorkCache, label: str) -> None:
    """Asks servers for what waits. One process is enough for a network, unless there are others on other machines."""
    hosts = ledger.waiting_hosts()
    if not hosts:
        return
    if engine.name == "ray":
        require_ray()
        from imagequant.stages.download.on_ray import fetch_over_ray  # noqa: PLC0415  (an extra, and a second to load)

        fetch_over_ray(ledger, params, cache, engine, label)
        return
    links = sum(hosts.values())
    # `track` counts an item as through when it is asked for the next; it is a generator, so closing it ends the bar.
    with closing(cast("Generator[int]", track(range(links), links, label))) as progress:
        next(progress)

        def note(url: str, outcome: Outcome) -> None:
            ledger.note(url, outcome)
            next(progress, None)

        fetch_links(hosts, ledger.waiting_urls, params, cache, LocalPace(params.rate), note)


def summary(links: int, failed: Counter[str]) -> str:
    """``98 of 100 links ok; failed: http_404 1, timeout 1``."""
    text = f"{links - failed.total()} of {links} links ok"
    if failed:
        text += "; failed: " + ", ".join(f"{reason} {count}" for reason, count in failed.items())
    return text


def _total_failure(split: Split, ledger: Ledger) -> InputError:
    reason, count = next(iter(ledger.failures().items()))
    return InputError(
        f"data.{split}: none of {len(ledger)} image links gave an image, most often ({count}) for {reason}:"
        f" {ledger.detail(reason)}"
    )
