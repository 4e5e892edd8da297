"""DVC from Python: commands as subprocesses, and the hashes of outputs that ``dvc.lock`` records."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import yaml

from imagequant.core.errors import InputError


def run_command(root: Path, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Runs a command of this Python environment (``dvc``, ``imagequant``) in a folder; its output goes to stderr."""
    # Stages call `imagequant`, which must be that of this environment too.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    variables = {**os.environ, "PATH": path, **(environment or {})}
    command = [sys.executable, "-c", _MAINS[name], *arguments]
    done = subprocess.run(command, cwd=root, env=variables, stdout=sys.stderr, check=False)
    if done.returncode:
        raise InputError(f"{name} {' '.join(arguments)}: exit status {done.returncode}; see its messages above")


# The commands' own scripts may lie elsewhere than the interpreter.
_MAINS = {
    "dvc": "import sys; from dvc.cli import main; sys.exit(main())",
    "imagequant": "from imagequant.cli import main; main()",
}


def markdown_diff(root: Path, kind: Literal["metrics", "params"], commit: str, name: str, *options: str) -> str:
    """Returns the table of ``dvc metrics diff`` or ``dvc params diff``: the working tree against a commit.

    The table shows the commit by ``name``, not by its hash.
    """
    command = [sys.executable, "-m", "dvc", kind, "diff", "--md", *options, "--", commit]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError(f"dvc {kind} diff: {done.stderr.strip()}")
    return done.stdout.strip().replace(commit, name) or "None differs."


def output_hashes(root: Path, stages: Iterable[str]) -> list[str]:
    """Return the hashes of the outputs of stages, from ``dvc.lock``."""
    path = root / "dvc.lock"
    locked = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"] if path.exists() else {}
    missing = [stage for stage in stages if stage not in locked]
    if missing:
        raise InputError(f"{path}: no {', '.join(missing)}; run `dvc repro {' '.join(missing)}`")
    return [output["md5"] for stage in stages for output in locked[stage]["outs"]]
