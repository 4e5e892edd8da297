"""Presets as DVC experiments: run them beside the workspace, read the rows they answered."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from imagequant.errors import InputError
from imagequant.experiments.presets import Preset, as_settings
from imagequant.quantity.scoring import Outcome

ROWS_FILE = "metrics/evaluate/rows.csv"
# What an ablation is run for; `predict` and `export` would answer and write what nobody asks a cut model for.
_TARGET = "evaluate"


@dataclass(frozen=True)
class ExperimentRow:
    """A validation row as ``evaluate`` scored it: ``key`` is its file and its row there, ``sha256`` its photo."""

    key: tuple[str, int]
    sha256: str
    outcome: Outcome


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


def read_rows(root: Path, revision: str) -> list[ExperimentRow]:
    """The rows an experiment answered."""
    from dvc.api import open as open_at  # noqa: PLC0415

    with open_at(ROWS_FILE, repo=str(root), rev=revision, encoding="utf-8") as file:
        return [
            ExperimentRow((row["source"], int(row["source_row"])), row["sha256"], cast("Outcome", row["outcome"]))
            for row in csv.DictReader(file)
        ]


def _dvc(root: Path, *arguments: str) -> None:
    """Runs DVC, with this environment's commands for the stages; what it says goes to standard error."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=root, env={**os.environ, "PATH": path}, stdout=sys.stderr, check=False)
    if done.returncode:
        raise InputError(f"dvc {' '.join(arguments)}: exit status {done.returncode}; DVC says above what is wrong")
