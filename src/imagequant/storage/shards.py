"""Names and order of the shards in a stage's output folder."""

from __future__ import annotations

from pathlib import Path


def shard_path(folder: Path, number: int, suffix: str) -> Path:
    """``folder/00007.tar`` for shard 7."""
    return folder / f"{number:05d}.{suffix}"


def list_shards(folder: Path, suffix: str) -> list[Path]:
    """The shards of a folder in order; numbers only, so tables beside them are not mistaken for shards."""
    return sorted(path for path in folder.glob(f"*.{suffix}") if path.stem.isdigit())
