"""``imagequant serve`` under load: the rate it sustains, then twice that, then little again.

Every answer must be the one the same photo gets on a quiet server. ``IMAGEQUANT_LOAD_SECONDS`` (60; an hour: 3600) are
those of the first phase; the second takes a quarter of them, the third a sixth at most. Model and photos are those of
the project in ``IMAGEQUANT_PROJECT``, by default this one, after ``make repro``.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from imagequant.core.errors import InputError

ROOT = Path(__file__).parents[2]
PHOTOS = 24
# Photos that may wait: at the sustained rate never so many, at twice that always.
QUEUE = 8
TIMEOUT = 30
_MEGABYTE = 1024
_FIRST = 16  # requests before memory and rate are looked at: kernels are made ready for new shapes of photos


@dataclass
class Tally:
    """What a phase's requests came to."""

    answered: int = 0
    wrong: int = 0
    refused: int = 0
    refused_without_retry_after: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds that an answer took."""
        return sorted(self.seconds)[len(self.seconds) // 2] if self.seconds else 0.0


def measure(scratch: Path) -> dict[str, Any]:
    """Counts of all phases.

    Args:
        scratch: A folder for the server's log.

    Raises:
        InputError: If there is no model or no photo.
    """
    project = Path(os.environ.get("IMAGEQUANT_PROJECT", ROOT))
    photos = sorted((project / "data/synthetic/images").glob("*"))[:PHOTOS]
    if not photos:
        raise InputError(f"{project}/data/synthetic/images: no photos there; `make repro` makes them")
    seconds = float(os.environ.get("IMAGEQUANT_LOAD_SECONDS", "60"))
    with serving(project / "models/export", scratch) as (pid, port):
        return asyncio.run(_phases(f"http://127.0.0.1:{port}", pid, [path.read_bytes() for path in photos], seconds))


@contextmanager
def serving(model: Path, scratch: Path) -> Iterator[tuple[int, int]]:
    """A server; gives its process and its port."""
    command = [
        Path(sys.executable).with_name("imagequant"), "serve", "--port", "0", "--model", model,
        "--queue", str(QUEUE), "--max-files", str(QUEUE), "--timeout", str(TIMEOUT),
    ]  # fmt: skip
    path = scratch / "server.log"
    with path.open("w") as log:
        server = subprocess.Popen(command, stderr=log)
    try:
        yield server.pid, _port(path, server)
    finally:
        server.terminate()
        server.wait(60)


def _port(path: Path, server: subprocess.Popen[bytes]) -> int:
    while server.poll() is None:
        for line in path.read_text().splitlines():
            if (said := json.loads(line))["event"] == "listening":
                return int(said["port"])
        time.sleep(0.1)
    raise InputError(f"the server did not start: {path.read_text()}")


async def _phases(address: str, pid: int, photos: list[bytes], seconds: float) -> dict[str, Any]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(address, connector=connector) as session:
        quiet = [(await _ask(session, photo))[1] for photo in photos]
        rate = await _sustained(session, photos, _short(seconds))
        memory = [_resident(pid)]
        steady = await _load(session, photos, quiet, 0.9 * rate, seconds)
        memory.append(_resident(pid))
        double = await _load(session, photos, quiet, 2 * rate, max(seconds / 4, _short(seconds)))
        memory.append(_resident(pid))
        await asyncio.sleep(QUEUE / rate + 1)
        after = await _load(session, photos, quiet, 0.5 * rate, _short(seconds))
        memory.append(_resident(pid))
        async with session.get("/healthz") as response:
            health = await response.json()
    figures: dict[str, Any] = {"seconds_sustained": seconds, "photos_a_second": round(rate, 2)}
    for name, tally in (("sustained", steady), ("doubled", double), ("afterwards", after)):
        counts = {key: value for key, value in vars(tally).items() if key != "seconds"}
        figures |= {f"{name}_{key}": value for key, value in counts.items()}
        figures[f"{name}_median_seconds"] = round(tally.median, 2)
    figures["waiting_at_the_end"] = health["waiting"]
    figures["resident_mb"] = [round(each / _MEGABYTE) for each in memory]
    return figures


def _short(seconds: float) -> float:
    """Long enough to tell a rate."""
    return max(10.0, min(seconds / 6, 120.0))


async def _sustained(session: aiohttp.ClientSession, photos: list[bytes], seconds: float) -> float:
    """Photos a second when two askers each wait for their answer, so that the server is never idle."""
    counts: Counter[str] = Counter()
    turns = itertools.cycle(photos)
    for _ in range(_FIRST):
        await _ask(session, next(turns))
    end = time.monotonic() + seconds

    async def asker() -> None:
        while time.monotonic() < end:
            status, _, _ = await _ask(session, next(turns))
            counts["answered"] += status == 200

    started = time.monotonic()
    await asyncio.gather(asker(), asker())
    return counts["answered"] / (time.monotonic() - started)


async def _load(
    session: aiohttp.ClientSession, photos: list[bytes], quiet: list[Any], rate: float, seconds: float
) -> Tally:
    """Asks at a fixed rate, whatever becomes of what was asked before."""
    tally = Tally()

    async def one(number: int) -> None:
        asked = time.monotonic()
        status, answer, retry_after = await _ask(session, photos[number % len(photos)])
        if status == 200:
            tally.answered += 1
            tally.wrong += answer != quiet[number % len(photos)]
            tally.seconds.append(time.monotonic() - asked)
        elif status == 503:
            tally.refused += 1
            tally.refused_without_retry_after += not (retry_after.isdigit() and 1 <= int(retry_after) <= TIMEOUT)
        else:
            tally.failed += 1

    started = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            group.create_task(one(number))
    return tally


async def _ask(session: aiohttp.ClientSession, photo: bytes) -> tuple[int, Any, str]:
    """Status, predictions (None without) and ``Retry-After``; status 0 where the connection broke."""
    form = aiohttp.FormData()
    form.add_field("photo", photo, filename="photo")
    try:
        async with session.post("/v1/predict", data=form) as response:
            answer = await response.json()
            return response.status, answer.get("predictions"), response.headers.get("Retry-After", "")
    except aiohttp.ClientError:
        return 0, None, ""


def _resident(pid: int) -> int:
    """Kilobytes of memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
