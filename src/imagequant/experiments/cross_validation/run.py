"""A folder of labelled photos -> the table on the terminal and ``metrics/bench/real.json``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from imagequant.core.files import write_json, write_text
from imagequant.experiments.ablations.presets import FULL, Preset, preset_params
from imagequant.experiments.cross_validation.folds import CATALOGUE_ONLY, Fold, parts, require
from imagequant.experiments.cross_validation.inputs import bench_params, is_catalogue, labelled_files
from imagequant.experiments.cross_validation.jobs import BASELINES, HYBRID, INPUT_STAGES, Job, run_jobs
from imagequant.experiments.cross_validation.report import WIDTH, rows_csv, tables
from imagequant.experiments.cross_validation.summary import Facts, by_name, summarise
from imagequant.experiments.cross_validation.workspace import Workspace, changed_stages, prepare
from imagequant.params import Params
from imagequant.stages.evaluate.run import rounded
from imagequant.storage.features import read_feature_metadata
from imagequant.storage.labels import read_labels
from imagequant.storage.layout import Layout

METRICS_FILE = "real.json"
ROWS_FILE = "rows.csv"


def run(params: Params, layout: Layout, folder: Path, folds: int, variants: Sequence[Preset], baselines: bool) -> None:
    """Cross-validates, shows the figures and writes them.

    Args:
        params: The project's.
        layout: The project's; everything but the figures goes to ``.cache/bench-real``.
        folder: CSV files with labels, photos beside them.
        folds: Into how many parts the photos are parted.
        variants: Ablations to run beside the full model.
        baselines: Whether to run these too.

    Raises:
        InputError: If the folder has no labelled rows, or too few for the folds.
    """
    params = bench_params(params, labelled_files(folder))
    workspace = Workspace(layout.root / ".cache" / "bench-real", layout.work_cache)
    outputs = prepare(params, workspace)
    check_folds(params, workspace, folds)
    full = variant_jobs(FULL, params, workspace, outputs, folds)
    jobs = [*full, replace(full[0], name=CATALOGUE_ONLY, fold=CATALOGUE_ONLY)]
    for name in BASELINES if baselines else ():
        jobs += [replace(job, name=name, method=name) for job in full]
    for variant in variants:
        own = preset_params(params, variant)
        place = replace(workspace, name=variant.name, own=changed_stages(own, params))
        jobs += variant_jobs(variant, own, place, prepare(own, place) if place.own else outputs, folds)
    runs = run_jobs(jobs, workspace.root / "results", params.engine)

    rows = by_name(runs)
    summary: dict[str, Any] = rounded(summarise(runs, facts(workspace, folds, len(rows[FULL.name])), params.evaluate))
    write_json(layout.metrics("bench") / METRICS_FILE, summary)
    write_text(workspace.root / ROWS_FILE, rows_csv(rows))
    console = Console(width=WIDTH)
    for table in tables(summary):
        console.print(table)
    console.print(f"figures: {layout.metrics('bench') / METRICS_FILE}", soft_wrap=True)
    console.print(f"every held-out row: {workspace.root / ROWS_FILE}", soft_wrap=True)


def variant_jobs(variant: Preset, params: Params, layout: Layout, outputs: dict[str, str], folds: int) -> list[Job]:
    """One job a fold."""
    inputs = tuple(outputs[stage] for stage in INPUT_STAGES)
    return [
        Job(variant.name, HYBRID, fold, folds, params, layout, inputs, catalogue=variant.catalogue)
        for fold in range(folds)
    ]


def check_folds(params: Params, layout: Layout, folds: int) -> None:
    """Refuses, before anything is trained, folds that would lack rows.

    Raises:
        InputError: Says which and what to do.
    """
    labels = [label for label in read_labels(layout.data("labels")) if label.status != "rejected"]
    runs: list[Fold] = [*range(folds), CATALOGUE_ONLY]
    for fold in runs:
        split = parts(labels, fold, folds, params.labels)
        # Real rows only: with the catalogue beside them there would always be rows to train on.
        counted = [
            part
            for label, part in zip(labels, split, strict=True)
            if part is not None and (fold == CATALOGUE_ONLY or not is_catalogue(label.source))
        ]
        require(counted, fold, folds)


def facts(layout: Layout, folds: int, held_out: int) -> Facts:
    """What the summary says of the data beside the rows' figures."""
    real = [label for label in read_labels(layout.data("labels")) if not is_catalogue(label.source)]
    left_out = len(real) - held_out
    if left_out:
        print(f"bench-real: {left_out} of {len(real)} rows have no usable label or photo: left out", file=sys.stderr)
    cnn = read_feature_metadata(layout.data("cnn") / "train")
    return Facts(folds, left_out, cnn.get("cnn_weights", ""))
