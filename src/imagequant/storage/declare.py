"""Tables declared once: a row's dataclass says the columns, their types, what they may hold and what they mean.

The Arrow schema, the conversion of rows, the checks of values and ``docs/tables.md`` all follow from it::

    @dataclass(frozen=True)
    class PhotoRow:
        "A photo that was read."

        sha256: Annotated[str, SHA256, "Content hash of the image file."]
        width: Annotated[int, pa.int32(), AT_LEAST_1, "Upright width in pixels."]

    PHOTOS = Table(PhotoRow, "data/candidates/<split>/photos/*.parquet")

A field whose type is a dataclass (``Box``) becomes one column per field of that class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property, reduce
from operator import and_
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

import pyarrow as pa

from imagequant.storage.tables import iterate_rows, write_table

R = TypeVar("R")
# pyarrow.compute.Expression, which has no types.
Expression = Any
# Gives the expression of a column's cells by the column's name.
Cells = Callable[[str], Expression]

_ARROW_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_ROW_NUMBER = "__row__"


@dataclass(frozen=True)
class Check:
    """What a cell may hold.

    Attributes:
        rule: Completes "must be", for people.
        test: Takes the column as an Arrow expression and gives the expression that is true for allowed cells.
    """

    rule: str
    test: Callable[[Expression], Expression]


@dataclass(frozen=True)
class RowRule:
    """How the cells of a row hang together.

    Attributes:
        rule: Completes "must have", for people.
        test: Takes the cells by column name and gives the expression that is true for allowed rows.
    """

    rule: str
    test: Callable[[Cells], Expression]


@dataclass(frozen=True)
class Column:
    """A column of a file; ``optional`` columns may have gaps."""

    name: str
    type: pa.DataType
    meaning: str
    check: Check | None
    optional: bool

    @property
    def allowed(self) -> str:
        """What a cell may hold, for people."""
        return self.check.rule if self.check else str(self.type)

    def test(self, field: Cells) -> Expression:
        """Returns the expression that is true for allowed cells."""
        cells = field(self.name)
        if self.check is None:
            return cells.is_valid() | self.optional
        allowed = self.check.test(cells)
        return cells.is_null() | allowed if self.optional else allowed


@dataclass(frozen=True)
class Violation:
    """A row that breaks a rule; ``row`` counts from 0."""

    row: int
    rule: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.rule}, not {self.value}" if self.value else self.rule


@dataclass(frozen=True)
class _Field:
    """A field of the row class: its columns, and the classes that its value or its items are made of."""

    name: str
    columns: tuple[Column, ...]
    record: type | None
    is_tuple: bool
    item: type | None


class Table(Generic[R]):
    """A table whose rows are instances of a dataclass; ``files`` says where it lies, ``rules`` what rows must have."""

    def __init__(self, row: type[R], files: str, *rules: RowRule) -> None:
        self.row = row
        self.files = files
        self.rules = rules
        hints = get_type_hints(row, include_extras=True)
        # A row class is a dataclass; its type parameter cannot say so.
        self._fields = tuple(_field(each.name, hints[each.name]) for each in fields(cast("Any", row)))

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns in their order."""
        return tuple(column for each in self._fields for column in each.columns)

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types of the columns, as the files have them."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    # --- files

    def write(
        self, path: Path, rows: Iterable[R | Mapping[str, Any]], metadata: Mapping[str, str] | None = None
    ) -> None:
        """Writes checked rows (objects, or values by field) in their order, a few thousand in memory at a time.

        Raises:
            ValueError: If a row breaks a rule; names file, row, column and what is allowed.
        """

        def verify(group: pa.Table, start: int) -> None:
            for violation in self.violations(group):
                raise ValueError(f"{path}, row {start + violation.row + 1}: {violation}")

        cells = (self.to_cells(row if isinstance(row, Mapping) else vars(row)) for row in rows)
        # Even empty metadata changes the bytes of a file.
        schema = self.schema if metadata is None else self.schema.with_metadata(metadata)
        write_table(path, cells, schema, verify)

    def iterate(self, path: Path) -> Iterator[R]:
        """Yields the rows of a file, never all of them in memory."""
        return (self.row(**self.from_cells(cells)) for cells in iterate_rows(path))

    # --- rows

    def to_cells(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Turns the values of a row's fields into the cells of its columns."""
        cells: dict[str, Any] = dict(values)
        for each in self._records:
            value = cells.pop(each.name)
            cells.update((column.name, getattr(value, column.name)) for column in each.columns)
        for each in self._tuples:
            items = cells[each.name]
            cells[each.name] = [vars(item) for item in items] if each.item else list(items)
        return cells

    def from_cells(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Turns the cells of a row into the values of its fields; the inverse of ``to_cells``."""
        values: dict[str, Any] = dict(cells)
        for each in self._records:
            assert each.record is not None
            values[each.name] = each.record(*(values.pop(column.name) for column in each.columns))
        for each in self._tuples:
            items = values[each.name]
            values[each.name] = tuple(each.item(**item) for item in items) if each.item else tuple(items)
        return values

    @cached_property
    def _records(self) -> tuple[_Field, ...]:
        return tuple(each for each in self._fields if each.record)

    @cached_property
    def _tuples(self) -> tuple[_Field, ...]:
        return tuple(each for each in self._fields if each.is_tuple)

    # --- checks

    def violations(self, rows: pa.Table) -> Iterator[Violation]:
        """Yields what is wrong with rows, rule by rule; nothing is computed row by row where all is right."""
        tests = self._tests
        if rows.filter(_broken(reduce(and_, (test for _, _, test in tests)))).num_rows == 0:
            return
        numbered = rows.append_column(_ROW_NUMBER, pa.array(range(rows.num_rows), pa.int64()))
        for column, rule, test in tests:
            for cells in numbered.filter(_broken(test)).to_pylist():
                yield Violation(cells[_ROW_NUMBER], rule, repr(cells[column]) if column else "")

    @cached_property
    def _tests(self) -> Sequence[tuple[str, str, Expression]]:
        """Column (none for rules about whole rows), rule and expression."""
        from pyarrow.compute import field  # noqa: PLC0415  (a quarter of Arrow's load time; readers need none of it)

        return [
            *((each.name, f"column {each.name} must be {each.allowed}", each.test(field)) for each in self.columns),
            *(("", f"must have {rule.rule}", rule.test(field)) for rule in self.rules),
        ]


def _broken(test: Expression) -> Expression:
    """The opposite of a test; a test that a gap leaves open counts as broken."""
    from pyarrow.compute import coalesce, scalar  # noqa: PLC0415  (as above)

    return ~coalesce(test, scalar(False))


def _field(name: str, hint: Any) -> _Field:
    metadata: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        metadata = tuple(rest)
    optional = get_origin(hint) is UnionType and NoneType in get_args(hint)
    kind = next(each for each in get_args(hint) if each is not NoneType) if optional else hint
    is_tuple = get_origin(kind) is tuple
    arrow = next((each for each in metadata if isinstance(each, pa.DataType)), None)
    check = next((each for each in metadata if isinstance(each, Check)), None)
    meaning = next((each for each in metadata if isinstance(each, str)), "")
    record = kind if is_dataclass(kind) else None
    names = [each.name for each in fields(record)] if record else [name]
    columns = tuple(Column(each, arrow or _ARROW_TYPES[kind], meaning, check, optional) for each in names)
    item = get_args(kind)[0] if is_tuple and is_dataclass(get_args(kind)[0]) else None
    return _Field(name, columns, cast("type | None", record), is_tuple, cast("type | None", item))
