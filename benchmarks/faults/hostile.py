"""The ``download`` stage against a hostile web: what arrives, what each fault is called, what is asked for again."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.faults.faults import MAX_BYTES, image
from benchmarks.faults.hostile_server import HOSTS, HostileServer, hostile_server
from benchmarks.faults.kinds import BAD, GOOD, KINDS
from benchmarks.speed.harness import ROOT
from benchmarks.speed.peaks import peak_of
from imagequant.core.files import write_csv, write_json
from imagequant.storage.layout import SPLITS, Layout, list_shards
from imagequant.storage.manifest import ManifestRow, iterate_manifest
from imagequant.storage.tars import read_tar

LINKS = 12_000
SLOW_OF_A_KIND = 16
SETTINGS: dict[str, object] = {
    "connections": 64,
    "connections_per_host": 16,
    "timeout": 2.0,
    "attempts": 3,
    "backoff": 0.05,
    "backoff_max": 0.5,
    "max_bytes": MAX_BYTES,
    "hosts": ["127.0.0.0/8"],
}


@dataclass(frozen=True)
class Link:
    """A link of the hostile web: its kind, its number, its text."""

    kind: str
    number: int
    text: str


@dataclass(frozen=True)
class Run:
    """What a run of the stage left, and how often each path was asked for in it."""

    rows: list[ManifestRow]
    asked: Counter[str]


def measure(scratch: Path) -> dict[str, Any]:
    """Two runs of the stage on the same links, and what came of them: counts, the same every time."""
    with hostile_server(scratch) as server:
        links = list(make_links(server, LINKS, SLOW_OF_A_KIND))
        root = write_project(scratch / "project", links, SETTINGS)
        runs = [run(server, root, watched) for _ in range(2)]
    return counts(links, root, *runs)


def watched(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Runs a command to its end; says how long it took and how much memory."""
    started = time.monotonic()
    peak = peak_of(command, environment)
    print(f"  {time.monotonic() - started:.0f} s, {peak.main:.0f} MB at the most", file=sys.stderr, flush=True)


def make_links(server: HostileServer, count: int, slow: int) -> Iterator[Link]:
    """So many links, half of them good, all kinds mixed; so many of each kind that takes seconds."""
    kinds = [name for name, kind in KINDS.items() if kind.slow for _ in range(slow)]
    quick = [itertools.cycle(name for name, kind in part.items() if not kind.slow) for part in (GOOD, BAD)]
    kinds += [next(quick[number % 2]) for number in range(count - len(kinds))]
    random.Random(0).shuffle(kinds)
    for number, kind in enumerate(kinds):
        text = KINDS[kind].link
        parts = {**server.ports, "HOST": HOSTS[number % len(HOSTS)], "KIND": kind, "NUMBER": number}
        # Longest first: no name of a port is taken for a part of another.
        for part in sorted(parts, key=len, reverse=True):
            text = text.replace(part, str(parts[part]))
        yield Link(kind, number, text)


def write_project(root: Path, links: Sequence[Link], settings: Mapping[str, object]) -> Path:
    """A project whose raw files name the links, as the ``sources`` stage leaves it."""
    (root / "shop").mkdir(parents=True)
    sources = Layout(root).data("sources")
    train = ["image_link", "group_id", "entity_name", "entity_value"]
    write_csv(sources / "train" / "00-links.csv", train, [(link.text, "0", "width", "") for link in links])
    good = next(link.text for link in links if link.kind == "plain")
    test = ["index", "image_link", "group_id", "entity_name"]
    write_csv(sources / "test" / "00-links.csv", test, [("0", good, "0", "width")])
    write_json(sources / "sources.json", {split: {"00-links.csv": "shop/links.csv"} for split in SPLITS})
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["download"] |= settings
    (root / "params.yaml").write_text(yaml.safe_dump(params))
    return root


def run(server: HostileServer, root: Path, execute: Callable[[Sequence[str], Mapping[str, str]], object]) -> Run:
    """Runs the stage as users do, in a process of its own."""
    server.asked.clear()
    start = "from imagequant.cli import main; main()"
    command = [sys.executable, "-c", start, "download", f"--params={root / 'params.yaml'}", f"--root={root}"]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "IMAGEQUANT_CACHE": str(root / "cache"),
        "SSL_CERT_FILE": str(server.authority),
        "NO_PROXY": "*",
        "no_proxy": "*",
    }
    execute(command, environment)
    return Run(list(iterate_manifest(Layout(root).data("download") / "train")), server.asked.copy())


def counts(links: Sequence[Link], root: Path, one: Run, two: Run) -> dict[str, Any]:
    """What must be so, counted."""
    rows = {row.image_link: row for row in one.rows}
    stored = _stored(root)
    good = [link for link in links if link.kind in GOOD]
    bad = [link for link in links if link.kind in BAD]
    right = [link for link in bad if rows[link.text].reason == KINDS[link.kind].reason]
    whole = [link for link in good if hashlib.sha256(image(link.number)).hexdigest() in stored]
    wrong = Counter(f"{link.kind}: {rows[link.text].reason or 'ok'}" for link in {*links} - {*right} - {*whole})
    again = Counter(path.split("/")[1] for path in two.asked)
    return {
        "links": len(links),
        "kinds_good": len({link.kind for link in good}),
        "kinds_of_fault": len({link.kind for link in bad}),
        "reasons": len({rows[link.text].reason for link in bad}),
        "good": len(good),
        "good_byte_for_byte": len(whole),
        "faults": len(bad),
        "faults_with_the_right_reason": len(right),
        "wrong": dict(sorted(wrong.items())),
        "asked_in_vain_by_the_next_run": sum(
            count for kind, count in again.items() if kind in GOOD or KINDS[kind].lasting
        ),
        "asked_by_the_next_run": sum(again.values()),
        "could_pass_by_the_next_run": sum(
            not KINDS[link.kind].lasting and KINDS[link.kind].answer is not None for link in bad
        ),
        "changed_by_the_next_run": sum(before != after for before, after in zip(one.rows, two.rows, strict=True)),
    }


def _stored(root: Path) -> set[str]:
    """The hashes of all images in the tars."""
    folder = Layout(root).data("download") / "train"
    return {hashlib.sha256(payload).hexdigest() for tar in list_shards(folder, "tar") for _, payload in read_tar(tar)}
