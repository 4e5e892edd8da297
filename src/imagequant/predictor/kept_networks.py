"""Where the user's compiled networks are kept: compiling them is most of the start-up of a single answer."""

import os
import shutil
from pathlib import Path

# A model's networks take about 50 MB.
_MOST_MODELS = 4


def kept_networks(model: str) -> Path | None:
    """Return the folder for a model's compiled networks, in ``$XDG_CACHE_HOME`` or ``~/.cache``.

    Those of the models that were not used for the longest time are removed.

    Args:
        model: Its hash.

    Returns:
        None if there is no home, or one that cannot be written.
    """
    try:
        every = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "imagequant" / "networks"
        folder = every / model
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        used = sorted(every.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    except (OSError, RuntimeError):
        return None
    for path in used[_MOST_MODELS:]:
        shutil.rmtree(path, ignore_errors=True)
    return folder
