"""Tables against their schemas, some thousand rows in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from pandera.errors import SchemaErrors

from imagequant.stages.check.tables import Reference, Table
from imagequant.storage.lookup import DIGEST_BYTES, Digests, as_digests, digest


@dataclass(frozen=True)
class Portion:
    """Consecutive rows of one file; the frame's index counts the file's rows from 1."""

    path: Path
    frame: pd.DataFrame


@dataclass(frozen=True)
class Violation:
    """A row that is not as declared; ``rule`` reads ``column confidence: from 0 to 1``."""

    path: Path
    row: int
    rule: str
    value: str

    def __str__(self) -> str:
        return f"{self.path}, row {self.row}: {self.rule}, not {self.value}"


@dataclass
class Checked:
    """What was found in one table.

    Attributes:
        rows: How many it has.
        violations: How many of each rule.
        examples: The first few.
        referred: Digests of the cells that later tables refer to, by column, sorted.
    """

    rows: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    examples: list[Violation] = field(default_factory=list)
    referred: dict[str, Digests] = field(default_factory=dict)


def check_table(table: Table, portions: Iterable[Portion], before: Mapping[str, Checked], examples: int) -> Checked:
    """Checks one table.

    Args:
        table: What is declared.
        portions: Its rows.
        before: What was found in the tables it refers to.
        examples: So many violations are kept.
    """
    found = Checked()
    keys = bytearray()
    referred = {column: bytearray() for column in table.referred}
    for portion in portions:
        found.rows += len(portion.frame)
        for violation in (*_by_schema(table, portion), *_by_reference(table.references, portion, before)):
            found.violations[violation.rule] += 1
            if len(found.examples) < examples:
                found.examples.append(violation)
        if table.key:
            keys += _digests(portion.frame[list(table.key)])
        for column, packed in referred.items():
            packed.extend(_digests(portion.frame[[column]].drop_duplicates()))
    repeated = len(keys) // DIGEST_BYTES - len(np.unique(as_digests(keys)))
    if repeated:
        found.violations[f"{', '.join(table.key)}: no two rows agree"] += repeated
    found.referred = {column: np.unique(as_digests(packed)) for column, packed in referred.items()}
    return found


def _by_schema(table: Table, portion: Portion) -> Iterator[Violation]:
    try:
        table.schema.validate(portion.frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        # A rule that looks at whole rows is told once a row, not once a cell.
        whole = cases["schema_context"] == "DataFrameSchema"
        cases = pd.concat([cases[~whole], cases[whole].drop_duplicates(["index", "check"])])
        for case in cases.sort_values("index", kind="stable").itertuples():
            if case.schema_context == "DataFrameSchema":
                yield Violation(portion.path, int(case.index), f"{case.check}", "so")
            else:
                yield Violation(
                    portion.path, int(case.index), f"column {case.column}: {case.check}", repr(case.failure_case)
                )


def _by_reference(
    references: Sequence[Reference], portion: Portion, before: Mapping[str, Checked]
) -> Iterator[Violation]:
    for reference in references:
        known = before[reference.table].referred[reference.of_column]
        cells = portion.frame[reference.column].astype(str)
        distinct = cells[cells != ""].drop_duplicates()
        there = np.isin(as_digests(_digests(distinct.to_frame())), known)
        for row, cell in distinct[~there].items():
            rule = f"column {reference.column}: in column {reference.of_column} of {reference.table}"
            yield Violation(portion.path, int(str(row)), rule, repr(cell))


def _digests(frame: pd.DataFrame) -> bytes:
    return b"".join(digest(*map(str, cells)) for cells in frame.itertuples(index=False, name=None))
