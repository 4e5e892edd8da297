"""A folder of labelled photos -> a table on the terminal and ``metrics/cross_validation/real.json``.

A small DVC project runs the pipeline's stages on the photos, with the project's ``dvc.yaml`` and code, and its own
parameters. DVC decides what is up to date. Variants with other parameters for these stages have projects of their own,
which share DVC's cache, so that equal stages run only once.
"""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

import imagequant
from imagequant.core.errors import InputError
from imagequant.core.files import write_csv, write_json, write_text
from imagequant.evaluation.folds import SYNTHETIC_ONLY, named_folds
from imagequant.evaluation.metrics import rounded
from imagequant.experiments.ablations import FULL, Preset
from imagequant.experiments.cross_validation.report import WIDTH, summarise, tables, write_held_out_rows
from imagequant.experiments.cross_validation.runs import BASELINES, HYBRID, Run, compute_runs
from imagequant.experiments.dvc import output_hashes, run_command
from imagequant.model.cnn.weights import weights_title
from imagequant.model.examples import Limits
from imagequant.params import Params, overridden
from imagequant.storage.features import read_feature_metadata
from imagequant.storage.labels import SYNTHETIC_TRAIN, iterate_labels
from imagequant.storage.layout import CACHE_VARIABLE, Layout
from imagequant.storage.raw import COLUMNS, CORRECTIONS_FILE
from imagequant.training.questions import Questions

# In the project folder: the DVC projects of the full model and of variants, and every held-out row.
FOLDER = Path(".cache") / "cross-validation"
METRICS_FILE = "real.json"
ROWS_FILE = "rows.csv"
SYNTHETIC_TEST = "data/synthetic/test.csv"
_LABEL_COLUMN = "entity_value"
# The stages whose outputs training reads.
TARGETS = ("labels", "candidates", "cnn")
# The stages that read files outside the project.
_READERS = ("sources", "download")
_CONFIG = """[core]
    no_scm = true
    analytics = false
[cache]
    dir = ../../dvc-cache
    type = "reflink,hardlink,copy"
"""


def run(params: Params, layout: Layout, photos: Path, folds: int, variants: Sequence[Preset], baselines: bool) -> None:
    """Cross-validates on the labelled CSV files in ``photos``, prints the figures and writes them.

    Compares with ablations (``variants``) and, if asked, with the baselines. Everything but the figures goes to
    ``FOLDER``.
    """
    sources = (SYNTHETIC_TRAIN, *(str(path.resolve()) for path in labelled_files(photos)))
    params = replace(
        params,
        sources=replace(params.sources, train=sources, test=SYNTHETIC_TEST),
        # Folds are made later, from the real rows only, and these sources need not exist here.
        labels=replace(params.labels, train_only=(), validation_only=()),
    )
    folder, metrics = layout.root / FOLDER, layout.metrics("cross_validation") / METRICS_FILE
    place = prepare(params, layout, folder / FULL.name, photos)
    facts = _data_facts(params, place, folds)
    full = _variant_runs(FULL, params, place, folds)
    runs = [*full, replace(full[0], name=SYNTHETIC_ONLY, fold=SYNTHETIC_ONLY)]
    for name in BASELINES if baselines else ():
        runs += [replace(each, name=name, method=name) for each in full]
    for variant in variants:
        own = overridden(params, variant.overrides, f"preset {variant.name}")
        # Most variants differ in training only, and share the outputs of all other stages.
        same_inputs = replace(own, train=params.train) == params
        own_place = place if same_inputs else prepare(own, layout, folder / variant.name, photos)
        runs += _variant_runs(variant, own, own_place, folds)
    results = compute_runs(runs, layout.work_cache, params.executor)

    summary: dict[str, Any] = rounded(summarise(results, facts, params.evaluate))
    write_json(metrics, summary)
    write_held_out_rows(folder / ROWS_FILE, results)
    console = Console(width=WIDTH)
    for table in tables(summary):
        console.print(table)
    console.print(f"figures: {metrics}", soft_wrap=True)
    console.print(f"every held-out row: {folder / ROWS_FILE}", soft_wrap=True)


def _variant_runs(variant: Preset, params: Params, layout: Layout, folds: int) -> list[Run]:
    """Return one run per fold."""
    hashes = tuple(output_hashes(layout.root, TARGETS))
    return [
        Run(variant.name, HYBRID, str(fold), folds, params, layout, hashes, synthetic=variant.synthetic)
        for fold in range(folds)
    ]


def _data_facts(params: Params, layout: Layout, folds: int) -> dict[str, Any]:
    """Return the facts about the data; checks the folds before anything is trained."""
    limits = Limits(params.train.max_words, params.train.max_candidates)
    usable = list(Questions.from_layout(layout, limits, params.domain).usable())
    named_folds(usable, params.labels, folds)
    real = sum(not label.is_synthetic for label in iterate_labels(layout.data("labels")))
    left_out = real - sum(not label.is_synthetic for label in usable)
    if left_out:
        print(f"cross-validate: {left_out} of {real} rows have no usable label or photo: left out", file=sys.stderr)
    cnn = read_feature_metadata(layout.data("cnn") / "train")
    return {"folds": folds, "rows_left_out": left_out, "cnn_weights": weights_title(cnn)}


def labelled_files(folder: Path) -> list[Path]:
    """Return the CSV files of a folder that have labels, by name; lists the others on stderr.

    Raises:
        InputError: If there is no such folder, no CSV file in it, or none with labels.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; use one with labelled CSV files and their photos")
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise InputError(f"{folder}: no CSV file in it; at least one with a column {_LABEL_COLUMN} is needed")
    labelled = [path for path in files if _LABEL_COLUMN in _header(path)]
    for path in files:
        if path not in labelled:
            print(f"cross-validate: {path.name} has no column {_LABEL_COLUMN}, so no labels: ignored", file=sys.stderr)
    if not labelled:
        names = ", ".join(path.name for path in files)
        raise InputError(f"{folder}: no CSV file with a column {_LABEL_COLUMN} (found: {names})")
    return labelled


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not readable as CSV: {' '.join(str(error).split())}") from None


def prepare(params: Params, project: Layout, folder: Path, photos: Path) -> Layout:
    """Brings the outputs of ``TARGETS`` up to date in ``folder``, which is made a DVC project with these parameters.

    It has the ``dvc.yaml`` and the work cache of ``project``. If a file in ``photos`` changes, stages that read it run
    again.

    Raises:
        InputError: If the project has no ``dvc.yaml``, or a stage fails.
    """
    layout = Layout(folder)
    write_text(folder / ".dvc" / "config", _CONFIG)
    write_text(folder / ".dvcignore", "__pycache__\n*.pyc\n")
    write_text(folder / "params.yaml", yaml.safe_dump(json.loads(json.dumps(asdict(params)))))
    pipeline = project.root / "dvc.yaml"
    if not pipeline.exists():
        raise InputError(f"{pipeline}: no such file; cross-validation needs the pipeline of a project folder (--root)")
    stages = yaml.safe_load(pipeline.read_text(encoding="utf-8"))["stages"]
    for name in _READERS:
        stages[name]["deps"].append(str(photos.resolve()))
    write_text(folder / "dvc.yaml", yaml.safe_dump({"stages": stages}))
    # Corrections belong to the rows of the project, which are not read here.
    write_csv(layout.data(CORRECTIONS_FILE), COLUMNS, [])
    code = folder / "src" / "imagequant"
    code.parent.mkdir(parents=True, exist_ok=True)
    code.unlink(missing_ok=True)
    code.symlink_to(Path(imagequant.__file__).resolve().parent)
    environment = {CACHE_VARIABLE: str(project.work_cache.absolute())}
    run_command(folder, "dvc", "repro", *TARGETS, environment=environment)
    return layout
