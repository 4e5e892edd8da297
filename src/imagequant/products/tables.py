"""Size charts, comparison tables and lists: products in rows or in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from imagequant.candidates.names import name_of_text
from imagequant.core.records import Box, PhotoReading
from imagequant.products.groups import Group
from imagequant.products.layout import Item, Row, around, as_name, find_rows, names_property, says_content
from imagequant.products.prints import Print, are_apart, joined_facts
from imagequant.quantity.domain import Domain

# Rows of a table are at most this many text heights apart.
_ROW_GAP = 4.0
# Items are in one column if an edge or their middles are this many text heights apart, or if they share this much.
_ALIGNED, _SHARED = 1.0, 0.6
# No name, but a number whose unit was misread: "2.51" for "2.5 l".
_AMOUNT = re.compile(r"\d+[.,]\d+")
# Rows with labels beside one number each have print of the same size, up to this ratio.
_SAME_SIZE = 1.4


@dataclass(frozen=True)
class Table:
    """Rows of a table, and its columns: boxes from left to right."""

    rows: tuple[Row, ...]
    columns: tuple[Box, ...]

    def column(self, item: Item) -> int:
        """Return the column of an item."""
        return max(range(len(self.columns)), key=lambda at: _closeness(item.box, self.columns[at]))


def find_table(
    items: Sequence[Item], prints: Sequence[Print], reading: PhotoReading, domain: Domain
) -> tuple[Group, ...]:
    """Return the products in the rows or columns of a photo's table; empty if there is no such table.

    Args:
        items: The photo's prints and labels.
        prints: The prints.
        reading: The photo.
        domain: The names that entities declare.
    """
    rows = find_rows(items)
    found = [_products(_table(run), prints, reading, domain) for run in _runs(rows)]
    found += [_side_by_side(row, prints, domain) for row in rows]
    return max(found, key=len, default=())


def _side_by_side(row: Row, prints: Sequence[Print], domain: Domain) -> tuple[Group, ...]:
    """Return the products of a row of names with one print each: "Mini 300 W | Maxi 800 W"."""
    pairs = [
        (label, item)
        for label, item in pairwise(row)
        if label.print is None and item.print is not None and not names_property(label.text, domain)
    ]
    groups = tuple(
        Group(as_name(label.text), label.box.union(item.box), (item.print,), (*label.tokens, *item.tokens))
        for label, item in pairs
        if item.print is not None
    )
    facts = [prints[group.prints[0]].facts for group in groups]
    distinct = len({group.name for group in groups}) == len(groups) > 1
    complete = 2 * len(groups) == sum(item.print is not None or len(item.text) > 1 for item in row)
    return groups if distinct and complete and all(are_apart(*pair) for pair in pairwise(facts)) else ()


def _runs(rows: Sequence[Row]) -> list[tuple[Row, ...]]:
    """Return the longest runs of rows whose items stand below each other."""
    runs: list[list[Row]] = []
    skipped = 0
    for row in rows:
        if runs and _follows(runs[-1], row, skipped):
            runs[-1].append(row)
            skipped = 0
        elif runs and len(row) == 1 and row[0].print is None and not skipped:
            skipped = 1  # perhaps a row whose cells are ticks
        else:
            runs.append([row])
            skipped = 0
    return [tuple(run) for run in runs if len(run) > 1]


def _follows(run: Sequence[Row], row: Row, skipped: int = 0) -> bool:
    """Return whether a row belongs to a run; ``skipped`` rows between them do not."""
    last = run[-1]
    height = max(each.height for each in (*last, *row))
    gap = min(each.box.y0 for each in row) - max(each.box.y1 for each in last)
    if gap > _ROW_GAP * height * (1 + skipped):
        return False
    if _is_listed(last) and _is_listed(row):
        return _are_aligned(last[0].box, row[0].box) and _is_same_size(last[1], row[1])
    # A row may have an empty cell, the head has none above the labels, and a row with a gap does not end the table.
    return any(_share_columns(each, row) for each in (last, max(run, key=len)))


def _share_columns(one: Row, other: Row) -> bool:
    few, many = sorted((one, other), key=len)
    aligned = sum(any(_are_aligned(item.box, each.box) for each in many) for item in few)
    return aligned >= 2 and aligned >= len(few) - 1 and 2 * len(few) >= len(many)


def _is_listed(row: Row) -> bool:
    """Return whether a row is a label and a number: "Large: 30 x 40 cm"."""
    return len(row) == 2 and row[0].print is None and row[1].print is not None


def _is_same_size(one: Item, other: Item) -> bool:
    low, high = sorted((one.height, other.height))
    return high < _SAME_SIZE * low


def _are_aligned(one: Box, other: Box) -> bool:
    return _closeness(one, other) > 0


def _closeness(one: Box, other: Box) -> float:
    """Return how well two boxes share a column, at most 1; not above 0 if they do not."""
    height = max(min(one.height, other.height), 1.0)
    shared = (min(one.x1, other.x1) - max(one.x0, other.x0)) / max(min(one.width, other.width), 1.0)
    edges = (one.x0 - other.x0, one.x1 - other.x1, one.center[0] - other.center[0])
    return max(1 - min(map(abs, edges)) / (_ALIGNED * height), min(shared, 1.0) - _SHARED)


def _table(rows: tuple[Row, ...]) -> Table:
    """Return a table with the columns of its longest row with prints; each is as wide as its items."""
    widest = max((row for row in rows if any(item.print is not None for item in row)), key=len, default=rows[0])
    table = Table(rows, tuple(item.box for item in widest))
    items = [item for row in rows for item in row]
    columns = (
        around([box, *(each.box for each in items if table.column(each) == at and _are_aligned(each.box, box))])
        for at, box in enumerate(table.columns)
    )
    return Table(rows, tuple(columns))


def _products(table: Table, prints: Sequence[Print], reading: PhotoReading, domain: Domain) -> tuple[Group, ...]:
    has_print = [row for row in table.rows if any(item.print is not None for item in row)]
    body = [row for row in has_print if not any(map(says_content, row))]
    head = next((row for row in table.rows if all(item.print is None for item in row)), ())
    columns = sorted({table.column(item) for row in body for item in row if item.print is not None})
    if not body or not columns:
        return ()
    heads = {at: item for item in head if (at := table.column(item)) in columns}
    labels = [_label(row, table, columns[0]) for row in body]
    above = sum(names_property(item.text, domain) for item in heads.values())
    beside = sum(label is not None and names_property(label.text, domain) for label in labels)
    grid = _Grid(table, prints, reading, domain)
    if 2 * beside > len(body) or (beside > above and len(columns) > 1):
        return grid.products_in_columns(body, labels, heads, columns) if len(columns) > 1 else ()
    if above or any(labels) or len(columns) > 1:
        named = any(labels) or above
        in_rows = grid.products_in_rows(body, labels, heads) if named else ()
        in_columns = len(columns) > 1 and not above
        return in_rows or (grid.products_in_columns(body, labels, heads, columns) if in_columns else ())
    return ()


@dataclass(frozen=True)
class _Grid:
    table: Table
    prints: Sequence[Print]
    reading: PhotoReading
    domain: Domain

    def products_in_rows(
        self, body: Sequence[Row], labels: Sequence[Item | None], heads: dict[int, Item]
    ) -> tuple[Group, ...]:
        """Return one product per row; the head names what the columns are."""
        shared = tuple(token for item in heads.values() for token in item.tokens)
        groups = []
        for row, label in zip(body, labels, strict=True):
            cells = [item for item in row if item.print is not None]
            heading = {item: heads[at] for item in cells if (at := self.table.column(item)) in heads}
            groups.append(self._group(label, row, cells, heading, shared))
        return self._checked(
            groups, named=bool(heads) and all(names_property(each.text, self.domain) for each in heads.values())
        )

    def products_in_columns(
        self, body: Sequence[Row], labels: Sequence[Item | None], heads: dict[int, Item], columns: Sequence[int]
    ) -> tuple[Group, ...]:
        """Return one product per column; the labels at the left name what the rows are."""
        shared = tuple(token for label in labels if label for token in label.tokens)
        groups = []
        for at in columns:
            rows = [
                (item, label)
                for row, label in zip(body, labels, strict=True)
                for item in row
                if item.print is not None and self.table.column(item) == at
            ]
            cells = [item for item, _ in rows]
            heading = {item: label for item, label in rows if label is not None}
            groups.append(self._group(heads.get(at), cells, cells, heading, shared))
        properties = sum(label is not None and names_property(label.text, self.domain) for label in labels)
        return self._checked(groups, named=2 * properties > len(body))

    def _group(
        self,
        label: Item | None,
        items: Sequence[Item],
        cells: Sequence[Item],
        heading: dict[Item, Item],
        shared: tuple[int, ...],
    ) -> Group:
        names = {}
        for cell, name in heading.items():
            if cell.print is not None and (named := self._name(cell.print, name.text)):
                names[cell.print] = named
        everything = [*items, *([label] if label else ())]
        return Group(
            name=as_name(label.text) if label else "",
            box=around(item.box for item in everything),
            prints=tuple(cell.print for cell in cells if cell.print is not None),
            tokens=(*(token for item in everything for token in item.tokens), *shared),
            names=names,
        )

    def _name(self, place: int, text: str) -> str:
        mention = self.reading.candidates[self.prints[place].candidates[0]].mention
        return name_of_text(mention, text, self.domain)

    def _checked(self, groups: Sequence[Group], *, named: bool) -> tuple[Group, ...]:
        """Return the groups if each says something else of the same things than another one.

        All must have names of their own, unless the other side of the table has the names of properties: OCR often
        misses single letters, such as sizes.
        """
        full = [group for group in groups if group.prints]
        names = [group.name for group in full if group.name and not _AMOUNT.fullmatch(group.name)]
        # Each row of a list says several things, under names that may be the same: "Pan 24 cm 1.1 kg".
        is_list = len(names) == len(full) and min((len(group.prints) for group in full), default=0) > 1
        if len(set(names)) < (len(names) if named else len(full)) and not is_list:
            return ()
        facts = [joined_facts([self._named(place, group) for place in group.prints]) for group in full]
        apart = {
            at for pair in combinations(range(len(full)), 2) if are_apart(*(facts[at] for at in pair)) for at in pair
        }
        return tuple(full) if len(full) > 1 and len(apart) == len(full) else ()

    def _named(self, place: int, group: Group) -> Print:
        """Return a print with what the table's head says that it is."""
        each = self.prints[place]
        if place not in group.names or len(each.facts) != 1:
            return each
        (((kind, _), amounts),) = each.facts.items()
        return replace(each, facts={(kind, group.names[place]): amounts})


def _label(row: Row, table: Table, first: int) -> Item | None:
    """Return the label left of a row's cells."""
    left = [item for item in row if item.print is None and item.box.x1 <= table.columns[first].x1]
    return left[0] if left else None
