"""Overrides as a fragment of ``params.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


def patch_yaml(overrides: Mapping[str, Any]) -> str:
    """Dotted names as nested sections; an empty mapping where nothing is overridden."""
    nested: dict[str, Any] = {}
    for dotted, value in overrides.items():
        *path, last = dotted.split(".")
        place = nested
        for name in path:
            place = place.setdefault(name, {})
        place[last] = value
    return yaml.safe_dump(nested, sort_keys=False)
