"""How long a person waits: an answer about one photo, and the help, process start included."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.speed.harness import ROOT, Figure, Setting, Side, alternate, seconds, spread_of

_COMMANDS: dict[str, list[str]] = {"predict_seconds": [], "predict_seconds_one_entity": ["-e", "item_weight"]}


def measure(setting: Setting) -> dict[str, Figure]:
    """Seconds of ``imagequant predict PHOTO`` (every entity, or one) and of ``imagequant --help``.

    Another photo in each run. What the first command ever keeps (compiled modules and networks) is there.
    """
    # As with an installed package, whose modules were compiled when they were first loaded.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(setting.scratch / "bytecode")
    photos = [part[0] for part in setting.photos.parts]

    def answering(options: Sequence[str]) -> Callable[[int], float]:
        return lambda number: seconds(lambda: _run(["predict", photos[number], *options], environment))

    sides = {
        **{name: answering(options) for name, options in _COMMANDS.items()},
        "help_seconds": lambda _: seconds(lambda: _run(["--help"], environment)),
    }
    for side in sides.values():
        side(0)
    taken = alternate(sides, setting.runs)
    ours = Side("ours as shipped", "1 process", precision="native float32", size="as shipped").settings()
    return {name: {**spread_of(times), "ours": ours} for name, times in taken.items()}


def _run(arguments: Sequence[str | Path], environment: dict[str, str]) -> None:
    program = Path(sys.executable).with_name("imagequant")
    subprocess.run([program, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
