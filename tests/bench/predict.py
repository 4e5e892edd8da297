"""How long a person waits: an answer about one photo, and the help, process start included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.harness import ROOT, Setting, alternate, duration, seconds


def measure(setting: Setting) -> dict[str, Any]:
    """Seconds of ``imagequant predict PHOTO`` (every entity) and of ``imagequant --help``."""
    photo = str(setting.photos[len(setting.photos) // 2])
    commands = {
        "predict_seconds": ["predict", photo],
        "predict_seconds_one_entity": ["predict", photo, "-e", "item_weight"],
        "help_seconds": ["--help"],
    }
    taken = alternate(
        {name: lambda line=line: seconds(lambda: _run(line)) for name, line in commands.items()}, setting.runs
    )
    return {name: duration(times) for name, times in taken.items()}


def _run(arguments: list[str]) -> None:
    program = Path(sys.executable).with_name("imagequant")
    subprocess.run([program, *arguments], cwd=ROOT, check=True, capture_output=True)
