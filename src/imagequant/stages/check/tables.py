"""The tables of the pipeline: their files, keys and references, and what the cells of CSV files must hold.

``python -m imagequant.stages.check.tables`` prints ``docs/tables.md``, the page about every declared table.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any

from imagequant.quantity.domain import Domain
from imagequant.storage.candidates import CANDIDATES, PHOTOS, TOKENS
from imagequant.storage.checks import NOT_EMPTY, SHA256, SHARE_TEXT, SHARE_TEXT_OR_EMPTY, matches, one_of
from imagequant.storage.declare import Cells, Expression, RowRule, Table
from imagequant.storage.labels import LABELS, LABELS_FILE
from imagequant.storage.layout import SPLITS, Layout, Split, list_shards
from imagequant.storage.manifest import MANIFEST, MANIFEST_NAME
from imagequant.storage.tensors import INDEX_NAME, PIXEL_INDEX
from imagequant.storage.words import STATUS, STATUS_FILE, WORDS

_INTRODUCTION = """# Tables

Every table of the pipeline, in the order of the stages. Parquet files have the columns in this order. CSV files are
listed with the columns that `imagequant check` looks at; their cells are text. This page is generated:
`python -m imagequant.stages.check.tables > docs/tables.md`.
"""


@dataclass(frozen=True)
class QuestionRow:
    """A row of a raw file. The ``sources`` stage refuses rows that break a rule, or leaves them to ``labels``."""

    image_link: Annotated[str, NOT_EMPTY, "URL or path of the photo."]
    entity_name: Annotated[str, NOT_EMPTY, "The entity asked for."]


@dataclass(frozen=True)
class EvaluatedRow:
    """A validation row with its answer."""

    row_id: Annotated[str, "Number of the row in the table of labels."]
    sha256: Annotated[str, SHA256, "Content hash of the photo."]
    entity: Annotated[str, NOT_EMPTY, "The entity asked for."]
    prediction: Annotated[str, "The answer, or empty."]
    confidence: Annotated[str, SHARE_TEXT, "Estimated probability that the answer is right."]
    outcome: Annotated[str, one_of(("TP", "FP", "FN", "TN")), "How the contest counts it."]
    read: Annotated[str, one_of(("True", "False")), "Whether the right answer is among the candidates."]


@dataclass(frozen=True)
class AnswerRow:
    """A test row with its answer."""

    index: Annotated[str, "The row's ``index`` in the raw file."]
    entity_name: Annotated[str, "The entity asked for."]
    prediction: Annotated[str, matches("`x unit` or empty", r"\A(-?\d+(\.\d+)? [a-z ]+)?\z"), "The answer, or empty."]
    confidence: Annotated[str, SHARE_TEXT_OR_EMPTY, "Estimated probability that the answer is right."]


def _known_entity(column: str, domain: Domain) -> RowRule:
    return RowRule(f"a known entity in column {column}", lambda cells: cells(column).isin(list(domain.names)))


def _unit_of_entity(domain: Domain) -> RowRule:
    def test(cells: Cells) -> Expression:
        asked, answered = cells("entity_name"), cells("prediction")
        known = (
            (asked == name) & matches("", rf"\A\S+ ({'|'.join(entity.allowed_units)})\z").test(answered)
            for name, entity in domain.entities.items()
        )
        return reduce(or_, known, answered == "")

    return RowRule("a unit of the entity", test)


def for_domain(table: Table[Any], domain: Domain) -> Table[Any]:
    """Return one of the tables of text with the rules that depend on the entities."""
    further = {
        QUESTIONS: (_known_entity("entity_name", domain),),
        SCORED: (_known_entity("entity", domain),),
        ANSWERS: (_unit_of_entity(domain),),
    }
    return Table(table.row, table.files, *table.rules, *further[table])


QUESTIONS = Table(QuestionRow, "data/sources/<split>/*")
SCORED = Table(
    EvaluatedRow,
    "metrics/evaluate/rows.csv",
    RowRule(
        "a prediction where the outcome is TP or FP, none where it is not",
        lambda cells: cells("outcome").isin(["TP", "FP"]) == (cells("prediction") != ""),
    ),
)
ANSWERS = Table(
    AnswerRow,
    "data/predict/details.csv",
    RowRule(
        "a confidence where there is a prediction",
        lambda cells: (cells("prediction") == "") | (cells("confidence") != ""),
    ),
)


@dataclass(frozen=True)
class CheckedTable:
    """A table with what is checked of it.

    Attributes:
        name: ``labels``, ``download/train``, ...
        declared: What its rows must hold. Values are checked for CSV and raw files only: the other tables are checked
            while they are written.
        key: Columns whose values together are unique; empty for tables without a key.
        references: For each column whose values must be in the same column of an earlier table, that table's name.
            Empty cells refer to nothing.
        targets: Columns that later tables refer to.
        raw: The split, for raw files.
    """

    name: str
    paths: tuple[Path, ...]
    declared: Table[Any]
    key: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    raw: Split | None = None

    @property
    def is_text(self) -> bool:
        """Whether all its cells are text, so that its values need checks here."""
        return self.declared.row in (QuestionRow, EvaluatedRow, AnswerRow)


def tables(layout: Layout, domain: Domain) -> Iterator[CheckedTable]:
    """Yields all tables in the order of the pipeline, with the rules about their entities."""
    for split in SPLITS:
        yield from _split_tables(layout, split, domain)
    to_photos, labels = {"sha256": "download/train"}, (layout.data("labels") / LABELS_FILE,)
    yield CheckedTable("labels", labels, LABELS, key=("row_id",), references=to_photos, targets=("row_id",))
    yield CheckedTable(
        "evaluate",
        (layout.metrics("evaluate") / "rows.csv",),
        for_domain(SCORED, domain),
        key=("row_id",),
        references={"row_id": "labels", "sha256": "candidates/train"},
    )
    answers = (layout.data("predict") / "details.csv",)
    yield CheckedTable("predict", answers, for_domain(ANSWERS, domain), references={"index": "sources/test"})


def _split_tables(layout: Layout, split: Split, domain: Domain) -> Iterator[CheckedTable]:
    def found(stage: str, *names: str) -> tuple[Path, ...]:
        folder = layout.data(stage) / split
        return tuple(folder / name for name in names)

    photo, to_photo = ("sha256",), {"sha256": f"download/{split}"}
    targets = ("index",) if split == "test" else ()
    sources = tuple(sorted((layout.data("sources") / split).iterdir()))
    questions = for_domain(QUESTIONS, domain)
    yield CheckedTable(f"sources/{split}", sources, questions, targets=targets, raw=split)
    manifest = found("download", MANIFEST_NAME)
    yield CheckedTable(f"download/{split}", manifest, MANIFEST, key=("source", "image_link"), targets=photo)
    index = found("preprocess", INDEX_NAME)
    yield CheckedTable(f"preprocess/{split}", index, PIXEL_INDEX, key=photo, references=to_photo)
    status, name = found("ocr", STATUS_FILE), f"ocr/{split}/status"
    yield CheckedTable(name, status, STATUS, key=("sha256", "engine"), references=to_photo, targets=photo)
    to_status = {"sha256": f"ocr/{split}/status"}
    words = tuple(list_shards(layout.data("ocr") / split, "parquet"))
    yield CheckedTable(f"ocr/{split}/words", words, WORDS, references=to_status)
    candidates = layout.data("candidates") / split
    photos = tuple(list_shards(candidates / "photos", "parquet"))
    yield CheckedTable(f"candidates/{split}", photos, PHOTOS, key=photo, references=to_status, targets=photo)
    for name, declared in (("tokens", TOKENS), ("quantities", CANDIDATES)):
        paths = tuple(list_shards(candidates / name, "parquet"))
        to_candidates = {"sha256": f"candidates/{split}"}
        yield CheckedTable(f"candidates/{split}/{name}", paths, declared, references=to_candidates)


TABLES = (QUESTIONS, MANIFEST, PIXEL_INDEX, LABELS, STATUS, WORDS, PHOTOS, TOKENS, CANDIDATES, SCORED, ANSWERS)


def describe(tables: Iterable[Table[Any]]) -> str:
    """Returns the page ``docs/tables.md``."""
    lines = [_INTRODUCTION, *(line for table in tables for line in _section(table))]
    return "\n".join(lines).replace("``", "`")


def _section(table: Table[Any]) -> Iterator[str]:
    yield f"## `{table.files}`\n"
    yield f"{inspect.getdoc(table.row)}\n"
    yield "| column | type | allowed | meaning |\n|---|---|---|---|"
    for column in table.columns:
        allowed = column.check.rule if column.check else "any"
        if column.optional:
            allowed = f"{allowed}, or missing"
        yield f"| `{column.name}` | `{column.type}` | {allowed} | {column.meaning} |"
    if table.rules:
        yield f"\nEvery row has {'; '.join(rule.rule for rule in table.rules)}."
    yield ""


if __name__ == "__main__":
    print(describe(TABLES), end="")
