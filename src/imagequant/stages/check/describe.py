"""The page ``docs/tables.md`` about every declared table; ``python -m imagequant.stages.check.describe`` prints it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from imagequant.stages.check.tables import ANSWERS, QUESTIONS, SCORED
from imagequant.storage.candidates import CANDIDATES, PHOTOS, TOKENS
from imagequant.storage.declare import Table
from imagequant.storage.labels import LABELS
from imagequant.storage.manifest import MANIFEST
from imagequant.storage.pixels import PIXEL_INDEX
from imagequant.storage.words import STATUS, WORDS

TABLES: tuple[Table[Any], ...] = (
    QUESTIONS,
    MANIFEST,
    PIXEL_INDEX,
    LABELS,
    STATUS,
    WORDS,
    PHOTOS,
    TOKENS,
    CANDIDATES,
    SCORED,
    ANSWERS,
)
_INTRODUCTION = """# Tables

Every table of the pipeline, in the order of the stages. Parquet files have the columns in this order. CSV files are
listed with the columns that `imagequant check` looks at; their cells are text. This page is generated:
`python -m imagequant.stages.check.describe > docs/tables.md`.
"""


def describe(tables: Iterable[Table[Any]]) -> str:
    """Returns the page."""
    return "\n".join([_INTRODUCTION, *(line for table in tables for line in _section(table))])


def _section(table: Table[Any]) -> Iterator[str]:
    yield f"## `{table.files}`\n"
    yield _markdown(f"{inspect.getdoc(table.row)}\n")
    yield "| column | type | allowed | meaning |\n|---|---|---|---|"
    for column in table.columns:
        allowed = column.check.rule if column.check else "any"
        if column.optional:
            allowed = f"{allowed}, or missing"
        yield _markdown(f"| `{column.name}` | `{column.type}` | {allowed} | {column.meaning} |")
    if table.rules:
        yield _markdown(f"\nEvery row has {'; '.join(rule.rule for rule in table.rules)}.")
    yield ""


def _markdown(text: str) -> str:
    return text.replace("``", "`")


if __name__ == "__main__":
    print(describe(TABLES), end="")
