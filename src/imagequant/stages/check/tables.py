"""The tables of the pipeline: their files, keys and references."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagequant.stages.check.declared import ANSWERS, QUESTIONS, SCORED
from imagequant.storage.candidates import CANDIDATES, PHOTOS, TOKENS
from imagequant.storage.declare import Table
from imagequant.storage.labels import LABELS, LABELS_FILE
from imagequant.storage.layout import SPLITS, Layout, Split
from imagequant.storage.manifest import MANIFEST, MANIFEST_NAME
from imagequant.storage.pixels import INDEX_NAME, PIXEL_INDEX
from imagequant.storage.shards import list_shards
from imagequant.storage.words import STATUS, STATUS_FILE, WORDS


@dataclass(frozen=True)
class Reference:
    """Non-empty cells of ``column`` must be among those of column ``target_column`` of an earlier table."""

    column: str
    table: str
    target_column: str


@dataclass(frozen=True)
class CheckedTable:
    """A table with what is checked of it.

    Attributes:
        name: ``labels``, ``download/train``, ...
        paths: Its files, in order.
        declared: What its rows must hold. Values are checked for CSV and raw files only: the other tables are checked
            while they are written.
        key: Columns whose values together are unique; empty for tables without a key.
        references: Columns whose values must be in earlier tables.
        targets: Columns that later tables refer to.
        raw: The split, for raw files.
    """

    name: str
    paths: tuple[Path, ...]
    declared: Table[Any]
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    targets: tuple[str, ...] = ()
    raw: Split | None = None

    @property
    def is_text(self) -> bool:
        """Whether all its cells are text, so that its values need checks here."""
        return self.declared in (QUESTIONS, SCORED, ANSWERS)


def tables(layout: Layout) -> Iterator[CheckedTable]:
    """Yields all tables in the order of the pipeline."""
    for split in SPLITS:
        yield from _split_tables(layout, split)
    yield CheckedTable(
        "labels",
        (layout.data("labels") / LABELS_FILE,),
        LABELS,
        key=("row_id",),
        references=(Reference("sha256", "download/train", "sha256"),),
        targets=("row_id",),
    )
    yield CheckedTable(
        "evaluate",
        (layout.metrics("evaluate") / "rows.csv",),
        SCORED,
        key=("row_id",),
        references=(Reference("row_id", "labels", "row_id"), Reference("sha256", "candidates/train", "sha256")),
    )
    yield CheckedTable(
        "predict",
        (layout.data("predict") / "details.csv",),
        ANSWERS,
        references=(Reference("index", "sources/test", "index"),),
    )


def _split_tables(layout: Layout, split: Split) -> Iterator[CheckedTable]:
    sources = sorted((layout.data("sources") / split).iterdir())
    words, candidates = layout.data("ocr") / split, layout.data("candidates") / split
    targets = ("index",) if split == "test" else ()
    yield CheckedTable(f"sources/{split}", tuple(sources), QUESTIONS, targets=targets, raw=split)
    yield CheckedTable(
        f"download/{split}",
        (layout.data("download") / split / MANIFEST_NAME,),
        MANIFEST,
        key=("source", "image_link"),
        targets=("sha256",),
    )
    to_photo = (Reference("sha256", f"download/{split}", "sha256"),)
    index = layout.data("preprocess") / split / INDEX_NAME
    yield CheckedTable(f"preprocess/{split}", (index,), PIXEL_INDEX, key=("sha256",), references=to_photo)
    yield CheckedTable(
        f"ocr/{split}/status",
        (words / STATUS_FILE,),
        STATUS,
        key=("sha256", "engine"),
        references=to_photo,
        targets=("sha256",),
    )
    to_status = (Reference("sha256", f"ocr/{split}/status", "sha256"),)
    yield CheckedTable(f"ocr/{split}/words", tuple(list_shards(words, "parquet")), WORDS, references=to_status)
    yield CheckedTable(
        f"candidates/{split}",
        tuple(list_shards(candidates / "photos", "parquet")),
        PHOTOS,
        key=("sha256",),
        references=to_status,
        targets=("sha256",),
    )
    to_candidates = (Reference("sha256", f"candidates/{split}", "sha256"),)
    for name, declared in (("tokens", TOKENS), ("quantities", CANDIDATES)):
        paths = tuple(list_shards(candidates / name, "parquet"))
        yield CheckedTable(f"candidates/{split}/{name}", paths, declared, references=to_candidates)
