"""A small DVC project that runs the pipeline's stages on the photos to cross-validate on.

It has the project's ``dvc.yaml`` and code, and its own parameters. DVC decides what is up to date. Variants with other
parameters for these stages have projects of their own, which share DVC's cache, so that equal stages run only once.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import yaml

import imagequant
from imagequant.core.errors import InputError
from imagequant.core.files import write_csv, write_text
from imagequant.experiments.dvc import run_command
from imagequant.params import Params
from imagequant.storage.corrections import COLUMNS, CORRECTIONS_FILE
from imagequant.storage.layout import CACHE_VARIABLE, Layout

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


def prepare(params: Params, project: Layout, folder: Path, photos: Path) -> Layout:
    """Brings the outputs of ``TARGETS`` up to date.

    Args:
        params: The parameters to run the stages with.
        project: The project whose ``dvc.yaml`` and work cache are used.
        folder: The folder of the DVC project; created if there is none.
        photos: The folder with labelled files and photos: if a file changes, stages that read it run again.

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
    _link(folder / "src" / "imagequant", Path(imagequant.__file__).parent)
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


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target.resolve())
