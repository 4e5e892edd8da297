"""Copies of a checkout in which DVC runs experiments (``dvc exp run --queue`` and ``--temp``)."""

from __future__ import annotations

from pathlib import Path

from imagequant.storage.locations import is_remote

# Where DVC makes them, in the checkout; each goes when its experiment ends.
_COPIES = (".dvc", "tmp", "exps")


def experiment_copy(path: Path) -> Path | None:
    """The copy a path lies in, if it lies in one."""
    if is_remote(path):
        return None
    place = path.absolute()
    return next((each for each in (place, *place.parents) if each.parent.parts[-3:] == _COPIES), None)


def checkout_of(root: Path) -> Path:
    """The checkout that a project folder is, or is a copy of."""
    copy = experiment_copy(root)
    return copy.parents[len(_COPIES)] if copy else root


def own_cache(root: Path) -> Path:
    """The work cache that a project folder has by itself."""
    return root / ".cache" / "imagequant"
