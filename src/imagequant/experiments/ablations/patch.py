"""Parameter overrides as a fragment of ``params.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from imagequant.core.errors import InputError


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
