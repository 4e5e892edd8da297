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

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property, reduce
from operator import or_
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
    """What a cell may hold: ``rule`` completes "must be"; ``test`` is true for the allowed cells of a column."""

    rule: str
    test: Callable[[Expression], Expression]


@dataclass(frozen=True)
class RowRule:
    """How the cells of a row hang together: ``rule`` completes "must have"; ``test`` is true for allowed rows."""

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
    """A field of the row class: its columns, and the classes that its value or the items of its tuple are made of."""

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
        own = [_field(each.name, hints[each.name]) for each in fields(cast("Any", row))]
        self.columns = tuple(column for each in own for column in each.columns)
        self._records = [each for each in own if each.record]
        self._tuples = [each for each in own if each.is_tuple]

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

    # --- checks

    def violations(self, rows: pa.Table) -> Iterator[Violation]:
        """Yields what is wrong with rows, rule by rule; nothing is computed row by row where all is right."""
        from pyarrow.compute import coalesce, field, scalar  # noqa: PLC0415  (slow to load; readers need none of it)

        # Column (none for rules about whole rows), rule and test; a test that a gap leaves open counts as broken.
        tests = [(each.name, f"column {each.name} must be {each.allowed}", each.test(field)) for each in self.columns]
        tests += [("", f"must have {rule.rule}", rule.test(field)) for rule in self.rules]
        broken = [(column, rule, ~coalesce(test, scalar(False))) for column, rule, test in tests]
        if rows.filter(reduce(or_, (test for _, _, test in broken))).num_rows == 0:
            return
        numbered = rows.append_column(_ROW_NUMBER, pa.array(range(rows.num_rows), pa.int64()))
        for column, rule, test in broken:
            for cells in numbered.filter(test).to_pylist():
                yield Violation(cells[_ROW_NUMBER], rule, repr(cells[column]) if column else "")


def _field(name: str, hint: Any) -> _Field:
    metadata: Sequence[Any] = ()
    if get_origin(hint) is Annotated:
        hint, *metadata = get_args(hint)
    optional = get_origin(hint) is UnionType and NoneType in get_args(hint)
    kind = next(each for each in get_args(hint) if each is not NoneType) if optional else hint
    is_tuple = get_origin(kind) is tuple
    record = kind if is_dataclass(kind) else None
    item = get_args(kind)[0] if is_tuple and is_dataclass(get_args(kind)[0]) else None

    def given(wanted: type) -> Any:
        return next((each for each in metadata if isinstance(each, wanted)), None)

    arrow, check, meaning = given(pa.DataType) or _ARROW_TYPES.get(kind), given(Check), given(str) or ""
    names = [each.name for each in fields(record)] if record else [name]
    columns = tuple(Column(each, arrow, meaning, check, optional) for each in names)
    return _Field(name, columns, cast("type | None", record), is_tuple, item)
