"""Products apart from each other: side by side, one above the other, each with its own print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from imagequant.core.records import Box, PhotoReading
from imagequant.products.groups import Group
from imagequant.products.layout import Item, around, holds, names_property, says_content
from imagequant.products.prints import UNNAMED_LENGTH, Facts, Print, are_apart, has_as_many, joined_facts, may_be_views
from imagequant.quantity.domain import Domain
from imagequant.quantity.grammar import parse_quantities

Mask = NDArray[np.bool_]
# The photo is looked at with this longer side, in pixels.
_SIDE = 384
# Pixels that differ by less from the background's colour in all channels are background.
_CONTRAST = 20
# The background is plain if this share of the photo's edge has its colour.
_PLAIN = 0.8
# Blank bands of this share of the longer side, or of this many text heights, may separate products.
_GAP, _TEXT_GAP = 0.02, 0.7
# Where the background is no help, blank bands between texts must be so much wider.
_WIDER = 4.0
# Cuts along the second widest band are tried this many times within each other.
_DEPTH = 3
# Lines and frames that separate nothing: thinner than the first share of a side, longer than the second.
_THIN, _LONG = 0.02, 0.4
# Strokes that are thinner than this many pixels of the copy are lines.
_STROKE = 5
# What one product shows beside text is at least this share of what another one shows.
_OBJECT = 0.03
# Objects whose heights differ by less than this ratio may be one product from two sides.
_SAME_HEIGHT = 1.06
# Products' amounts are printed alike: heights up to this ratio, in rows or columns up to this many text heights apart.
_SAME_SIZE, _ALIGNED = 1.6, 1.5


@dataclass(frozen=True)
class Region:
    """A part of the photo: its box in pixels of the photo, and its prints and labels."""

    box: Box
    prints: tuple[int, ...]
    labels: tuple[Item, ...]


def find_regions(
    items: Sequence[Item],
    prints: Sequence[Print],
    reading: PhotoReading,
    pixels: NDArray[np.uint8],
    domain: Domain,
) -> tuple[Group, ...]:
    """Return the products that stand apart from each other; empty if the photo does not show several.

    Args:
        items: The photo's prints and labels.
        prints: The prints.
        reading: The photo.
        pixels: The upright photo, RGB (height, width, 3).
        domain: The names that entities declare.
    """
    labels = [item for item in items if item.print is None]
    texts = text_mask(pixels.shape, [word.box for word in reading.tokens])
    shown = shown_mask(pixels, texts.shape)
    objects = solid(shown & ~texts)
    scale = max(pixels.shape[:2]) / max(texts.shape)
    height = float(np.median([each.height for each in prints])) / scale if prints else 0.0
    least = max(_GAP * max(texts.shape), _TEXT_GAP * height)
    for mask, narrowest, has_objects in ((texts | shown, least, True), (texts, _WIDER * least, False)):
        split = _Split(mask, objects, has_objects, scale, narrowest, prints, labels, domain)
        regions = split.parts((0, 0, mask.shape[1], mask.shape[0]))
        if chosen := split.products(regions):
            return tuple(_group(region, reading, domain) for region in chosen)
    return ()


def shown_mask(pixels: NDArray[np.uint8], shape: tuple[int, ...]) -> Mask:
    """Return where a copy of the photo, of some (height, width), shows something; nothing if its background is busy.

    Args:
        pixels: The upright photo, RGB (height, width, 3).
        shape: Of the copy.
    """
    small = cv2.resize(pixels, (shape[1], shape[0]), interpolation=cv2.INTER_AREA).astype(np.int16)
    contrast = np.abs(small - _background(small)).max(axis=2)
    edge = np.concatenate([contrast[0], contrast[-1], contrast[:, 0], contrast[:, -1]])
    if (edge < _CONTRAST).mean() < _PLAIN:
        return np.zeros(shape, dtype=bool)
    shown = (contrast >= _CONTRAST).astype(np.uint8)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(shown, connectivity=8)
    # Part 0 is the background.
    kept = np.array([at > 0 and not _is_line_or_frame(each, shape) for at, each in enumerate(stats)])
    return np.asarray(kept[parts])


def _background(small: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return the background's colours: a smooth gradient through those at the edge, which objects may touch.

    Args:
        small: A photo, (height, width, 3).
    """
    height, width = small.shape[:2]
    v, u = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], axis=2)
    is_edge = np.ones((height, width), dtype=bool)
    is_edge[1:-1, 1:-1] = False
    colours, at = small[is_edge].astype(np.float64), terms[is_edge]
    near = np.abs(colours - np.median(colours, axis=0)).max(axis=1) < _CONTRAST
    if near.mean() >= _PLAIN:  # one colour
        return np.broadcast_to(np.median(colours[near], axis=0), small.shape)
    fitted, *_ = np.linalg.lstsq(at, colours, rcond=None)
    return np.asarray(terms @ fitted)


def solid(mask: Mask) -> Mask:
    """Return the areas of a mask without lines; outlined areas are filled."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros(mask.shape, dtype=np.uint8), contours, -1, 1, cv2.FILLED)
    return cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((_STROKE, _STROKE), dtype=np.uint8)) > 0


def text_mask(shape: Sequence[int], texts: Sequence[Box]) -> Mask:
    """Return where a small copy of a photo of some (height, width, ...) has text."""
    scale = min(_SIDE / max(shape[:2]), 1.0)
    mask = np.zeros((max(round(shape[0] * scale), 1), max(round(shape[1] * scale), 1)), dtype=bool)
    for box in texts:
        rows = slice(max(int(box.y0 * scale), 0), int(box.y1 * scale) + 1)
        mask[rows, max(int(box.x0 * scale), 0) : int(box.x1 * scale) + 1] = True
    return mask


def _is_line_or_frame(stats: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    width, height, area = (int(stats[at]) for at in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    thin, is_long = _THIN * max(shape), (width > _LONG * shape[1], height > _LONG * shape[0])
    is_line = (height <= thin and is_long[0]) or (width <= thin and is_long[1])
    # A frame's area is that of its border.
    return is_line or (all(is_long) and area < 2 * thin * (width + height) and area < 0.2 * width * height)


@dataclass(frozen=True)
class _Split:
    """Cuts a mask along its widest blank bands, again and again.

    Attributes:
        mask: Where the photo shows something.
        objects: Where that is no text and no line.
        has_objects: Whether the mask shows those too.
        scale: Pixels of the photo per pixel of the mask.
        least: The narrowest band to cut along, in pixels of the mask.
        prints: The photo's prints.
        labels: Its labels.
        domain: The names that entities declare.
    """

    mask: Mask
    objects: Mask
    has_objects: bool
    scale: float
    least: float
    prints: Sequence[Print]
    labels: Sequence[Item]
    domain: Domain

    def parts(self, frame: tuple[int, int, int, int], depth: int = 0) -> list[Region]:
        """Return the regions of a part of the mask (x0, y0, x1, y1); one if it shows one product at most."""
        x0, y0, x1, y1 = frame
        shown = self.mask[y0:y1, x0:x1]
        if not shown.any():
            return []
        gaps = sorted(((_widest_gap(_profile(shown, axis)), axis) for axis in (0, 1)), reverse=True)
        axes = [axis for gap, axis in gaps if gap >= self.least][: 2 if depth < _DEPTH else 1]
        if not axes:
            rows, columns = np.flatnonzero(_profile(shown, 1)), np.flatnonzero(_profile(shown, 0))
            return [self._region((x0 + columns[0], y0 + rows[0], x0 + columns[-1] + 1, y0 + rows[-1] + 1))]
        # Captions beside a stack of products are cut from the products first, and only the other way is right.
        ways = []
        for across in axes:
            found: list[Region] = []
            for start, end in _runs(_profile(shown, across), self.least):
                part = (x0 + start, y0, x0 + end, y1) if across == 0 else (x0, y0 + start, x1, y0 + end)
                found += self.parts(part, depth + 1)
            if not any(region.prints for region in found):
                return found
            ways.append(found)
        best = max(ways, key=lambda way: sum(len(region.prints) for region in self.products(way)))
        return best if self.products(best) else [self._joined(best)]

    def products(self, regions: Sequence[Region]) -> list[Region]:
        """Return the largest set of regions that say the same things with other amounts; empty for fewer than two.

        Each is like another one: in a grid, those in one row or column are aligned.
        """
        spoken = _completed([region for region in regions if region.prints], regions)
        best: list[Region] = []
        left = list(spoken)
        while left:
            chosen, waiting = [], [left[0]]
            while waiting:
                one = waiting.pop()
                chosen.append(one)
                left = [each for each in left if each is not one]
                waiting += [each for each in left if each not in waiting and self._are_products(one, each)]
            if len(chosen) > max(len(best), 1):
                best = [each for each in spoken if any(each is one for one in chosen)]
        return best

    def _are_products(self, one: Region, other: Region) -> bool:
        """Return whether two regions say the same things with other amounts, and print them in one size."""
        own, others = (joined_facts(self._prints(region)) for region in (one, other))
        says_contents = any(map(says_content, (*one.labels, *other.labels)))
        if says_contents or not are_apart(own, others) or not self._are_alike(one, other):
            return False
        names = [_name(region, self.domain) for region in (one, other)]
        if all(names) and names[0] != names[1] and not (UNNAMED_LENGTH in own and not self.has_objects):
            return True
        if may_be_views(own, others):
            return False
        complete = has_as_many(own, others)
        if complete and len(own.keys() & others.keys()) > 1:
            return True
        several = complete and len(own.get(UNNAMED_LENGTH, ())) > 1
        return self._show_products(one, other, own, several=several)

    def _are_alike(self, one: Region, other: Region) -> bool:
        sizes = (sorted((first.height, second.height)) for first, second in self._pairs(one, other))
        return any(high < _SAME_SIZE * low for low, high in sizes)

    def _show_products(self, one: Region, other: Region, facts: Facts, *, several: bool) -> bool:
        """Return whether two regions that say only one thing each show a product beside it.

        Otherwise they may be the width and the height of one product, or its views from the front and from the side,
        which have one height; ``several`` lengths each are no views if none is the same.
        """
        if UNNAMED_LENGTH in facts and not self.has_objects:
            return False
        objects = [self._object(region) for region in (one, other)]
        small, large = sorted(int(each.sum()) for each in objects)
        if not small or small < _OBJECT * large:
            return False
        if several:
            return True
        rows = [np.flatnonzero(each.any(axis=1)) for each in objects]
        low, high = sorted(len(each) for each in rows)
        if UNNAMED_LENGTH in facts and high < _SAME_HEIGHT * low:
            return False
        # On one line, as goods on a shelf.
        feet = [each[-1] + region.box.y0 / self.scale for each, region in zip(rows, (one, other), strict=True)]
        return abs(feet[0] - feet[1]) < self.least or any(_are_aligned(*pair) for pair in self._pairs(one, other))

    def _pairs(self, one: Region, other: Region) -> list[tuple[Print, Print]]:
        """Return the prints of two regions that say the same thing."""
        return [
            (first, second)
            for first in self._prints(one)
            for second in self._prints(other)
            if first.facts.keys() & second.facts.keys()
        ]

    def _prints(self, region: Region) -> list[Print]:
        return [self.prints[at] for at in region.prints]

    def _object(self, region: Region) -> Mask:
        """Return what a region shows beside text and lines, at the mask's size."""
        x0, y0, x1, y1 = (round(side / self.scale) for side in (*region.box.at(0, 0), *region.box.at(1, 1)))
        return self.objects[y0:y1, x0:x1]

    def _region(self, frame: tuple[int, int, int, int]) -> Region:
        box = Box(*(self.scale * side for side in frame))
        return Region(
            box,
            tuple(at for at, each in enumerate(self.prints) if holds(box, each.box)),
            tuple(label for label in self.labels if holds(box, label.box)),
        )

    def _joined(self, regions: Sequence[Region]) -> Region:
        return Region(
            around(region.box for region in regions),
            tuple(sorted(at for region in regions for at in region.prints)),
            tuple(label for region in regions for label in region.labels),
        )


def _profile(shown: Mask, axis: int) -> Mask:
    return np.asarray(shown.any(axis=axis))


def _widest_gap(shown: Mask) -> int:
    """Return the longest run of blanks between two things shown."""
    where = np.flatnonzero(shown)
    return int(np.diff(where).max(initial=1)) - 1


def _runs(shown: Mask, least: float) -> Iterator[tuple[int, int]]:
    """Yield the start and end of what lies between blanks of at least this length."""
    where = np.flatnonzero(shown)
    breaks = np.flatnonzero(np.diff(where) - 1 >= least)
    for first, last in zip((0, *(breaks + 1)), (*breaks, len(where) - 1), strict=True):
        yield int(where[first]), int(where[last]) + 1


def _are_aligned(one: Print, other: Print) -> bool:
    height = min(one.height, other.height)
    across = min(abs(one.box.center[1] - other.box.center[1]), abs(one.box.y1 - other.box.y1))
    down = min(abs(one.box.center[0] - other.box.center[0]), abs(one.box.x0 - other.box.x0))
    return min(across, down) < _ALIGNED * height


def _completed(products: Sequence[Region], regions: Sequence[Region]) -> list[Region]:
    """Return regions with the nearest ones above, below or beside them that say nothing: pictures and captions."""
    completed = list(products)
    for region in regions:
        near = [] if region.prints else [at for at, each in enumerate(products) if _are_in_line(each.box, region.box)]
        if near:
            at = min(near, key=lambda at: _gap(products[at].box, region.box))
            known = completed[at]
            completed[at] = replace(known, box=known.box.union(region.box), labels=(*known.labels, *region.labels))
    return completed


def _are_in_line(one: Box, other: Box) -> bool:
    x, y = other.center
    return one.x0 <= x < one.x1 or one.y0 <= y < one.y1


def _gap(one: Box, other: Box) -> float:
    return max(one.x0 - other.x1, other.x0 - one.x1, one.y0 - other.y1, other.y0 - one.y1)


def _name(region: Region, domain: Domain) -> str:
    # OCR reads arrow heads and parts of pictures as single letters.
    names = [
        label
        for label in region.labels
        if len(label.text) > 1 and not names_property(label.text, domain) and not parse_quantities(label.text)
    ]
    largest = max(names, key=lambda label: (label.height, -label.box.y0), default=None)
    return largest.text if largest else ""


def _group(region: Region, reading: PhotoReading, domain: Domain) -> Group:
    tokens = tuple(at for at, word in enumerate(reading.tokens) if holds(region.box, word.box))
    return Group(_name(region, domain), region.box, region.prints, tokens)
