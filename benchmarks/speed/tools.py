"""Programs of others, each with the versions it needs in a virtual environment of its own; made once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from benchmarks.speed.harness import ROOT, Skipped

_FOLDER = ROOT / ".cache" / "bench"


@dataclass(frozen=True)
class Tool:
    """What is installed.

    Attributes:
        name: Of the environment; the version belongs to it.
        packages: With their versions, as pip takes them.
    """

    name: str
    packages: tuple[str, ...]


FASTER_PADDLE = Tool("faster-paddle 1.0.4", ("faster-paddle==1.0.4",))
IMG2DATASET = Tool("img2dataset 1.47.0", ("img2dataset==1.47.0",))
# The project runs RapidOCR's networks on OpenVINO; by itself RapidOCR runs them on ONNX Runtime.
_RAPIDOCR = metadata.version("rapidocr")
RAPIDOCR = Tool(f"rapidocr {_RAPIDOCR}, onnxruntime 1.32.0", (f"rapidocr=={_RAPIDOCR}", "onnxruntime==1.32.0"))


def program(tool: Tool, name: str = "python") -> Path:
    """The path of a program in the tool's environment, which is made if it is not there.

    Raises:
        Skipped: If it cannot be made, as without a network or on a machine that it is not built for.
    """
    folder = _FOLDER / tool.name.replace(", ", "-").replace(" ", "-")
    ready = folder / ".ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", str(folder)], [*pip, *tool.packages]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Skipped(f"{tool.name} cannot be installed here: {done.stderr.strip()[-300:]}")
        ready.touch()
    return folder / "bin" / name
