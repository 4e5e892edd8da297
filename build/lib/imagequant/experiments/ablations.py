"""The ablations as named presets of parameters, in one table, and overrides as a fragment of ``params.yaml``.

``imagequant ablate`` runs them on the data of the project, ``imagequant cross-validate`` on labelled photos.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from imagequant.core.errors import InputError
from imagequant.evaluation.bootstrap import Figure, contest_f1, figure, is_significant
from imagequant.evaluation.scored_row import ScoredRow, parse_rows
from imagequant.experiments.dvc import run_command
from imagequant.experiments.report.snapshot import ROWS_FILE, read_at
from imagequant.params import AugmentParams, EvaluateParams, load_params

WIDTH = 100
# The last stage an ablation needs; nobody would use the predictions or the export of a reduced model.
_TARGET = "evaluate"


@dataclass(frozen=True)
class Preset:
    """A variant of the model; ``name`` is that on the command line, and of the DVC experiment."""

    name: str
    overrides: Mapping[str, Any] = field(default_factory=dict)  # by dotted name, as for ``dvc exp run -S``
    synthetic: bool = True  # trained on the generated photos too; without them only cross-validation can run
    reference: str = "full"  # the preset to compare with


FULL = Preset("full")

# A single network takes a third of the training time. Most ablations start from it and are compared with it. It has no
# trees, which would compensate for the parts that the network loses.
ONE_NETWORK = Preset("one_network", {"train.members": 1, "train.trees.weight": 0.0})


def _without(name: str, overrides: Mapping[str, Any] | None = None, *, synthetic: bool = True) -> Preset:
    return Preset(name, {**ONE_NETWORK.overrides, **(overrides or {})}, synthetic, reference=ONE_NETWORK.name)


# To add an ablation, add a line.
ABLATIONS: tuple[Preset, ...] = (
    Preset("no_trees", {"train.trees.weight": 0.0}),
    ONE_NETWORK,
    _without("no_cnn", {"train.use_cnn_pooled": False, "train.use_cnn_grid": False}),
    _without("no_cnn_pooled", {"train.use_cnn_pooled": False}),
    _without("no_cnn_grid", {"train.use_cnn_grid": False}),
    _without("no_lstm", {"train.use_lstm": False}),
    _without("no_geometry", {"train.use_geometry": False}),
    _without("no_augment", {f"train.augment.{each.name}": 0.0 for each in fields(AugmentParams)}),
    _without("real_only", synthetic=False),
    _without("no_line_segments", {"candidates.line_segments": False}),
    _without("no_ocr_alternatives", {"candidates.ocr_alternatives": False}),
    _without("no_dual_unit_corrections", {"candidates.dual_unit_corrections": False}),
    _without("tesseract_only", {"ocr.engines": ["tesseract"]}),
    _without("rapidocr_only", {"ocr.engines": ["rapidocr"]}),
)


def select_presets(names: Sequence[str], among: Iterable[Preset] = ABLATIONS) -> list[Preset]:
    """Return the named presets and their references, in the order of the table; other names are an error."""
    known = {preset.name: preset for preset in among}
    for name in names:
        if name not in known:
            raise InputError(f"{name!r} is no preset; allowed: {', '.join(known)}")
    selected = {*names, *(known[name].reference for name in names)}
    return [preset for preset in known.values() if preset.name in selected]


def as_settings(overrides: Mapping[str, Any]) -> list[str]:
    """Formats overrides as options of ``dvc exp run``."""
    return [part for name, value in overrides.items() for part in ("-S", f"{name}={json.dumps(value)}")]


def patch_yaml(overrides: Mapping[str, Any]) -> str:
    """Writes dotted names as nested sections; an empty mapping without overrides."""
    nested: dict[str, Any] = {}
    for dotted, value in overrides.items():
        *path, last = dotted.split(".")
        place = nested
        for name in path:
            place = place.setdefault(name, {})
        place[last] = value
    return yaml.safe_dump(nested, sort_keys=False)


def read_patch(path: Path) -> dict[str, Any]:
    """Reads what ``patch_yaml`` wrote, as dotted names."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `imagequant tune` writes models/tune/best.yaml") from None
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict) or not values:
        raise InputError(f"{path}: overrides nothing")
    return _dotted(values)


def _dotted(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    overrides: dict[str, Any] = {}
    for name, value in values.items():
        overrides |= _dotted(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return overrides


def run(root: Path, names: Sequence[str]) -> None:
    """Runs presets (all if none is named) through DVC, the unchanged model first, and prints the table.

    The project folder is left unchanged.
    """
    evaluate = load_params(root / "params.yaml").evaluate
    # Without the generated photos there would be nothing to train on here; section `sources` selects the training data.
    available = [preset for preset in ABLATIONS if preset.synthetic]
    presets = [FULL, *(select_presets(names, available) if names else available)]
    for number, preset in enumerate(presets, start=1):
        print(f"ablate: {preset.name} ({number} of {len(presets)})", file=sys.stderr)
        run_preset(root, preset)
    revisions = experiment_revisions(root)
    rows = {}
    for preset in presets:
        text = read_at(root, revisions[preset.name], ROWS_FILE)
        if text is None:
            raise InputError(f"{preset.name}: no {ROWS_FILE}")
        rows[preset.name] = parse_rows(text, f"{preset.name}: {ROWS_FILE}")
    Console(width=WIDTH).print(preset_table(presets, preset_figures(presets, rows, evaluate)))


def preset_figures(
    presets: Sequence[Preset], rows: Mapping[str, Sequence[ScoredRow]], params: EvaluateParams
) -> dict[str, Figure | None]:
    """Return the contest F1 of each preset and, except for the full model, its difference to the reference."""
    references = {preset.name: () if preset is FULL else rows[preset.reference] for preset in presets}
    return {preset.name: figure(rows[preset.name], contest_f1, params, references[preset.name]) for preset in presets}


def preset_table(presets: Sequence[Preset], figures: Mapping[str, Figure | None]) -> Table:
    """Formats the figures for the terminal."""
    caption = "paired bootstrap over photos; * if the interval excludes 0"
    table = Table(box=SIMPLE_HEAD, title="Contest F1 on the validation rows", title_justify="left", caption=caption)
    table.caption_justify = "left"
    table.add_column("preset", no_wrap=True)
    for name in ("F1", "difference", "its 95% interval", "compared with", "rows"):
        table.add_column(name, justify="right")
    for preset in presets:
        result = figures[preset.name]
        if result is None:
            table.add_row(preset.name, "-", "", "", "", "0")
            continue
        cells = ["", "", ""]
        if "difference" in result:
            low, high = result["difference_ci95"]
            star = "*" if is_significant(result) else " "
            cells = [f"{result['difference']:+.3f}{star}", f"{low:+.3f} to {high:+.3f}", preset.reference]
        table.add_row(preset.name, f"{result['value']:.3f}", *cells, str(result["rows"]))
    return table


def run_preset(root: Path, preset: Preset) -> None:
    """Runs an experiment with the name of the preset in a temporary folder; replaces an earlier one of HEAD.

    DVC's run cache has the results of earlier runs with the same parameters. The project folder is left unchanged;
    uncommitted changes in it count.
    """
    if preset.name in experiment_revisions(root):
        run_command(root, "dvc", "exp", "remove", preset.name)
    settings = as_settings(preset.overrides)
    run_command(root, "dvc", "exp", "run", "--temp", "--name", preset.name, *settings, _TARGET)


def experiment_revisions(root: Path) -> dict[str, str]:
    """Return the commits of HEAD's experiments by name."""
    from dvc.api import exp_show  # noqa: PLC0415  (half a second)

    return {row["Experiment"]: row["rev"] for row in exp_show(str(root)) if row["Experiment"]}
