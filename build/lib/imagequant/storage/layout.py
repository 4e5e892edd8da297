"""Folders relative to the project's root, and copies of a checkout in which DVC runs experiments."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from imagequant.core.locations import is_remote, location

# Where DVC makes them in the checkout: queued experiments there, ``--temp`` one folder deeper. DVC removes each copy
# when its experiment ends.
_COPY = re.compile(r"(?P<copy>(?P<checkout>/.*?)/\.dvc/tmp/exps/(standalone/)?[^/]+)(?=/|$)")
Split = Literal["train", "test"]
SPLITS: tuple[Split, ...] = ("train", "test")
CACHE_VARIABLE = "IMAGEQUANT_CACHE"


def experiment_copy(path: Path) -> tuple[Path, Path] | None:
    """Returns the experiment copy that contains a path, if any, and the checkout that it is a copy of."""
    found = None if is_remote(path) else _COPY.match(path.absolute().as_posix())
    return (Path(found["copy"]), Path(found["checkout"])) if found else None


def own_cache(root: Path) -> Path:
    """Returns the work cache of a project folder."""
    return root / ".cache" / "imagequant"


@dataclass(frozen=True)
class Layout:
    """Folders of one checkout. A stage writes to the folder named after it and reads from others'."""

    root: Path

    def data(self, stage: str) -> Path:
        """``data/<stage>``."""
        return self.root / "data" / stage

    def metrics(self, stage: str) -> Path:
        """``metrics/<stage>``."""
        return self.root / "metrics" / stage

    def models(self, stage: str) -> Path:
        """``models/<stage>``."""
        return self.root / "models" / stage

    @property
    def work_cache(self) -> Path:
        """The work cache; ``IMAGEQUANT_CACHE`` moves it (to share it between checkouts).

        Experiments that DVC runs in a copy of the checkout use the cache of the checkout.
        """
        if named := os.environ.get(CACHE_VARIABLE):
            return location(named)
        copy = experiment_copy(self.root)
        return own_cache(copy[1] if copy else self.root)


@dataclass(frozen=True)
class ShardJob:
    """A shard that a stage reads, and the folder of its split that the stage writes to."""

    source: Path
    folder: Path

    @property
    def number(self) -> int:
        """The shard's number."""
        return int(self.source.stem)

    @property
    def name(self) -> str:
        """Its name within the stage, such as ``train/00007``."""
        return f"{self.folder.name}/{self.source.stem}"


def shard_jobs(sources: Path, suffix: str, folder: Path) -> list[ShardJob]:
    """Returns the shards of both splits below ``sources``, to be written below ``folder``."""
    return [ShardJob(path, folder / split) for split in SPLITS for path in list_shards(sources / split, suffix)]


def shard_path(folder: Path, number: int, suffix: str) -> Path:
    """Returns ``folder/00007.tar`` for shard 7."""
    return folder / f"{number:05d}.{suffix}"


def list_shards(folder: Path, suffix: str) -> list[Path]:
    """Returns the shards of a folder in order; other files have names that are not numbers."""
    return sorted(path for path in folder.glob(f"*.{suffix}") if path.stem.isdigit())
