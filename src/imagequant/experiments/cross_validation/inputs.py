"""A folder of labelled photos, and the small DVC project that runs the pipeline's stages on them.

It has the project's ``dvc.yaml`` and code, and its own parameters. DVC decides what is up to date. Variants with other
parameters for these stages have projects of their own, which share DVC's cache, so that equal stages run only once.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import yaml

import imagequant
from imagequant.core.errors import InputError
from imagequant.core.files import write_csv, write_text
from imagequant.experiments.dvc import run_command
from imagequant.params import Params
from imagequant.storage.labels import SYNTHETIC_TRAIN
from imagequant.storage.layout import CACHE_VARIABLE, Layout
from imagequant.storage.raw import COLUMNS, CORRECTIONS_FILE

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


def labelled_files(folder: Path) -> list[Path]:
    """Return the CSV files of a folder that have labels, by name, at least one; lists the others on stderr."""
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
    write_text(folder / "dvc.yaml", yaml.safe_dump(_pipeline(project.root / "dvc.yaml", photos)))
    # Corrections belong to the rows of the project, which are not read here.
    write_csv(layout.data(CORRECTIONS_FILE), COLUMNS, [])
    code = folder / "src" / "imagequant"
    code.parent.mkdir(parents=True, exist_ok=True)
    code.unlink(missing_ok=True)
    code.symlink_to(Path(imagequant.__file__).resolve().parent)
    environment = {CACHE_VARIABLE: str(project.work_cache.absolute())}
    run_command(folder, "dvc", "repro", *TARGETS, environment=environment)
    return layout


def _pipeline(path: Path, photos: Path) -> dict[str, object]:
    """Return the stages of a ``dvc.yaml``, with the photos as a dependency of the stages that read them."""
    if not path.exists():
        raise InputError(f"{path}: no such file; cross-validation needs the pipeline of a project folder (--root)")
    stages = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
    for name in _READERS:
        stages[name]["deps"].append(str(photos.resolve()))
    return {"stages": stages}
