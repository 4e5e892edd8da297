"""The ablations: what is switched off or changed in each, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from imagequant.errors import InputError
from imagequant.params import AugmentParams, Params, parse_params


@dataclass(frozen=True)
class Variant:
    """A way to build the model.

    Attributes:
        name: As typed after ``--variant``.
        overrides: Parameters by dotted name, as for ``dvc exp run -S``.
        catalogue: Whether the built-in catalogue's rows are trained on too.
        reference: The variant its figures are compared with.
    """

    name: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    catalogue: bool = True
    reference: str = "full"


FULL = Variant("full")

# One network by itself, a third of the model's training: what the ablations are taken from and compared with. Without
# the trees, which would make up for what the network is left without.
ONE_NETWORK = Variant("one_network", {"train.members": 1, "train.trees.weight": 0.0})


def _without(name: str, overrides: Mapping[str, Any] | None = None, *, catalogue: bool = True) -> Variant:
    return Variant(name, {**ONE_NETWORK.overrides, **(overrides or {})}, catalogue, reference=ONE_NETWORK.name)


# To add one, add a line.
ABLATIONS: tuple[Variant, ...] = (
    Variant("no_trees", {"train.trees.weight": 0.0}),
    ONE_NETWORK,
    _without("no_cnn", {"train.use_cnn": False}),
    _without("no_lstm", {"train.use_lstm": False}),
    _without("no_geometry", {"train.use_geometry": False}),
    _without("no_augment", {f"train.augment.{each.name}": 0.0 for each in fields(AugmentParams)}),
    _without("real_only", catalogue=False),
    _without("no_strokes", {"candidates.strokes": False}),
    _without("no_second_choices", {"candidates.second_choices": False}),
    _without("no_twin_corrections", {"candidates.twin_corrections": False}),
    _without("tesseract_only", {"ocr.engines": ["tesseract"]}),
    _without("rapidocr_only", {"ocr.engines": ["rapidocr"]}),
)


def chosen_variants(names: Sequence[str], *, every: bool) -> list[Variant]:
    """The ablations named and what they are compared with, or all of them, in the table's order.

    Raises:
        InputError: If a name is not in the table.
    """
    known = [variant.name for variant in ABLATIONS]
    for name in names:
        if name not in known:
            raise InputError(f"--variant: {name!r} is none; allowed: {', '.join(known)}")
    wanted = {*names, *(variant.reference for variant in ABLATIONS if variant.name in names)}
    return [variant for variant in ABLATIONS if every or variant.name in wanted]


def variant_params(params: Params, variant: Variant) -> Params:
    """The parameters with a variant's overrides.

    Raises:
        InputError: If an override names no key or a value out of range.
    """
    values = asdict(params)
    for dotted, value in variant.overrides.items():
        *path, last = dotted.split(".")
        place = values
        for name in path:
            place = place.setdefault(name, {})
        place[last] = value
    return parse_params(values, f"variant {variant.name}")
