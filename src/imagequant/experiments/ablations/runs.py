"""Presets as DVC experiments: run them beside the workspace, read the rows they answered."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.experiments.ablations.presets import Preset, as_settings
from imagequant.experiments.report.revision import resolve
from imagequant.experiments.report.rows import Row, parse_rows
from imagequant.experiments.report.side import ROWS_FILE

# What an ablation is run for; `predict` and `export` would answer and write what nobody asks a cut model for.
_TARGET = "evaluate"


def run_preset(root: Path, preset: Preset) -> None:
    """Runs an experiment of the preset's name in a folder of its own, in place of one that HEAD has of that name.

    What DVC has run before with the same parameters it takes from its run cache.

    Args:
        root: The project folder, which is left as it is; changes not committed count.
        preset: Its name and parameters.

    Raises:
        InputError: If DVC fails.
    """
    if preset.name in experiment_revisions(root):
        _dvc(root, "exp", "remove", preset.name)
    settings = [part for setting in as_settings(preset.overrides) for part in ("-S", setting)]
    _dvc(root, "exp", "run", "--temp", "--name", preset.name, *settings, _TARGET)


def experiment_revisions(root: Path) -> dict[str, str]:
    """Commits of HEAD's experiments by name."""
    from dvc.api import exp_show  # noqa: PLC0415  (half a second)

    return {row["Experiment"]: row["rev"] for row in exp_show(str(root)) if row["Experiment"]}


def read_rows(root: Path, revision: str) -> list[Row]:
    """The validation rows an experiment answered.

    Raises:
        InputError: If it has none.
    """
    text = resolve(root, revision).read(ROWS_FILE)
    if text is None:
        raise InputError(f"{revision}: no {ROWS_FILE} there")
    return parse_rows(text, f"{revision}: {ROWS_FILE}")


def _dvc(root: Path, *arguments: str) -> None:
    """Runs DVC, with this environment's commands for the stages; what it says goes to standard error."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=root, env={**os.environ, "PATH": path}, stdout=sys.stderr, check=False)
    if done.returncode:
        raise InputError(f"dvc {' '.join(arguments)}: exit status {done.returncode}; DVC says above what is wrong")
