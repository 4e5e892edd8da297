"""``imagequant ablate``: runs each preset as an experiment, then compares them in one table."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from imagequant.evaluation.bootstrap import Figure, compared_figure, contest_f1, figure, is_significant
from imagequant.evaluation.scored_row import ScoredRow
from imagequant.experiments.ablations.presets import ABLATIONS, FULL, Preset, select_presets
from imagequant.experiments.ablations.runs import experiment_revisions, read_rows, run_preset
from imagequant.params import EvaluateParams, load_params

WIDTH = 100


def run(root: Path, names: Sequence[str]) -> None:
    """Runs presets through DVC, the unchanged model first, and prints the table.

    Args:
        root: The project folder, which is left unchanged.
        names: Names of presets; all if empty.

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
    return {
        preset.name: figure(rows[FULL.name], contest_f1, params)
        if preset is FULL
        else compared_figure(rows[preset.name], rows[preset.reference], contest_f1, params)
        for preset in presets
    }


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
