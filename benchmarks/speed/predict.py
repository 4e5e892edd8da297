"""How long a person waits: an answer about one photo, and the help, process start included."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.speed.harness import ROOT, Setting, alternate, duration, seconds


def measure(setting: Setting) -> dict[str, Any]:
    """Seconds of ``imagequant predict PHOTO`` (every entity) and of ``imagequant --help``."""
    photo = str(setting.photos[len(setting.photos) // 2])
    commands = {
        "predict_seconds": ["predict", photo],
        "predict_seconds_one_entity": ["predict", photo, "-e", "item_weight"],
        "help_seconds": ["--help"],
    }
    # As with an installed package, whose modules were compiled when they were first loaded.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(setting.scratch / "bytecode")
    for line in commands.values():
        _run(line, environment)
    taken = alternate(
        {name: lambda line=line: seconds(lambda: _run(line, environment)) for name, line in commands.items()},
        setting.runs,
    )
    return {name: duration(times) for name, times in taken.items()}


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    program = Path(sys.executable).with_name("imagequant")
    subprocess.run([program, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
