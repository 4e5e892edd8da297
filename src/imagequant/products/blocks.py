"""Products under headings: a line that names each, and its amounts in the lines below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from imagequant.products.groups import Group
from imagequant.products.layout import Item, Row, around, as_name, find_rows, names_property
from imagequant.products.prints import Print, are_apart, joined_facts
from imagequant.quantity.domain import Domain

_Block = tuple[Item, list[Row]]


def find_blocks(items: Sequence[Item], prints: Sequence[Print], domain: Domain) -> tuple[Group, ...]:
    """Return the products under the headings of a photo; empty if they do not say the same things of several.

    Args:
        items: The photo's prints and labels.
        prints: The prints.
        domain: The names that entities declare.
    """
    blocks = [block for block in _blocks(find_rows(items), domain) if block[1]]
    facts = [joined_facts([prints[at] for at in _prints(rows)]) for _, rows in blocks]
    if len(blocks) < 2 or not all(are_apart(one, other) for one, other in combinations(facts, 2)):
        return ()
    return tuple(_group(*block) for block in blocks)


def _blocks(rows: Sequence[Row], domain: Domain) -> list[_Block]:
    """Return the headings with the rows below them, up to the next heading."""
    blocks: list[_Block] = []
    for row in rows:
        if len(row) == 1 and row[0].print is None and not names_property(row[0].text, domain):
            blocks.append((row[0], []))
        elif blocks:
            blocks[-1][1].append(row)
    return blocks


def _prints(rows: Sequence[Row]) -> tuple[int, ...]:
    return tuple(item.print for row in rows for item in row if item.print is not None)


def _group(heading: Item, rows: Sequence[Row]) -> Group:
    items = [heading, *(item for row in rows for item in row)]
    return Group(
        name=as_name(heading.text),
        box=around(item.box for item in items),
        prints=_prints(rows),
        tokens=tuple(token for item in items for token in item.tokens),
    )
