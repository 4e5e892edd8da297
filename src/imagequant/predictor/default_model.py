"""Which model answers if none is named."""

import json
from pathlib import Path

from imagequant.core.errors import InputError

# What a checkout's pipeline exports, and what the wheel contains.
EXPORTED_MODEL = Path("models/export")
BUILT_IN_MODEL = Path(__file__).with_name("built_in")


def default_model() -> Path:
    """Return the folder of the model to use if none is named.

    Raises:
        InputError: If there is none: this is a checkout whose pipeline has not run.
    """
    for folder in (EXPORTED_MODEL, BUILT_IN_MODEL):
        if folder.is_dir():
            return folder
    raise InputError("no model: `make repro` creates models/export; packages from the package index contain one")


def offered_entities() -> tuple[str, ...]:
    """Return the entities of the default model, for shells to complete; loads no library, and none without a model."""
    try:
        config = json.loads((default_model() / "config.json").read_text(encoding="utf-8"))
        return tuple(name for name, _ in config["domain"]["entities"])
    except (InputError, OSError, ValueError, KeyError, TypeError):
        return ()
