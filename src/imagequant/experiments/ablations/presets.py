"""The ablations as named presets of parameters, in one table.

``imagequant ablate`` runs them on the data of the project, ``imagequant cross-validate`` on labelled photos.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

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

    Args:
        names: Names of presets.
        among: The available presets.

    Raises:
        InputError: If a name is not available.
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
