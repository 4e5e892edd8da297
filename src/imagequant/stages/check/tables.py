"""Which tables there are: their files, schema, key and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pandera.pandas import DataFrameSchema

from imagequant.stages.check import schemas
from imagequant.storage.candidates import CANDIDATES_SCHEMA, PHOTOS_SCHEMA, TOKENS_SCHEMA
from imagequant.storage.labels import LABELS_FILE, LABELS_SCHEMA
from imagequant.storage.layout import SPLITS, Layout, Split
from imagequant.storage.manifest import MANIFEST_NAME, MANIFEST_SCHEMA
from imagequant.storage.pixels import INDEX_NAME, INDEX_SCHEMA
from imagequant.storage.shards import list_shards
from imagequant.storage.words import STATUS_FILE, STATUS_SCHEMA, WORDS_SCHEMA


@dataclass(frozen=True)
class Reference:
    """Cells of ``column`` that are not empty stand in column ``of_column`` of an earlier table."""

    column: str
    table: str
    of_column: str


@dataclass(frozen=True)
class Table:
    """A table of the pipeline.

    Attributes:
        name: ``labels``, ``download/train``, ...
        paths: Its files, in order.
        columns: Names and types its files must have; None where they are text (CSV, raw files).
        raw: The split, of raw files.
        schema: What must hold for its cells.
        key: Columns that no two rows agree in; none for tables without.
        references: To tables that come before.
        referred: Columns that later tables refer to.
    """

    name: str
    paths: tuple[Path, ...]
    columns: pa.Schema | None
    schema: DataFrameSchema
    key: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    referred: tuple[str, ...] = ()
    raw: Split | None = None


def tables(layout: Layout) -> Iterator[Table]:
    """All of them, in the order of the pipeline."""
    for split in SPLITS:
        yield from _split_tables(layout, split)
    yield Table(
        "labels",
        (layout.data("labels") / LABELS_FILE,),
        LABELS_SCHEMA,
        schemas.LABELS,
        key=("row_id",),
        references=(Reference("sha256", "download/train", "sha256"),),
        referred=("row_id",),
    )
    yield Table(
        "evaluate",
        (layout.metrics("evaluate") / "rows.csv",),
        None,
        schemas.RESULTS,
        key=("row_id",),
        references=(Reference("row_id", "labels", "row_id"), Reference("sha256", "candidates/train", "sha256")),
    )
    yield Table(
        "predict",
        (layout.data("predict") / "details.csv",),
        None,
        schemas.ANSWERS,
        references=(Reference("index", "sources/test", "index"),),
    )


def _split_tables(layout: Layout, split: Split) -> Iterator[Table]:
    sources = sorted((layout.data("sources") / split).iterdir())
    readings, candidates = layout.data("ocr") / split, layout.data("candidates") / split
    link = ("index",) if split == "test" else ()
    yield Table(f"sources/{split}", tuple(sources), None, schemas.RAW, referred=link, raw=split)
    yield Table(
        f"download/{split}",
        (layout.data("download") / split / MANIFEST_NAME,),
        MANIFEST_SCHEMA,
        schemas.MANIFEST,
        key=("source", "image_link"),
        referred=("sha256",),
    )
    of_photo = Reference("sha256", f"download/{split}", "sha256")
    yield Table(
        f"preprocess/{split}",
        (layout.data("preprocess") / split / INDEX_NAME,),
        INDEX_SCHEMA,
        schemas.PIXELS,
        key=("sha256",),
        references=(of_photo,),
    )
    yield Table(
        f"ocr/{split}/status",
        (readings / STATUS_FILE,),
        STATUS_SCHEMA,
        schemas.READINGS,
        key=("sha256", "engine"),
        references=(of_photo,),
        referred=("sha256",),
    )
    of_reading = Reference("sha256", f"ocr/{split}/status", "sha256")
    yield Table(
        f"ocr/{split}/words",
        tuple(list_shards(readings, "parquet")),
        WORDS_SCHEMA,
        schemas.WORDS,
        references=(of_reading,),
    )
    yield Table(
        f"candidates/{split}",
        tuple(list_shards(candidates / "photos", "parquet")),
        PHOTOS_SCHEMA,
        schemas.PHOTOS,
        key=("sha256",),
        references=(of_reading,),
        referred=("sha256",),
    )
    of_candidates = Reference("sha256", f"candidates/{split}", "sha256")
    for name, columns, schema in (
        ("tokens", TOKENS_SCHEMA, schemas.WORDS),
        ("quantities", CANDIDATES_SCHEMA, schemas.QUANTITIES),
    ):
        yield Table(
            f"candidates/{split}/{name}",
            tuple(list_shards(candidates / name, "parquet")),
            columns,
            schema,
            references=(of_candidates,),
        )
