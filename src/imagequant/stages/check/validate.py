"""Checks of one table: keys, references and, for text files, values; a few thousand rows in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from imagequant.stages.check.tables import CheckedTable, Reference
from imagequant.storage.lookup import DIGEST_BYTES, Digests, as_digests, digest


@dataclass(frozen=True)
class RowGroup:
    """Consecutive rows of one file; ``start`` counts the file's rows before them."""

    path: Path
    start: int
    rows: pa.Table


@dataclass(frozen=True)
class Finding:
    """A row of a file that breaks a rule; ``row`` counts from 1."""

    path: Path
    row: int
    rule: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.path}, row {self.row}: {self.rule}" + (f", not {self.value}" if self.value else "")


@dataclass
class Result:
    """The result of checking one table.

    Attributes:
        rows: Number of rows.
        violations: Number of violations by rule.
        examples: The first few.
        targets: Sorted digests of the cells that later tables refer to, by column.
    """

    rows: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    examples: list[Finding] = field(default_factory=list)
    targets: dict[str, Digests] = field(default_factory=dict)


def check_table(
    table: CheckedTable, groups: Iterable[RowGroup], earlier: Mapping[str, Result], examples: int
) -> Result:
    """Checks one table.

    Args:
        table: What is checked.
        groups: Its rows.
        earlier: Results of the tables it refers to.
        examples: Number of violations to keep.
    """
    result = Result()
    keys = bytearray()
    targets = {column: bytearray() for column in table.targets}
    for group in groups:
        result.rows += group.rows.num_rows
        by_value = _by_value(table, group) if table.is_text else ()
        for finding in (*by_value, *_by_reference(table.references, group, earlier)):
            result.violations[finding.rule] += 1
            if len(result.examples) < examples:
                result.examples.append(finding)
        if table.key:
            keys += _digests(*(group.rows.column(name).to_pylist() for name in table.key))
        for column, packed in targets.items():
            packed.extend(_digests(group.rows.column(column).unique().to_pylist()))
    repeated = len(keys) // DIGEST_BYTES - len(np.unique(as_digests(keys)))
    if repeated:
        result.violations[f"{', '.join(table.key)} must be unique"] += repeated
    result.targets = {column: np.unique(as_digests(packed)) for column, packed in targets.items()}
    return result


def _by_value(table: CheckedTable, group: RowGroup) -> Iterator[Finding]:
    for violation in sorted(table.declared.violations(group.rows), key=lambda each: each.row):
        yield Finding(group.path, group.start + violation.row + 1, violation.rule, violation.value)


def _by_reference(references: Sequence[Reference], group: RowGroup, earlier: Mapping[str, Result]) -> Iterator[Finding]:
    for reference in references:
        known = earlier[reference.table].targets[reference.target_column]
        # Of equal cells, the first row is reported.
        first: dict[str, int] = {}
        for row, cell in enumerate(map(str, group.rows.column(reference.column).to_pylist()), start=group.start + 1):
            first.setdefault(cell, row)
        first.pop("", None)
        is_known = np.isin(as_digests(_digests(list(first))), known)
        for (cell, row), there in zip(first.items(), is_known, strict=True):
            if not there:
                rule = f"column {reference.column} must be in column {reference.target_column} of {reference.table}"
                yield Finding(group.path, row, rule, repr(cell))


def _digests(*columns: Sequence[object]) -> bytes:
    return b"".join(digest(*map(str, cells)) for cells in zip(*columns, strict=True))
