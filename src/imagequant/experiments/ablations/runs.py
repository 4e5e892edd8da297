"""Presets as DVC experiments: runs them outside the workspace, and reads the rows they answered."""

from __future__ import annotations

from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.evaluation.scored_row import ScoredRow, parse_rows
from imagequant.experiments.ablations.presets import Preset, as_settings
from imagequant.experiments.dvc import run_command
from imagequant.experiments.report.revision import resolve
from imagequant.experiments.report.snapshot import ROWS_FILE

# The last stage an ablation needs; nobody would use the predictions or the export of a reduced model.
_TARGET = "evaluate"


def run_preset(root: Path, preset: Preset) -> None:
    """Runs an experiment with the name of the preset in a temporary folder; replaces an earlier one of HEAD.

    DVC's run cache has the results of earlier runs with the same parameters.

    Args:
        root: The project folder, which is left unchanged; uncommitted changes count.
        preset: Name and parameters.

    Raises:
        InputError: If DVC fails.
    """
    if preset.name in experiment_revisions(root):
        run_command(root, "dvc", "exp", "remove", preset.name)
    settings = [part for setting in as_settings(preset.overrides) for part in ("-S", setting)]
    run_command(root, "dvc", "exp", "run", "--temp", "--name", preset.name, *settings, _TARGET)


def experiment_revisions(root: Path) -> dict[str, str]:
    """Return the commits of HEAD's experiments by name."""
    from dvc.api import exp_show  # noqa: PLC0415  (half a second)

    return {row["Experiment"]: row["rev"] for row in exp_show(str(root)) if row["Experiment"]}


def read_rows(root: Path, revision: str) -> list[ScoredRow]:
    """Reads the validation rows that an experiment answered.

    Raises:
        InputError: If it has none.
    """
    text = resolve(root, revision).read(ROWS_FILE)
    if text is None:
        raise InputError(f"{revision}: no {ROWS_FILE}")
    return parse_rows(text, f"{revision}: {ROWS_FILE}")
