"""The ``download`` stage against img2dataset: the same links, the same number of connections, nothing decoded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.harness import ROOT, Setting, alternate, in_new_process, ratio, seconds

from imagequant.layout import Layout
from imagequant.storage.files import write_csv, write_json
from imagequant.storage.manifest import OK, read_manifest

IMAGES = 2000
DELAY = 0.05
# Enough that the delay binds neither side: 128 connections could bring 2 560 images a second.
CONNECTIONS = 128
FORMATS = ("files", "webdataset")
# The second server's limit in requests a second, and how often img2dataset may ask again beside never.
LIMIT = 200
RETRIES = (0, 5)
_VERSION = "1.47.0"
_PROCESSES = 2


@dataclass(frozen=True)
class Took:
    """One run.

    Attributes:
        process: Seconds of the whole process.
        work: Seconds without start-up.
        arrived: How many images came.
    """

    process: float
    work: float
    arrived: int


def measure(setting: Setting) -> dict[str, Any]:
    """Times as many images a second, start-up left out, and what arrives where a server refuses what is too fast."""
    tool = _img2dataset()
    with _server(rate=0) as links:
        sides = {name: lambda name=name: _theirs(tool, links, setting.scratch / name, name) for name in FORMATS}
        runs: dict[str, list[Took]] = {"stage": [], **{name: [] for name in FORMATS}}

        def timed(name: str) -> float:
            side = sides.get(name, lambda: _ours(links, setting.scratch / "stage"))
            runs[name].append(side())
            if runs[name][-1].arrived != len(links):
                raise RuntimeError(f"{name}: {runs[name][-1].arrived} of {len(links)} images arrived")
            return runs[name][-1].work

        taken = alternate({name: lambda name=name: timed(name) for name in runs}, setting.runs)
    ours = taken["stage"]
    by_format = {name: ratio(taken[name], ours) for name in FORMATS}
    whole = {name: ratio([t.process for t in runs[name]], [t.process for t in runs["stage"]]) for name in FORMATS}
    fastest = min(by_format.values(), key=lambda figure: figure["value"])
    return {
        "download_vs_img2dataset": {
            **fastest,
            "images": len(links),
            "connections": CONNECTIONS,
            "images_a_second": len(links) / min(ours),
            **{f"images_a_second_{name}": len(links) / min(taken[name]) for name in FORMATS},
            **{f"against_{name}": figure for name, figure in by_format.items()},
            **{f"against_{name}_with_start": figure for name, figure in whole.items()},
        },
        "download_429_arrived": _arrived(tool, setting.scratch),
    }


def _arrived(tool: Path, scratch: Path) -> dict[str, Any]:
    with _server(rate=LIMIT) as links:
        ours = _ours(links, scratch / "limited")
        theirs = {
            f"arrived_img2dataset_{retries}_retries": _theirs(
                tool, links, scratch / f"limited-{retries}", "webdataset", retries
            ).arrived
            for retries in RETRIES
        }
    share = ours.arrived / len(links)
    return {
        "value": share,
        "spread": [share, share],
        "runs": 1,
        "images": len(links),
        "requests_a_second": LIMIT,
        "seconds": ours.work,
        "arrived": ours.arrived,
        **theirs,
    }


def _ours(links: Sequence[str], root: Path) -> Took:
    shutil.rmtree(root, ignore_errors=True)
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
    at_once = [f"download.{name}={CONNECTIONS}" for name in ("connections", "connections_per_host")]
    work: list[float] = []
    process = seconds(lambda: work.append(float(in_new_process("tests.bench.stage", "download", str(root), *at_once))))
    rows = read_manifest(Layout(root).data("download") / "train")
    return Took(process, work[0], sum(row.status == OK for row in rows))


def _theirs(tool: Path, links: Sequence[str], folder: Path, output_format: str, retries: int = 0) -> Took:
    """Its own statistics say when its first process began with the links and its last one ended."""
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
    return Took(process, work, sum(part["successes"] for part in stats))


def _img2dataset() -> Path:
    """The tool in an environment of its own, since it needs older packages than the project; made once."""
    environment = ROOT / ".cache" / "bench" / f"img2dataset-{_VERSION}"
    tool = environment / "bin" / "img2dataset"
    if not tool.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, f"img2dataset=={_VERSION}"], check=True)
    return tool


@contextmanager
def _server(rate: int) -> Iterator[list[str]]:
    """Starts the server; yields the links it answers."""
    command = [sys.executable, "-m", "tests.bench.image_server", str(IMAGES), str(DELAY), str(rate)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline())
            yield [f"http://127.0.0.1:{port}/{number}.jpg" for number in range(IMAGES)]
        finally:
            server.stdin.close()
