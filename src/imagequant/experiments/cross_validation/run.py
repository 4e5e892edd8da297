"""A folder of labelled photos -> a table on the terminal and ``metrics/cross_validation/real.json``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from imagequant.core.files import write_json
from imagequant.evaluation.folds import SYNTHETIC_ONLY, named_folds
from imagequant.evaluation.metrics import rounded
from imagequant.experiments.ablations import FULL, Preset
from imagequant.experiments.cross_validation import inputs
from imagequant.experiments.cross_validation.report import WIDTH, tables, write_held_out_rows
from imagequant.experiments.cross_validation.runs import BASELINES, HYBRID, Run, compute_runs
from imagequant.experiments.cross_validation.summary import summarise
from imagequant.experiments.dvc import output_hashes
from imagequant.model.examples import Limits
from imagequant.params import Params, overridden
from imagequant.storage.features import read_feature_metadata
from imagequant.storage.labels import iterate_labels
from imagequant.storage.layout import Layout
from imagequant.training.questions import Questions

# In the project folder: the DVC projects of the full model and of variants, and every held-out row.
FOLDER = Path(".cache") / "cross-validation"
METRICS_FILE = "real.json"
ROWS_FILE = "rows.csv"


def run(params: Params, layout: Layout, photos: Path, folds: int, variants: Sequence[Preset], baselines: bool) -> None:
    """Cross-validates on the labelled CSV files in ``photos``, prints the figures and writes them.

    Compares with ablations (``variants``) and, if asked, with the baselines. Everything but the figures goes to
    ``FOLDER``.
    """
    params = inputs.cross_validation_params(params, inputs.labelled_files(photos))
    folder, metrics = layout.root / FOLDER, layout.metrics("cross_validation") / METRICS_FILE
    place = inputs.prepare(params, layout, folder / FULL.name, photos)
    facts = _data_facts(params, place, folds)
    full = _variant_runs(FULL, params, place, folds)
    runs = [*full, replace(full[0], name=SYNTHETIC_ONLY, fold=SYNTHETIC_ONLY)]
    for name in BASELINES if baselines else ():
        runs += [replace(each, name=name, method=name) for each in full]
    for variant in variants:
        own = overridden(params, variant.overrides, f"preset {variant.name}")
        # Most variants differ in training only, and share the outputs of all other stages.
        same_inputs = replace(own, train=params.train) == params
        own_place = place if same_inputs else inputs.prepare(own, layout, folder / variant.name, photos)
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
    hashes = tuple(output_hashes(layout.root, inputs.TARGETS))
    return [
        Run(variant.name, HYBRID, str(fold), folds, params, layout, hashes, synthetic=variant.synthetic)
        for fold in range(folds)
    ]


def _data_facts(params: Params, layout: Layout, folds: int) -> dict[str, Any]:
    """Return the facts about the data; checks the folds before anything is trained."""
    limits = Limits(params.train.max_words, params.train.max_candidates)
    usable = list(Questions.from_layout(layout, limits).usable())
    named_folds(usable, params.labels, folds)
    real = sum(not label.is_synthetic for label in iterate_labels(layout.data("labels")))
    left_out = real - sum(not label.is_synthetic for label in usable)
    if left_out:
        print(f"cross-validate: {left_out} of {real} rows have no usable label or photo: left out", file=sys.stderr)
    cnn = read_feature_metadata(layout.data("cnn") / "train")
    return {"folds": folds, "rows_left_out": left_out, "cnn_weights": cnn.get("cnn_weights", "")}
