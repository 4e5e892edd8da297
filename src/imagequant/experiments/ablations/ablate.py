"""``imagequant ablate``: each preset as an experiment, then one table of what the model loses without its parts."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from imagequant.experiments.ablations.presets import ABLATIONS, FULL, Preset, chosen_presets
from imagequant.experiments.ablations.runs import experiment_revisions, read_rows, run_preset
from imagequant.experiments.cross_validation.paired import compared_figure, contest_f1, figure
from imagequant.experiments.report.rows import Row
from imagequant.params import EvaluateParams, load_params

WIDTH = 100


def run(root: Path, names: Sequence[str]) -> None:
    """Runs presets through DVC, the unchanged model first, and shows the table.

    Args:
        root: The project folder; it is left as it is.
        names: Of presets; none: all.

    Raises:
        InputError: If a name is none, or an experiment fails.
    """
    evaluate = load_params(root / "params.yaml").evaluate
    # A preset that leaves the catalogue out would leave nothing here: what to train on is section `data`'s matter.
    possible = [preset for preset in ABLATIONS if preset.catalogue]
    presets = [FULL, *(chosen_presets(names, possible) if names else possible)]
    for number, preset in enumerate(presets, start=1):
        print(f"ablate: {preset.name} ({number} of {len(presets)})", file=sys.stderr)
        run_preset(root, preset)
    revisions = experiment_revisions(root)
    rows = {preset.name: read_rows(root, revisions[preset.name]) for preset in presets}
    Console(width=WIDTH).print(table(presets, figures(presets, rows, evaluate)))


def figures(
    presets: Sequence[Preset], rows: Mapping[str, Sequence[Row]], params: EvaluateParams
) -> dict[str, dict[str, Any] | None]:
    """Each preset's contest F1 and, but for the model's, its difference to what the preset is compared with."""
    return {
        preset.name: figure(rows[FULL.name], contest_f1, params)
        if preset is FULL
        else compared_figure(rows[preset.name], rows[preset.reference], contest_f1, params)
        for preset in presets
    }


def table(presets: Sequence[Preset], figures: Mapping[str, Mapping[str, Any] | None]) -> Table:
    """The figures for the terminal."""
    made = Table(box=SIMPLE_HEAD, title="Contest F1 on the validation rows", title_justify="left")
    made.add_column("preset", no_wrap=True)
    for name in ("F1", "difference", "its 95% interval", "compared with", "rows"):
        made.add_column(name, justify="right")
    for preset in presets:
        found = figures[preset.name] or {}
        low, high = found.get("difference_ci95", (0.0, 0.0))
        star = "*" if low > 0 or high < 0 else " "
        compared = "difference" in found
        made.add_row(
            preset.name,
            f"{found['value']:.3f}" if found else "-",
            f"{found['difference']:+.3f}{star}" if compared else "",
            f"{low:+.3f} to {high:+.3f}" if compared else "",
            preset.reference if compared else "",
            str(found.get("rows", 0)),
        )
    made.caption = "paired bootstrap over photos; * where the interval leaves out 0"
    made.caption_justify = "left"
    return made
