"""Files of another revision. Only files in git are read, since a clone of depth 1 has no others."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from imagequant.core.errors import InputError


@dataclass(frozen=True)
class Revision:
    """A commit of the project in ``root``; ``name`` is the name it was found by."""

    root: Path
    name: str
    commit: str

    def read(self, path: str) -> str | None:
        """Return the text of a file, relative to the project folder; None if the revision has no such file."""
        # ./: relative to the folder, not to the top of the repository.
        return _git(self.root, "show", f"{self.commit}:./{path}")


def resolve(root: Path, name: str) -> Revision:
    """Finds a revision, or else the branch of that name last fetched from ``origin``.

    Raises:
        InputError: If ``root`` is not in a git repository, or there is no such revision.
    """
    if _git(root, "rev-parse", "--git-dir") is None:
        raise InputError(f"{root}: not in a git repository: there is nothing to compare with")
    for candidate in (name, f"origin/{name}"):
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}")
        if commit:
            return Revision(root, name, commit.strip())
    raise InputError(f"{name}: no such revision here; for a branch: git fetch --depth 1 origin {name}:{name}")


def _git(root: Path, *arguments: str) -> str | None:
    """Return the output of a git command, None if it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    return done.stdout.decode("utf-8") if done.returncode == 0 else None
