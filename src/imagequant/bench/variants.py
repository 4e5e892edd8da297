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
    """

    name: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    catalogue: bool = True


FULL = Variant("full")

# To add one, add a line.
ABLATIONS: tuple[Variant, ...] = (
    Variant("no_cnn", {"train.use_cnn": False}),
    Variant("no_lstm", {"train.use_lstm": False}),
    Variant("no_geometry", {"train.use_geometry": False}),
    Variant("no_augment", {f"train.augment.{each.name}": 0.0 for each in fields(AugmentParams)}),
    Variant("real_only", catalogue=False),
    Variant("one_network", {"train.members": 1}),
    Variant("no_second_choices", {"candidates.second_choices": False}),
    Variant("no_twin_corrections", {"candidates.twin_corrections": False}),
    Variant("tesseract_only", {"ocr.engines": ["tesseract"]}),
    Variant("rapidocr_only", {"ocr.engines": ["rapidocr"]}),
)


def chosen_variants(names: Sequence[str], *, every: bool) -> list[Variant]:
    """The ablations named, or all of them, in the table's order.

    Raises:
        InputError: If a name is not in the table.
    """
    known = [variant.name for variant in ABLATIONS]
    for name in names:
        if name not in known:
            raise InputError(f"--variant: {name!r} is none; allowed: {', '.join(known)}")
    return [variant for variant in ABLATIONS if every or variant.name in names]


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
