"""The ``download`` stage against img2dataset: the same links, the same number of connections, nothing decoded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import ROOT, Setting, alternate, in_new_process, ratio, seconds
from imagequant.core.files import write_csv, write_json
from imagequant.storage.checks import OK
from imagequant.storage.layout import Layout
from imagequant.storage.manifest import iterate_manifest

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
        work: Seconds without start-up: of the stage all but its imports; of img2dataset from the first link its first
            process took to the end of its last, by its own statistics.
        arrived: How many images came.
    """

    process: float
    work: float
    arrived: int


def measure(setting: Setting) -> dict[str, Any]:
    """Times as many images a second, and what arrives where a server refuses what is too fast."""
    tool = _img2dataset()
    with _server(rate=0) as links:
        sides: dict[str, Callable[[], Took]] = {
            "stage": lambda: _ours(links, setting.scratch / "stage"),
            **{name: partial(_theirs, tool, links, setting.scratch / name, name) for name in FORMATS},
        }
        runs: dict[str, list[Took]] = {name: [] for name in sides}

        def timed(name: str) -> float:
            took = sides[name]()
            if took.arrived != len(links):
                raise RuntimeError(f"{name}: {took.arrived} of {len(links)} images arrived")
            runs[name].append(took)
            return took.process

        taken = alternate({name: partial(timed, name) for name in sides}, setting.runs)
    work = {name: [took.work for took in runs[name]] for name in runs}
    whole = {name: ratio(taken[name], taken["stage"]) for name in FORMATS}
    return {
        "download_vs_img2dataset": {
            # The faster of its two formats; start-up included on both sides, as of all stages.
            **min(whole.values(), key=lambda figure: figure["value"]),
            **{f"against_{name}": figure for name, figure in whole.items()},
            **{f"against_{name}_without_start": ratio(work[name], work["stage"]) for name in FORMATS},
            "images": len(links),
            "connections": CONNECTIONS,
            "seconds": {name: min(taken[name]) for name in taken},
            "seconds_without_start": {name: min(work[name]) for name in work},
        },
        "download_429_arrived": _arrived(tool, setting.scratch),
    }


def _arrived(tool: Path, scratch: Path) -> dict[str, Any]:
    with _server(rate=LIMIT) as links:
        ours = _ours(links, scratch / "limited")
        theirs = {
            str(retries): _theirs(tool, links, scratch / f"limited-{retries}", "webdataset", retries).arrived
            for retries in RETRIES
        }
    share = ours.arrived / len(links)
    return {
        "value": share,
        "spread": [share, share],
        "runs": 1,
        "images": len(links),
        "connections": CONNECTIONS,
        "requests_a_second": LIMIT,
        "seconds": ours.work,
        "arrived": ours.arrived,
        "arrived_img2dataset": theirs,  # by how often it may ask again
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
    settings = [f"download.{name}={CONNECTIONS}" for name in ("connections", "connections_per_host")]
    settings.append("download.hosts=[127.0.0.1]")
    work: list[float] = []
    process = seconds(
        lambda: work.append(float(in_new_process("benchmarks.speed.stage", "download", str(root), *settings)))
    )
    rows = list(iterate_manifest(Layout(root).data("download") / "train"))
    return Took(process, work[0], sum(row.status == OK for row in rows))


def _theirs(tool: Path, links: Sequence[str], folder: Path, output_format: str, retries: int = 0) -> Took:
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
    command = [sys.executable, "-m", "benchmarks.speed.image_server", str(IMAGES), str(DELAY), str(rate)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            port = int(server.stdout.readline())
            yield [f"http://127.0.0.1:{port}/{number}.jpg" for number in range(IMAGES)]
        finally:
            server.stdin.close()
