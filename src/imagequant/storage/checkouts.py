"""Copies of a checkout in which DVC runs experiments (``dvc exp run --queue`` and ``--temp``)."""

from __future__ import annotations

from pathlib import Path

from imagequant.core.locations import is_remote

# Where DVC makes them in the checkout: queued experiments there, ``--temp`` one folder deeper. DVC removes each copy
# when its experiment ends.
_COPIES = (".dvc", "tmp", "exps")
_DEEPER = "standalone"


def experiment_copy(path: Path) -> Path | None:
    """Returns the experiment copy that contains a path, if any."""
    if is_remote(path):
        return None
    parts = path.absolute().parts
    for end in range(len(_COPIES), len(parts)):
        if parts[end - len(_COPIES) : end] == _COPIES:
            depth = end + 2 if parts[end] == _DEEPER else end + 1
            return Path(*parts[:depth])
    return None


def checkout_of(root: Path) -> Path:
    """Returns the checkout that a project folder is, or is a copy of."""
    copy = experiment_copy(root)
    return next(each.parent for each in copy.parents if each.name == _COPIES[0]) if copy else root


def own_cache(root: Path) -> Path:
    """Returns the work cache of a project folder."""
    return root / ".cache" / "imagequant"
