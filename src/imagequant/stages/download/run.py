"""``data/sources/<split>`` -> ``data/download/<split>/{00000.tar, ..., manifest.parquet}``."""

import hashlib
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import cast

from imagequant.core.errors import InputError
from imagequant.core.files import fresh_folder
from imagequant.executor import require_ray, track
from imagequant.fetch.fetch import fetch_links
from imagequant.fetch.file_index import read_index, write_index
from imagequant.fetch.links import Folders
from imagequant.fetch.offline import FAILURES_AREA, OfflineLookup, read_payload
from imagequant.fetch.outcome import Outcome
from imagequant.fetch.pace import LocalPace
from imagequant.params import DownloadParams, ExecutorParams, Params
from imagequant.stages.download.link_table import LinkTable, Member
from imagequant.storage.layout import SPLITS, Layout, Split, shard_path
from imagequant.storage.manifest import MANIFEST, MANIFEST_NAME
from imagequant.storage.raw import RawRow, iterate_raw
from imagequant.storage.tars import write_tar
from imagequant.storage.work_cache import WorkCache, fingerprint


def run(params: Params, layout: Layout) -> None:
    """Fetches the images of both splits."""
    fresh_folder(layout.data("download"))
    for split in SPLITS:
        download_rows(iterate_raw(layout, split), split, params.download, params.executor, layout)


def download_rows(
    rows: Iterable[RawRow], split: Split, params: DownloadParams, executor: ExecutorParams, layout: Layout
) -> None:
    """Fetches the images of one split's rows, packs them and prints on stderr what failed."""
    cache = WorkCache(layout.work_cache)
    shard_cache = cache.shards(layout.data("download"))
    index = shard_cache.root / f"{split}-local.parquet"
    folders = Folders(params.folders, layout.root)
    with LinkTable(rows, folders.place_of) as table:
        table.add_known_files(read_index(index))
        known_failures = _look_up(table, OfflineLookup(params, cache, folders), f"find {split}")
        if not table.has_known_files_only():
            write_index(index, table.file_records())
        _fetch(table, params, executor, cache, f"download {split}")
        failed = table.failures()
        reasons = ", ".join(f"{reason} {count}" for reason, count in failed.items())
        summary = f"{len(table) - failed.total()} of {len(table)} links ok"
        print(f"download {split}: {summary}" + (f"; failed: {reasons}" if failed else ""), file=sys.stderr)
        if known_failures:
            print(
                f"download {split}: {known_failures} of them failed permanently in an earlier run and were not"
                f" requested again; to request them, remove {cache.root / FAILURES_AREA} and force the stage",
                file=sys.stderr,
            )
        if 0 < len(table) == failed.total():
            reason, count = next(iter(failed.items()))
            raise InputError(
                f"sources.{split}: none of {len(table)} image links gave an image, most often ({count}) for {reason}:"
                f" {table.detail(reason)}"
            )

        folder = fresh_folder(layout.data("download") / split)
        shards = table.assign_shards(params.shard_size)
        for number in track(range(shards), shards, f"pack {split}"):
            members = table.members(number)
            path = shard_path(folder, number, "tar")
            key = fingerprint([member.name for member in members])
            pack = partial(write_tar, path, _payloads(members, cache))
            shard_cache.get_or_build(f"{split}/{path.stem}", key, [path], pack)
        MANIFEST.write(folder / MANIFEST_NAME, table.manifest_rows())


def _look_up(table: LinkTable, lookup: OfflineLookup, label: str) -> int:
    """Records outcomes that need no web server and which links wait for one; returns the number of known failures."""
    known_failures = 0
    for result in track(lookup.find_all(table.urls(), table.known_files), len(table), label):
        if result.outcome is None:
            table.note_waiting(result.url, result.host)
        else:
            table.note(result.url, result.outcome, result.state)
            known_failures += result.is_known_failure
    return known_failures


def _fetch(table: LinkTable, params: DownloadParams, executor: ExecutorParams, cache: WorkCache, label: str) -> None:
    """Requests the waiting links. One process is enough for one network; Ray has more of both."""
    hosts = table.waiting_hosts()
    if not hosts:
        return
    if executor.name == "ray":
        require_ray()
        from imagequant.stages.download.on_ray import fetch_over_ray  # noqa: PLC0415  (an extra, and a second to load)

        fetch_over_ray(table, params, cache, executor, label)
        return
    links = sum(hosts.values())
    # `track` counts an item as done when the next one is requested; closing the generator ends the bar.
    with closing(cast("Generator[int]", track(range(links), links, label))) as progress:
        next(progress)

        def note(url: str, outcome: Outcome) -> None:
            table.note(url, outcome)
            next(progress, None)

        fetch_links(hosts, table.waiting_urls, params, cache, LocalPace(params.rate), note)


def _payloads(members: Sequence[Member], cache: WorkCache) -> Iterator[tuple[str, bytes]]:
    """Yields name and bytes of images, one in memory at a time; an error if one was changed since it was fetched."""
    for member in members:
        payload = read_payload(member.url, cache)
        if payload is None or hashlib.sha256(payload).hexdigest() != member.sha256:
            raise InputError(f"{member.url}: changed or removed while it was being packed; run download again")
        yield member.name, payload
