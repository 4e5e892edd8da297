"""Generates a photo from its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from imagequant.core.records import Box
from imagequant.synthetic.lettering.dimension_lines import inside
from imagequant.synthetic.records import Scene, SceneQuestion
from imagequant.synthetic.render.finish import Encoded, finish
from imagequant.synthetic.render.geometry import PrintedText, bounds
from imagequant.synthetic.render.rng import Rng, seeded_rng
from imagequant.synthetic.scenes import (
    banner,
    competing_amounts,
    drawing,
    nutrition,
    pack,
    plate,
    scale,
    size,
    solid,
    table,
    unanswerable,
)


@dataclass(frozen=True)
class Kind:
    """A kind of photo; ``camera`` is the probability of camera faults."""

    name: str
    draw: Callable[[Rng], Scene]
    weight: float
    camera: float


KINDS: tuple[Kind, ...] = (
    Kind("drawing", drawing.draw, 27, 0.02),
    Kind("scale", scale.draw, 4, 0.02),
    Kind("solid", solid.draw, 14, 0.02),
    Kind("size", size.draw, 7, 0.04),
    Kind("pack", pack.draw, 22, 0.2),
    Kind("plate", plate.draw, 10, 0.5),
    Kind("table", table.draw, 12, 0.05),
    Kind("banner", banner.draw, 17, 0.05),
    Kind("nutrition", nutrition.draw, 5, 0.3),
    Kind("rival", competing_amounts.draw, 7, 0.05),
    Kind("silent", unanswerable.draw, 9, 0.05),
)
_GROUPS_PER_PRODUCT = 3
_MAX_ATTEMPTS = 40
# Share of the smaller of two labels that the other may cover.
_MAX_OVERLAP = 0.15
# Seed of the photo's own rng; those of its drawing attempts count from 1.
_PHOTO_SEED = 1_000_000


@dataclass(frozen=True)
class SyntheticPhoto:
    """A photo's file and questions, and the positions of the answers."""

    kind: str
    encoded: Encoded
    group: int
    answers: tuple[SceneQuestion, ...]
    marks: dict[str, PrintedText]


def choose_kind(seed: int, split: int, number: int) -> Kind:
    """Choose the kind of a photo."""
    return seeded_rng(seed, split, number, _PHOTO_SEED + 1).weighted([(kind, kind.weight) for kind in KINDS])


def make_photo(seed: int, split: int, number: int) -> SyntheticPhoto:
    """Generate photo ``number`` of a split from the arguments alone."""
    rng = seeded_rng(seed, split, number, _PHOTO_SEED)
    kind = choose_kind(seed, split, number)
    scene = _draw_scene(kind, seed, split, number)
    encoded = finish(rng, scene.canvas, kind.camera)
    return SyntheticPhoto(kind.name, encoded, _group(rng, kind.name, scene.product), scene.answers, scene.canvas.marks)


def _draw_scene(kind: Kind, seed: int, split: int, number: int) -> Scene:
    # Drawings whose labels do not fit on the photo or overlap are repeated.
    for attempt in range(_MAX_ATTEMPTS):
        scene = kind.draw(seeded_rng(seed, split, number, attempt + 1))
        marks = scene.canvas.marks
        answers = [marks[answer.key] for answer in scene.answers if answer.key is not None]
        if all(inside(scene.canvas, mark) for mark in answers) and not _collide([*marks.values()]):
            return scene
    raise RuntimeError(f"photo {number}: no drawing of kind {kind.name} fits in {_MAX_ATTEMPTS} attempts")


def _collide(marks: list[PrintedText]) -> bool:
    return any(_overlap(a, b) > _MAX_OVERLAP for a, b in combinations([bounds(mark.quad) for mark in marks], 2))


def _overlap(a: Box, b: Box) -> float:
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    tall = min(a.y1, b.y1) - max(a.y0, b.y0)
    return max(wide, 0) * max(tall, 0) / max(min(a.width * a.height, b.width * b.height), 1.0)


def _group(rng: Rng, kind: str, product: str) -> int:
    # As in the contest, a product is in a few groups.
    base = sum(ord(letter) * (position + 3) * 131 for position, letter in enumerate(kind + product))
    return 100_000 + (base * 7919 + rng.integer(0, _GROUPS_PER_PRODUCT - 1) * 104_729) % 899_999
