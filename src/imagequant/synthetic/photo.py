"""One photo from its number: which kind it is, drawn, checked and encoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    """A kind of photo; ``camera`` is how often it looks like a snapshot."""

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
_GROUPS_A_PRODUCT = 3
_TRIES = 40
# Share of the smaller of two labels that the other may cover.
_OVERLAP = 0.15
# The photo's own rng, apart from those of its drawing attempts (which count from 0).
_OWN = 1_000_000


@dataclass(frozen=True)
class SyntheticPhoto:
    """A finished photo: its file, its questions and where their answers are drawn."""

    kind: str
    encoded: Encoded
    group: int
    answers: tuple[SceneQuestion, ...]
    marks: dict[str, PrintedText]


def choose_kind(seed: int, split: int, number: int) -> Kind:
    """The kind of a photo."""
    return seeded_rng(seed, split, number, _OWN + 1).weighted([(kind, kind.weight) for kind in KINDS])


def make_photo(seed: int, split: int, number: int) -> SyntheticPhoto:
    """Photo ``number`` of a split; it depends on these three numbers alone."""
    rng = seeded_rng(seed, split, number, _OWN)
    kind = choose_kind(seed, split, number)
    scene = _drawn_inside(kind, seed, split, number)
    encoded = finish(rng, scene.canvas, kind.camera)
    return SyntheticPhoto(kind.name, encoded, _group(rng, kind.name, scene.product), scene.answers, scene.canvas.marks)


def _drawn_inside(kind: Kind, seed: int, split: int, number: int) -> Scene:
    # A label larger than its room is pushed over the edge or onto another: such a drawing is drawn anew.
    for attempt in range(_TRIES):
        scene = kind.draw(seeded_rng(seed, split, number, attempt + 1))
        marks = scene.canvas.marks
        keys = [answer.key for answer in scene.answers if answer.key is not None]
        if all(inside(scene.canvas, marks[key]) for key in keys) and not _collide([*marks.values()]):
            return scene
    raise RuntimeError(f"photo {number}: no drawing of kind {kind.name} fits in {_TRIES} tries")


def _collide(marks: list[PrintedText]) -> bool:
    frames = [bounds(mark.quad) for mark in marks]
    return any(
        _shared(frames[one], frames[other]) > _OVERLAP
        for one in range(len(frames))
        for other in range(one + 1, len(frames))
    )


def _shared(a: Box, b: Box) -> float:
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    tall = min(a.y1, b.y1) - max(a.y0, b.y0)
    if wide <= 0 or tall <= 0:
        return 0.0
    return wide * tall / max(min(a.width * a.height, b.width * b.height), 1.0)


def _group(rng: Rng, kind: str, product: str) -> int:
    # A group is a sort of goods, as in the contest: the same product comes in a few groups.
    base = sum(ord(letter) * (position + 3) * 131 for position, letter in enumerate(kind + product))
    return 100_000 + (base * 7919 + rng.integer(0, _GROUPS_A_PRODUCT - 1) * 104_729) % 899_999
