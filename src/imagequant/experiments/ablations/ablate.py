"""``imagequant ablate``: runs each preset as an experiment, then compares them in one table."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from imagequant.core.errors import InputError
from imagequant.evaluation.bootstrap import Figure, contest_f1, figure, is_significant
from imagequant.evaluation.scored_row import ScoredRow, parse_rows
from imagequant.experiments.ablations.presets import ABLATIONS, FULL, Preset, as_settings, select_presets
from imagequant.experiments.dvc import run_command
from imagequant.experiments.report.snapshot import ROWS_FILE, resolve
from imagequant.params import EvaluateParams, load_params

WIDTH = 100
# The last stage an ablation needs; nobody would use the predictions or the export of a reduced model.
_TARGET = "evaluate"


def run(root: Path, names: Sequence[str]) -> None:
    """Runs presets (all if none is named) through DVC, the unchanged model first, and prints the table.

    The project folder is left unchanged.

    Raises:
        InputError: If there is no preset of a name, or an experiment fails.
    """
    evaluate = load_params(root / "params.yaml").evaluate
    # Without the generated photos there would be nothing to train on here; section `sources` selects the training data.
    available = [preset for preset in ABLATIONS if preset.synthetic]
    presets = [FULL, *(select_presets(names, available) if names else available)]
    for number, preset in enumerate(presets, start=1):
        print(f"ablate: {preset.name} ({number} of {len(presets)})", file=sys.stderr)
        run_preset(root, preset)
    revisions = experiment_revisions(root)
    rows = {preset.name: read_rows(root, revisions[preset.name]) for preset in presets}
    Console(width=WIDTH).print(preset_table(presets, preset_figures(presets, rows, evaluate)))


def preset_figures(
    presets: Sequence[Preset], rows: Mapping[str, Sequence[ScoredRow]], params: EvaluateParams
) -> dict[str, Figure | None]:
    """Return the contest F1 of each preset and, except for the full model, its difference to the reference."""
    references = {preset.name: () if preset is FULL else rows[preset.reference] for preset in presets}
    return {preset.name: figure(rows[preset.name], contest_f1, params, references[preset.name]) for preset in presets}


def preset_table(presets: Sequence[Preset], figures: Mapping[str, Figure | None]) -> Table:
    """Formats the figures for the terminal."""
    table = Table(box=SIMPLE_HEAD, title="Contest F1 on the validation rows", title_justify="left")
    table.add_column("preset", no_wrap=True)
    for name in ("F1", "difference", "its 95% interval", "compared with", "rows"):
        table.add_column(name, justify="right")
    for preset in presets:
        result = figures[preset.name]
        if result is None:
            table.add_row(preset.name, "-", "", "", "", "0")
        elif "difference" not in result:
            table.add_row(preset.name, f"{result['value']:.3f}", "", "", "", str(result["rows"]))
        else:
            low, high = result["difference_ci95"]
            table.add_row(
                preset.name,
                f"{result['value']:.3f}",
                f"{result['difference']:+.3f}{'*' if is_significant(result) else ' '}",
                f"{low:+.3f} to {high:+.3f}",
                preset.reference,
                str(result["rows"]),
            )
    table.caption = "paired bootstrap over photos; * if the interval excludes 0"
    table.caption_justify = "left"
    return table


def run_preset(root: Path, preset: Preset) -> None:
    """Runs an experiment with the name of the preset in a temporary folder; replaces an earlier one of HEAD.

    DVC's run cache has the results of earlier runs with the same parameters. The project folder is left unchanged;
    uncommitted changes in it count.

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
