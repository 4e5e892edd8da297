"""Names and order of the shards in a stage's output folder."""

from __future__ import annotations

from pathlib import Path


def shard_path(folder: Path, number: int, suffix: str) -> Path:
    """Returns ``folder/00007.tar`` for shard 7."""
    return folder / f"{number:05d}.{suffix}"


def list_shards(folder: Path, suffix: str) -> list[Path]:
    """Returns the shards of a folder in order; other files have names that are not numbers."""
    return sorted(path for path in folder.glob(f"*.{suffix}") if path.stem.isdigit())
