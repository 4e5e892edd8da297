"""The bench's own folder, and the pipeline's stages run into it: only those with something new."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from imagequant.core.files import file_digest, read_json, write_json
from imagequant.fetch.links import local_path, resolve_link
from imagequant.params import Params
from imagequant.storage.checks import OK
from imagequant.storage.code import code_fingerprint
from imagequant.storage.layout import SPLITS, Layout
from imagequant.storage.manifest import iterate_manifest
from imagequant.storage.raw import iterate_raw
from imagequant.storage.work_cache import fingerprint

# In the pipeline's order: each stage with those whose outputs it reads.
STAGES: Mapping[str, tuple[str, ...]] = {
    "catalogue": (),
    "sources": ("catalogue",),
    "download": ("sources",),
    "preprocess": ("download",),
    "labels": ("sources", "download"),
    "cnn": ("preprocess",),
    "ocr": ("download",),
    "candidates": ("ocr", "labels"),
}


@dataclass(frozen=True)
class Workspace(Layout):
    """A layout whose outputs lie apart for the stages in ``own``, and are shared with the full model's for others.

    Attributes:
        cache: The project's work cache, so that photos already read are not read again.
        name: The variant's.
        own: Stages whose output differs from the full model's.
    """

    cache: Path
    name: str = "full"
    own: frozenset[str] = frozenset()

    def data(self, stage: str) -> Path:
        """The stage's outputs: the variant's own or the shared ones."""
        return self._base(stage) / "data" / stage

    def metrics(self, stage: str) -> Path:
        """The stage's figures, likewise."""
        return self._base(stage) / "metrics" / stage

    def stamp(self, stage: str) -> Path:
        """The file that says what the stage's output was made from."""
        return self._base(stage) / "stamps" / f"{stage}.json"

    @property
    def work_cache(self) -> Path:
        """The project's."""
        return self.cache

    def _base(self, stage: str) -> Path:
        return self.root / "variants" / self.name if stage in self.own else self.root


def section(params: Params, stage: str) -> dict[str, Any]:
    """The section of the parameters a stage reads."""
    return asdict(getattr(params, "data" if stage == "sources" else stage))


def changed_stages(params: Params, other: Params) -> frozenset[str]:
    """Stages whose output differs between two sets of parameters: by their own section or by what they read."""
    changed: set[str] = set()
    for stage, inputs in STAGES.items():
        if section(params, stage) != section(other, stage) or changed & set(inputs):
            changed.add(stage)
    return frozenset(changed)


def prepare(params: Params, workspace: Workspace) -> dict[str, str]:
    """Runs every stage whose code, parameters or inputs changed.

    Returns:
        A hash of each stage's output.
    """
    outputs: dict[str, str] = {}
    for stage, inputs in STAGES.items():
        # A variant comes after the full model, whose stages are up to date then: their stamps are enough.
        if workspace.own and stage not in workspace.own:
            outputs[stage] = read_json(workspace.stamp(stage))["output"]
            continue
        parts = [section(params, stage), [outputs[name] for name in inputs], _outside(stage, params, workspace)]
        key = fingerprint(stage, *parts, code_fingerprint(f"imagequant.stages.{stage}.run"))
        outputs[stage] = _up_to_date(stage, key, workspace) or _run(stage, key, params, workspace)
    return outputs


def _run(stage: str, key: str, params: Params, workspace: Workspace) -> str:
    print(f"bench-real: stage {stage}" + (f" of {workspace.name}" if workspace.own else ""), file=sys.stderr)
    workspace.stamp(stage).unlink(missing_ok=True)
    importlib.import_module(f"imagequant.stages.{stage}.run").run(params, workspace)
    output = folder_hash(workspace.data(stage))
    write_json(workspace.stamp(stage), {"key": key, "output": output})
    return output


def _up_to_date(stage: str, key: str, workspace: Workspace) -> str:
    """The hash of the output if it is the one this key made, else nothing."""
    if not workspace.stamp(stage).exists():
        return ""
    stamp = read_json(workspace.stamp(stage))
    if stamp["key"] != key or stamp["output"] != folder_hash(workspace.data(stage)):
        return ""
    return str(stamp["output"]) if stage != "download" or _complete(workspace) else ""


def _complete(workspace: Workspace) -> bool:
    """Whether every link gave an image: what failed is tried again, the rest comes from the work cache."""
    return all(row.status == OK for split in SPLITS for row in iterate_manifest(workspace.data("download") / split))


def _outside(stage: str, params: Params, workspace: Workspace) -> list[str]:
    """Hashes of what a stage reads beside other stages' outputs: raw files, and photos behind local links."""
    if stage == "sources":
        return [_file_hash(workspace.root / name) for name in params.data.train]
    if stage == "download":
        rows = (row for split in SPLITS for row in iterate_raw(workspace, split))
        urls = dict.fromkeys(resolve_link(row.image_link, row.origin) for row in rows)
        return [_photo_hash(url) for url in urls]
    return []


def _photo_hash(url: str) -> str:
    path = local_path(url)
    return _file_hash(path) if path is not None else url


def _file_hash(path: Path) -> str:
    return file_digest(path) if path.is_file() else "missing"


def folder_hash(folder: Path) -> str:
    """A hash of all files' names and contents, those behind links included."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return fingerprint([(str(path.relative_to(folder)), _file_hash(path)) for path in files])
