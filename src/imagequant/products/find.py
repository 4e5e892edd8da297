"""The products on a photo, each as a reading of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Box, Candidate, PhotoReading
from imagequant.products.blocks import find_blocks
from imagequant.products.groups import Group
from imagequant.products.layout import find_items
from imagequant.products.prints import Print, find_prints
from imagequant.products.regions import find_regions
from imagequant.products.tables import find_table
from imagequant.quantity.domain import Domain
from imagequant.quantity.units import UNITS


@dataclass(frozen=True)
class ProductReading:
    """One of the products on a photo.

    Attributes:
        name: Its heading, label or caption; empty if none is printed.
        box: Where it and its amounts are, in pixels of the upright photo.
        reading: What the photo says about it: its own amounts, and those of kinds that it has none of but that are
            printed for all products together.
    """

    name: str
    box: Box
    reading: PhotoReading


def find_products(reading: PhotoReading, pixels: NDArray[np.uint8], domain: Domain) -> tuple[ProductReading, ...]:
    """Return the products on a photo in reading order; a single one has the whole photo.

    They are rows or columns of a table, parts of the photo that stand apart, or lines under headings, whichever leaves
    out least of what is printed. They are products if they say the same things with other amounts: two sizes, but not
    a width and a height.

    Args:
        reading: Everything read on the photo.
        pixels: The upright photo, RGB (height, width, 3).
        domain: The entities.
    """
    prints = find_prints(reading.candidates)
    items = find_items(reading, prints)
    ways = (
        find_table(items, prints, reading, domain),
        find_regions(items, prints, reading, pixels, domain),
        find_blocks(items, prints, domain),
    )
    # The way that leaves out least; of several, the first.
    groups = max(ways, key=lambda way: sum(len(group.prints) for group in way))
    if not groups:
        return (ProductReading("", Box(0.0, 0.0, float(reading.width), float(reading.height)), reading),)
    taken = {at for group in groups for place in group.prints for at in prints[place].candidates}
    shared = [at for at in range(len(reading.candidates)) if at not in taken]
    return tuple(_product(group, prints, shared, reading) for group in groups)


def _product(group: Group, prints: Sequence[Print], shared: Sequence[int], reading: PhotoReading) -> ProductReading:
    own = sorted((at, group.names.get(place, "")) for place in group.prints for at in prints[place].candidates)
    named = [replace(reading.candidates[at], name=name) if name else reading.candidates[at] for at, name in own]
    kinds = {UNITS[candidate.unit].kind for candidate in named}
    common = [each for at in shared if UNITS[(each := reading.candidates[at]).unit].kind not in kinds]
    chosen = [*named, *common]
    words = sorted({*group.tokens, *(token for candidate in chosen for token in candidate.words)})
    return ProductReading(group.name, group.box, _only(reading, words, chosen))


def _only(reading: PhotoReading, words: Sequence[int], candidates: Sequence[Candidate]) -> PhotoReading:
    """Return a reading with some of its words and candidates."""
    number = {word: at for at, word in enumerate(words)}
    tokens = tuple(reading.tokens[word] for word in words)
    renumbered = (replace(candidate, words=tuple(number[word] for word in candidate.words)) for candidate in candidates)
    return replace(reading, tokens=tokens, candidates=tuple(renumbered))
