"""Names and order of the shards in a stage's output folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imagequant.storage.layout import SPLITS


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
