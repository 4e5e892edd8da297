"""Named presets of parameters, the ablations: what is switched off or changed in each, in one table.

``imagequant ablate`` runs them on the project's own data, ``imagequant bench-real`` cross-validates them on labelled
photos.
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
    """A way to build the model.

    Attributes:
        name: As typed, and the experiment's name in DVC.
        overrides: Parameters by dotted name, as for ``dvc exp run -S``.
        catalogue: Whether the built-in catalogue's rows are trained on too; without them only the bench can run it.
        reference: The preset its figures are compared with.
    """

    name: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    catalogue: bool = True
    reference: str = "full"


FULL = Preset("full")

# One network by itself, a third of the model's training: what the ablations are taken from and compared with. Without
# the trees, which would make up for what the network is left without.
ONE_NETWORK = Preset("one_network", {"train.members": 1, "train.trees.weight": 0.0})


def _without(name: str, overrides: Mapping[str, Any] | None = None, *, catalogue: bool = True) -> Preset:
    return Preset(name, {**ONE_NETWORK.overrides, **(overrides or {})}, catalogue, reference=ONE_NETWORK.name)


# To add one, add a line.
ABLATIONS: tuple[Preset, ...] = (
    Preset("no_trees", {"train.trees.weight": 0.0}),
    ONE_NETWORK,
    _without("no_cnn", {"train.use_cnn": False}),
    _without("no_lstm", {"train.use_lstm": False}),
    _without("no_geometry", {"train.use_geometry": False}),
    _without("no_augment", {f"train.augment.{each.name}": 0.0 for each in fields(AugmentParams)}),
    _without("real_only", catalogue=False),
    _without("no_line_segments", {"candidates.line_segments": False}),
    _without("no_ocr_alternatives", {"candidates.ocr_alternatives": False}),
    _without("no_dual_unit_corrections", {"candidates.dual_unit_corrections": False}),
    _without("tesseract_only", {"ocr.engines": ["tesseract"]}),
    _without("rapidocr_only", {"ocr.engines": ["rapidocr"]}),
)


def chosen_presets(names: Sequence[str], among: Iterable[Preset] = ABLATIONS) -> list[Preset]:
    """The presets named and those they are compared with, in the table's order.

    Args:
        names: What was asked for.
        among: What can be asked for.

    Raises:
        InputError: If a name is not among them.
    """
    known = {preset.name: preset for preset in among}
    for name in names:
        if name not in known:
            raise InputError(f"{name!r} is no preset; allowed: {', '.join(known)}")
    wanted = {*names, *(known[name].reference for name in names)}
    return [preset for preset in known.values() if preset.name in wanted]


def preset_params(params: Params, preset: Preset) -> Params:
    """The parameters with a preset's overrides.

    Raises:
        InputError: If an override names no key or a value out of range.
    """
    return overridden(params, preset.overrides, f"preset {preset.name}")


def as_settings(overrides: Mapping[str, Any]) -> list[str]:
    """Overrides as ``dvc exp run`` takes them, one after each ``-S``."""
    return [f"{name}={json.dumps(value)}" for name, value in overrides.items()]
