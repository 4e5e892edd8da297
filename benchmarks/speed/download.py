"""The ``download`` stage against img2dataset: the same links, the same number of connections, nothing decoded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import (
    ROOT,
    Figure,
    Setting,
    Side,
    Skipped,
    alternate,
    in_new_process,
    ratio,
    seconds,
    spread_of,
)
from benchmarks.speed.stage import Took
from benchmarks.speed.tools import IMG2DATASET, program
from imagequant.core.files import write_csv, write_json
from imagequant.storage.checks import OK
from imagequant.storage.layout import Layout
from imagequant.storage.manifest import iterate_manifest

DELAY = 0.05
# Enough that the delay binds neither side: 128 connections could bring 2 560 images a second.
CONNECTIONS = 128
FORMATS = ("files", "webdataset")
# The second server's limit in requests a second, how many links are asked for, and how often img2dataset may ask again.
LIMIT = 200
LIMITED_LINKS = 2_000
RETRIES = (0, 5)
_PROCESSES = 2


@dataclass(frozen=True)
class Fetched:
    """One run.

    Attributes:
        process: Seconds of the whole process.
        work: Seconds without start-up: of the stage all but its imports; of img2dataset from the first link its first
            process took to the end of its last, by its own statistics.
        arrived: How many images came.
    """

    process: float
    work: float
    arrived: int


def measure(setting: Setting) -> dict[str, Figure | Skipped]:
    """Times as many images a second, and what arrives where a server refuses what is too fast."""
    tool = program(IMG2DATASET, "img2dataset")
    with served(str(setting.sizes.links), DELAY, 0) as address:
        links = [f"{address}/{number}.jpg" for number in range(setting.sizes.links)]

        def theirs(name: str) -> Callable[[int], Fetched]:
            return lambda _: _all(links, _theirs(tool, links, setting.scratch / name, name))

        sides = {
            "stage": lambda _: _all(links, _ours(links, setting.scratch / "stage")),
            **{name: theirs(name) for name in FORMATS},
        }
        runs = alternate(sides, setting.runs)
    return {
        "download_vs_img2dataset": _figure(runs, "process", len(links)),
        "download_steady_vs_img2dataset": _figure(runs, "work", len(links)),
        "download_429_arrived": _arrived(tool, setting.scratch),
    }


def _all(links: Sequence[str], fetched: Fetched) -> Fetched:
    if fetched.arrived != len(links):
        raise RuntimeError(f"{fetched.arrived} of {len(links)} images arrived")
    return fetched


def _figure(runs: dict[str, list[Fetched]], seconds_of: str, links: int) -> Figure:
    """Against the faster of img2dataset's two formats."""
    taken = {name: [getattr(fetched, seconds_of) for fetched in side] for name, side in runs.items()}
    against = {name: ratio(taken[name], taken["stage"]) for name in FORMATS}
    fastest = min(against, key=lambda name: against[name]["value"])
    start_up: Any = "included" if seconds_of == "process" else "left out"
    connections = f"{CONNECTIONS} connections"
    ours = Side("ours", f"1 process, {connections}", start_up)
    theirs = Side(f"{IMG2DATASET.name}, {fastest}", f"{_PROCESSES} processes, {connections} in all", start_up)
    return {
        **against[fastest],
        **{f"against_{name}": figure for name, figure in against.items()},
        "data": _data(links),
        "links": links,
        "ours": {**ours.settings(), "seconds": spread_of(taken["stage"])},
        "theirs": {**theirs.settings(), "seconds": spread_of(taken[fastest])},
    }


def _data(links: int) -> str:
    return f"{links} made-up JPEGs of a few kB from a local server that answers after {DELAY} s"


def _arrived(tool: Path, scratch: Path) -> Figure:
    with served(str(LIMITED_LINKS), DELAY, LIMIT) as address:
        links = [f"{address}/{number}.jpg" for number in range(LIMITED_LINKS)]
        ours = _ours(links, scratch / "limited")
        theirs = {
            str(retries): _theirs(tool, links, scratch / f"limited-{retries}", "webdataset", retries).arrived
            for retries in RETRIES
        }
    share = ours.arrived / len(links)
    threads = f"{CONNECTIONS} connections"
    return {
        "value": share,
        "spread": [share, share],
        "runs": 1,
        "data": f"{_data(LIMITED_LINKS)} and refuses more than {LIMIT} requests a second",
        "links": LIMITED_LINKS,
        "ours": {**Side("ours", threads).settings(), "seconds": ours.work, "arrived": ours.arrived},
        # By how often it may ask again.
        "theirs": {**Side(IMG2DATASET.name, threads).settings(), "arrived_by_retries": theirs},
    }


def _ours(links: Sequence[str], root: Path) -> Fetched:
    shutil.rmtree(root, ignore_errors=True)
    output: list[str] = []
    process = seconds(lambda: output.append(fetch(links, root, CONNECTIONS, CONNECTIONS)))
    rows = list(iterate_manifest(Layout(root).data("download") / "train"))
    return Fetched(process, Took.of(output[0]).seconds, sum(row.status == OK for row in rows))


def fetch(links: Sequence[str], root: Path, connections: int, connections_per_host: int) -> str:
    """Runs the ``download`` stage on links of this machine; returns what it printed."""
    sources = Layout(root).data("sources")
    write_csv(
        sources / "train" / "00-links.csv",
        ["image_link", "group_id", "entity_name", "entity_value"],
        [(link, "0", "width", "") for link in links],
    )
    # A test file must be there; its link is one that was fetched already.
    write_csv(
        sources / "test" / "00-links.csv",
        ["index", "image_link", "group_id", "entity_name"],
        [("0", links[0], "0", "width")],
    )
    write_json(sources / "sources.json", {split: {"00-links.csv": "links.csv"} for split in ("train", "test")})
    settings = (
        f"download.connections={connections}",
        f"download.connections_per_host={connections_per_host}",
        "download.hosts=[127.0.0.1]",
    )
    return in_new_process("benchmarks.speed.stage", "download", str(root), *settings)


def _theirs(tool: Path, links: Sequence[str], folder: Path, output_format: str, retries: int = 0) -> Fetched:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    url_list = folder / "links.csv"
    write_csv(url_list, ["url"], [(link,) for link in links])
    options = {
        "url_list": url_list,
        "input_format": "csv",
        "output_folder": folder / "out",
        "output_format": output_format,
        "processes_count": _PROCESSES,
        "thread_count": CONNECTIONS // _PROCESSES,
        "number_sample_per_shard": len(links) // _PROCESSES,
        "resize_mode": "no",
        "disable_all_reencoding": True,
        "retries": retries,
    }
    command = [str(tool), *(f"--{name}={value}" for name, value in options.items())]
    process = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
    stats = [json.loads(path.read_text()) for path in (folder / "out").glob("*_stats.json")]
    work = max(part["end_time"] for part in stats) - min(part["start_time"] for part in stats)
    return Fetched(process, work, sum(part["successes"] for part in stats))


@contextmanager
def served(images: str, delay: float, rate: int) -> Iterator[str]:
    """Starts ``image_server``; yields its address."""
    command = [sys.executable, "-m", "benchmarks.speed.image_server", images, str(delay), str(rate)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()
