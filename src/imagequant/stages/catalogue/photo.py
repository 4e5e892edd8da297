"""One photo from its number: which kind it is, drawn, checked and encoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from imagequant.stages.catalogue import (
    banner_photos,
    drawing_photos,
    nutrition_photos,
    pack_photos,
    plate_photos,
    rival_photos,
    scale_photos,
    silent_photos,
    size_photos,
    solid_photos,
    table_photos,
)
from imagequant.stages.catalogue.dice import Dice, roll
from imagequant.stages.catalogue.dimension_lines import inside
from imagequant.stages.catalogue.finish import Encoded, finish
from imagequant.stages.catalogue.geometry import Frame, Mark, bounds
from imagequant.stages.catalogue.records import Answer, Scene


@dataclass(frozen=True)
class Kind:
    """A kind of photo; ``camera`` is how often it looks like a snapshot."""

    name: str
    draw: Callable[[Dice], Scene]
    weight: float
    camera: float


KINDS: tuple[Kind, ...] = (
    Kind("drawing", drawing_photos.draw, 27, 0.02),
    Kind("scale", scale_photos.draw, 4, 0.02),
    Kind("solid", solid_photos.draw, 14, 0.02),
    Kind("size", size_photos.draw, 7, 0.04),
    Kind("pack", pack_photos.draw, 22, 0.2),
    Kind("plate", plate_photos.draw, 10, 0.5),
    Kind("table", table_photos.draw, 12, 0.05),
    Kind("banner", banner_photos.draw, 17, 0.05),
    Kind("nutrition", nutrition_photos.draw, 5, 0.3),
    Kind("rival", rival_photos.draw, 7, 0.05),
    Kind("silent", silent_photos.draw, 9, 0.05),
)
_GROUPS_A_PRODUCT = 3
_TRIES = 40
# Share of the smaller of two labels that the other may cover.
_OVERLAP = 0.15
# The photo's own dice, apart from those of its drawing attempts (which count from 0).
_OWN = 1_000_000


@dataclass(frozen=True)
class Photo:
    """A finished photo: its file, its questions and where their answers are drawn."""

    kind: str
    encoded: Encoded
    group: int
    answers: tuple[Answer, ...]
    marks: dict[str, Mark]


def choose_kind(seed: int, split: int, number: int) -> Kind:
    """The kind of a photo."""
    return roll(seed, split, number, _OWN + 1).weighted([(kind, kind.weight) for kind in KINDS])


def make_photo(seed: int, split: int, number: int) -> Photo:
    """Photo ``number`` of a split; it depends on these three numbers alone."""
    dice = roll(seed, split, number, _OWN)
    kind = choose_kind(seed, split, number)
    scene = _drawn_inside(kind, seed, split, number)
    encoded = finish(dice, scene.canvas, kind.camera)
    return Photo(kind.name, encoded, _group(dice, kind.name, scene.product), scene.answers, scene.canvas.marks)


def _drawn_inside(kind: Kind, seed: int, split: int, number: int) -> Scene:
    # A label larger than its room is pushed over the edge or onto another: such a drawing is drawn anew.
    for attempt in range(_TRIES):
        scene = kind.draw(roll(seed, split, number, attempt + 1))
        marks = scene.canvas.marks
        keys = [answer.key for answer in scene.answers if answer.key is not None]
        if all(inside(scene.canvas, marks[key]) for key in keys) and not _collide([*marks.values()]):
            return scene
    raise RuntimeError(f"photo {number}: no drawing of kind {kind.name} fits in {_TRIES} tries")


def _collide(marks: list[Mark]) -> bool:
    frames = [bounds(mark.quad) for mark in marks]
    return any(
        _shared(frames[one], frames[other]) > _OVERLAP
        for one in range(len(frames))
        for other in range(one + 1, len(frames))
    )


def _shared(a: Frame, b: Frame) -> float:
    wide = min(a.x1, b.x1) - max(a.x0, b.x0)
    tall = min(a.y1, b.y1) - max(a.y0, b.y0)
    if wide <= 0 or tall <= 0:
        return 0.0
    return wide * tall / max(min(a.width * a.height, b.width * b.height), 1.0)


def _group(dice: Dice, kind: str, product: str) -> int:
    # A group is a sort of goods, as in the contest: the same product comes in a few groups.
    base = sum(ord(letter) * (position + 3) * 131 for position, letter in enumerate(kind + product))
    return 100_000 + (base * 7919 + dice.integer(0, _GROUPS_A_PRODUCT - 1) * 104_729) % 899_999
