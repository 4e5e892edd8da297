"""One command per stage."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from imagequant.cli.options import PARAMS_OPTION, ROOT_OPTION
from imagequant.storage.layout import Layout

# The packages under ``imagequant.stages``, in the order of the pipeline.
STAGES = {
    "versions": "Record the installed versions that results depend on.",
    "synthetic": "Generate product photos with known labels.",
    "sources": "Check the raw files named in section sources and link them into one place.",
    "explore": "Describe the raw rows: distributions and anomalies.",
    "download": "Fetch the photos into shards.",
    "preprocess": "Decode and resize the photos for the CNN.",
    "labels": "Normalise the labels and split the rows.",
    "cnn": "Extract ResNet-50 features.",
    "ocr": "Read the words on the photos.",
    "candidates": "Find all quantities in the words.",
    "train": "Train the ranker.",
    "evaluate": "Measure the model on the validation rows.",
    "export": "Export the network to TorchScript and ONNX.",
    "check": "Check every table against its declaration.",
}


def run_stage(name: str, params: Path, root: Path) -> None:
    """Run a stage with a params file in a project folder."""
    from imagequant.params import load_params  # noqa: PLC0415

    importlib.import_module(f"imagequant.stages.{name}.run").run(load_params(params), Layout(root))


def stage_command(name: str) -> click.Command:
    """Return the command that runs a stage."""

    @click.command(name, help=STAGES[name])
    @PARAMS_OPTION
    @ROOT_OPTION
    def stage(params: Path, root: Path) -> None:
        run_stage(name, params, root)

    return stage
