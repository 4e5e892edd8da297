"""A folder of labelled photos: its labelled files, and the parameters to read them with."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from imagequant.core.errors import InputError
from imagequant.params import Params

# The generated photos, in the folder that DVC prepares (see ``dvc_project``).
SYNTHETIC_TRAIN = "data/synthetic/train.csv"
SYNTHETIC_TEST = "data/synthetic/test.csv"
_LABEL_COLUMN = "entity_value"


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


def cross_validation_params(params: Params, files: Sequence[Path]) -> Params:
    """Return the project's parameters with the generated photos and the files as data."""
    sources = (SYNTHETIC_TRAIN, *(str(path.resolve()) for path in files))
    return replace(
        params,
        sources=replace(params.sources, train=sources, test=SYNTHETIC_TEST),
        # Folds are made later, from the real rows only, and these sources need not exist here.
        labels=replace(params.labels, train_only=(), validation_only=()),
    )


def is_synthetic(source: str) -> bool:
    """Whether the source of a label row is the generated photos."""
    return source == SYNTHETIC_TRAIN


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: not readable as CSV: {' '.join(str(error).split())}") from None
