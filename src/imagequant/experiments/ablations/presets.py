"""The ablations as named presets of parameters, in one table, and overrides as a fragment of ``params.yaml``.

``imagequant ablate`` runs them on the data of the project, ``imagequant cross-validate`` on labelled photos.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from imagequant.core.errors import InputError
from imagequant.params import AugmentParams, Params, overridden


@dataclass(frozen=True)
class Preset:
    """A variant of the model.

    Attributes:
        name: Name on the command line, and of the DVC experiment.
        overrides: Parameters by dotted name, as for ``dvc exp run -S``.
        synthetic: Whether to train on the generated photos too; without it only cross-validation can run.
        reference: The preset to compare with.
    """

    name: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    synthetic: bool = True
    reference: str = "full"


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
    _without("no_cnn", {"train.use_cnn": False}),
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
    """Return the named presets and their references, in the order of the table.

    Raises:
        InputError: If a name is not that of a preset ``among`` them.
    """
    known = {preset.name: preset for preset in among}
    for name in names:
        if name not in known:
            raise InputError(f"{name!r} is no preset; allowed: {', '.join(known)}")
    selected = {*names, *(known[name].reference for name in names)}
    return [preset for preset in known.values() if preset.name in selected]


def preset_params(params: Params, preset: Preset) -> Params:
    """Return the parameters with the overrides of a preset.

    Raises:
        InputError: If an override has an unknown key or a value out of range.
    """
    return overridden(params, preset.overrides, f"preset {preset.name}")


def as_settings(overrides: Mapping[str, Any]) -> list[str]:
    """Formats overrides for ``dvc exp run``, one for each ``-S``."""
    return [f"{name}={json.dumps(value)}" for name, value in overrides.items()]


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
    """Reads what ``patch_yaml`` wrote, as dotted names.

    Raises:
        InputError: If the file is missing, is not YAML, or has no overrides.
    """
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
