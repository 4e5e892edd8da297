"""``data/sources/<split>`` -> ``data/download/<split>/{00000.tar, ..., manifest.parquet}``."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import cast

from imagequant.engine import track
from imagequant.errors import InputError
from imagequant.layout import SPLITS, Layout, Split
from imagequant.params import DownloadParams, Params
from imagequant.stages.download.fetch import fetch_all
from imagequant.stages.download.links import distinct_links, distinct_urls
from imagequant.stages.download.outcome import Failed, Outcome
from imagequant.stages.download.pace import LocalPace
from imagequant.stages.download.pack import manifest_rows, plan_shards, write_shard
from imagequant.stages.download.stored import stored_outcome
from imagequant.storage.files import fresh_folder
from imagequant.storage.kept_shards import KeptShards
from imagequant.storage.manifest import write_manifest
from imagequant.storage.raw import RawRow, read_raw
from imagequant.storage.shards import shard_path
from imagequant.storage.work_cache import WorkCache, fingerprint


def run(params: Params, layout: Layout) -> None:
    """Fetches the images of both splits."""
    fresh_folder(layout.data("download"))
    for split in SPLITS:
        download_rows(read_raw(layout.data("sources"), split), split, params.download, layout)


def download_rows(rows: Sequence[RawRow], split: Split, params: DownloadParams, layout: Layout) -> None:
    """Fetches the images of one split's rows, packs them and says on stderr what failed.

    Raises:
        InputError: If rows have links and not one of them gave an image.
    """
    cache = WorkCache(layout.work_cache)
    links = distinct_links(rows)
    urls = distinct_urls(links)
    outcomes = _fetch_tracked(urls, params, cache, f"download {split}")
    print(f"download {split}: {summary(urls, outcomes)}", file=sys.stderr)
    _refuse_total_failure(split, outcomes)

    folder = fresh_folder(layout.data("download") / split)
    kept = KeptShards.of(cache, layout.data("download"))
    shards = plan_shards(urls, outcomes, params.shard_size)
    for number, members in enumerate(track(shards, len(shards), f"pack {split}")):
        path = shard_path(folder, number, "tar")
        key = fingerprint([sha256 for sha256, _ in members])
        build = partial(write_shard, folder, number, members, cache)
        kept.keep_or_build(f"{split}/{path.stem}", key, [path], build)
    write_manifest(folder, manifest_rows(links, outcomes, shards))


def _fetch_tracked(urls: Sequence[str], params: DownloadParams, cache: WorkCache, label: str) -> Mapping[str, Outcome]:
    # `track` counts an item as through when it is asked for the next; it is a generator, so closing it ends the bar.
    with closing(cast("Generator[int]", track(range(len(urls)), len(urls), label))) as progress:
        next(progress, None)
        found = {}
        for url in urls:
            outcome = stored_outcome(url, cache, params.max_bytes)
            if outcome is not None:
                found[url] = outcome
                next(progress, None)
        missing = [url for url in urls if url not in found]
        pace = LocalPace(params.rate)
        return found | asyncio.run(fetch_all(missing, params, cache, pace, on_done=lambda: next(progress, None)))


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
