"""``data/sources/<split>`` -> ``data/download/<split>/{00000.tar, ..., manifest.parquet}``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import cast

from imagequant.engine import require_ray, track
from imagequant.errors import InputError
from imagequant.layout import SPLITS, Layout, Split
from imagequant.params import DownloadParams, EngineParams, Params
from imagequant.stages.download.fetch import fetch_links
from imagequant.stages.download.links import distinct_links, distinct_urls
from imagequant.stages.download.local_files import LocalFiles
from imagequant.stages.download.outcome import Failed, Outcome
from imagequant.stages.download.pace import LocalPace
from imagequant.stages.download.pack import manifest_rows, plan_shards, write_shard
from imagequant.stages.download.stored import stored_outcomes
from imagequant.storage.files import fresh_folder
from imagequant.storage.kept_shards import KeptShards
from imagequant.storage.locations import store_of
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
    stores = {store_of(layout.root)}
    links = distinct_links(_noting_stores(rows, stores))
    urls = distinct_urls(links)
    kept = KeptShards.of(cache, layout.data("download"))
    index = kept.root / f"{split}-local.parquet"
    local = LocalFiles.from_index(index, stores)
    outcomes = _fetch(urls, params, engine, cache, local, f"download {split}")
    local.write_index(index)
    print(f"download {split}: {summary(urls, outcomes)}", file=sys.stderr)
    _refuse_total_failure(split, outcomes)

    folder = fresh_folder(layout.data("download") / split)
    shards = plan_shards(urls, outcomes, params.shard_size)
    for number, members in enumerate(track(shards, len(shards), f"pack {split}")):
        path = shard_path(folder, number, "tar")
        key = fingerprint([sha256 for sha256, _ in members])
        build = partial(write_shard, folder, number, members, cache)
        kept.keep_or_build(f"{split}/{path.stem}", key, [path], build)
    write_manifest(folder, manifest_rows(links, outcomes, shards))


def _noting_stores(rows: Iterable[RawRow], stores: set[str]) -> Iterator[RawRow]:
    """The rows as they come; adds the object stores that their files lie in."""
    for row in rows:
        stores.add(store_of(row.origin))
        yield row


def _fetch(
    urls: Sequence[str], params: DownloadParams, engine: EngineParams, cache: WorkCache, local: LocalFiles, label: str
) -> Mapping[str, Outcome]:
    """The outcome of each link. One process is enough for a network, unless there are others on other machines."""
    if engine.name != "ray":
        return _fetch_here(urls, params, cache, local, label)
    # Here first: only this machine need have the local files, and a run with nothing to ask for needs no cluster.
    found = dict(stored_outcomes(urls, cache, local, params.max_bytes))
    missing = [url for url in urls if url not in found]
    if not missing:
        return found
    require_ray()
    from imagequant.stages.download.on_ray import fetch_over_ray  # noqa: PLC0415  (an extra, and a second to load)

    return found | fetch_over_ray(missing, params, cache, engine, label)


def _fetch_here(
    urls: Sequence[str], params: DownloadParams, cache: WorkCache, local: LocalFiles, label: str
) -> Mapping[str, Outcome]:
    # `track` counts an item as through when it is asked for the next; it is a generator, so closing it ends the bar.
    with closing(cast("Generator[int]", track(range(len(urls)), len(urls), label))) as progress:
        next(progress, None)
        pace = LocalPace(params.rate)
        return fetch_links(urls, params, cache, local, pace, on_done=lambda: next(progress, None))


def summary(urls: Sequence[str], outcomes: Mapping[str, Outcome]) -> str:
    """``98 of 100 links ok; failed: http_404 1, timeout 1``."""
    reasons = _reasons(outcomes)
    text = f"{len(urls) - reasons.total()} of {len(urls)} links ok"
    if reasons:
        # The commonest first, names decide ties.
        parts = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        text += "; failed: " + ", ".join(f"{reason} {count}" for reason, count in parts)
    return text


def _refuse_total_failure(split: Split, outcomes: Mapping[str, Outcome]) -> None:
    reasons = _reasons(outcomes)
    if not outcomes or reasons.total() < len(outcomes):
        return
    reason, count = min(reasons.items(), key=lambda item: (-item[1], item[0]))
    detail = next(o.detail for o in outcomes.values() if isinstance(o, Failed) and o.reason == reason)
    raise InputError(
        f"data.{split}: none of {len(outcomes)} image links gave an image, most often ({count}) for {reason}: {detail}"
    )


def _reasons(outcomes: Mapping[str, Outcome]) -> Counter[str]:
    return Counter(outcome.reason for outcome in outcomes.values() if isinstance(outcome, Failed))
