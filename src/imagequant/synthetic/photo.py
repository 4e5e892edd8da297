"""Generates a photo from its number: draws it, shrinks it, adds camera faults and encodes it."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
from PIL import Image, ImageFilter

from imagequant.core.errors import InputError
from imagequant.quantity.domain import Domain
from imagequant.synthetic.records import Scene, SceneQuestion
from imagequant.synthetic.render.canvas import SCALE, Canvas
from imagequant.synthetic.render.geometry import PrintedText, bounds
from imagequant.synthetic.render.rng import Rng, seeded_rng
from imagequant.synthetic.scenes import (
    banner,
    competing_amounts,
    declared,
    drawing,
    nutrition,
    pack,
    size,
    solid,
    specs,
    unanswerable,
    views,
)


@dataclass(frozen=True)
class Kind:
    """A kind of photo.

    ``camera`` is the probability of camera faults. ``unprinted`` are entities that photos of the kind never print, but
    may be asked for.
    """

    name: str
    draw: Callable[[Rng], Scene]
    weight: float
    camera: float
    unprinted: tuple[str, ...] = ()


_LOAD = "maximum_weight_recommendation"
# For the contest's entities.
KINDS: tuple[Kind, ...] = (
    Kind("drawing", drawing.draw, 25, 0.02),
    Kind("scale", drawing.draw_to_scale, 4, 0.02),
    Kind("solid", solid.draw, 26, 0.02),
    Kind("views", views.draw, 7, 0.02),
    Kind("size", size.draw, 9, 0.04),
    Kind("pack", pack.draw, 28, 0.2, (_LOAD,)),
    Kind("plate", specs.draw_plate, 10, 0.5),
    Kind("table", specs.draw_table, 12, 0.05),
    Kind("banner", banner.draw, 20, 0.05),
    Kind("nutrition", nutrition.draw, 5, 0.3, (_LOAD,)),
    Kind("rival", competing_amounts.draw, 9, 0.05),
    Kind("silent", unanswerable.draw, 15, 0.05),
)
_CONTEST = frozenset(("width", "depth", "height", "item_weight", _LOAD, "voltage", "wattage", "item_volume"))
# Of the photos for entities that declare typical amounts: about as many per entity as for the contest's.
_DECLARED_WEIGHT = 22.0
_GROUPS_PER_PRODUCT = 3
_MAX_ATTEMPTS = 40
# Probability that a photo is asked for what its kind does not print.
_ASKS_UNPRINTED = 0.3
# Share of the smaller of two labels that the other may cover.
_MAX_OVERLAP = 0.15
# Seed of the photo's own rng; those of its drawing attempts count from 1.
_PHOTO_SEED = 1_000_000


@dataclass(frozen=True)
class SyntheticPhoto:
    """A photo's file (its bytes and suffix) and questions, and the positions of the answers."""

    kind: str
    payload: bytes
    suffix: str
    group: int
    answers: tuple[SceneQuestion, ...]
    marks: dict[str, PrintedText]


def kinds_for(domain: Domain) -> tuple[Kind, ...]:
    """Return the kinds of photos for some entities."""
    typical = sum(entity.typical is not None for entity in domain.entities.values())
    own = (Kind("declared", partial(declared.draw, domain=domain), typical * _DECLARED_WEIGHT, 0.05),)
    return (KINDS if _CONTEST.intersection(domain.names) else ()) + (own if typical else ())


def choose_kind(kinds: Sequence[Kind], seed: int, split: int, number: int, attempt: int = 0) -> Kind:
    """Choose the kind of a photo; each attempt chooses anew."""
    rng = seeded_rng(seed, split, number, _PHOTO_SEED + 1 + attempt)
    return rng.weighted([(kind, kind.weight) for kind in kinds])


def make_photo(seed: int, split: int, number: int, domain: Domain) -> SyntheticPhoto:
    """Generate photo ``number`` of a split from the arguments alone, with questions about the domain's entities.

    Raises:
        InputError: If photos for none of the entities can be generated.
    """
    kinds = kinds_for(domain)
    for attempt in range(_MAX_ATTEMPTS if kinds else 0):
        photo = _make_photo(choose_kind(kinds, seed, split, number, attempt), seed, split, number)
        answers = tuple(answer for answer in photo.answers if answer.entity in domain.entities)
        if answers:
            return replace(photo, answers=answers)
    raise InputError(f"synthetic: no photos for {', '.join(domain.names)}: give one of them typical amounts")


def _make_photo(kind: Kind, seed: int, split: int, number: int) -> SyntheticPhoto:
    rng = seeded_rng(seed, split, number, _PHOTO_SEED)
    scene = draw_scene(kind, seed, split, number)
    payload, suffix = finish(rng, scene.canvas, kind.camera)
    # As in the contest, a product is in a few groups.
    base = sum(ord(letter) * (position + 3) * 131 for position, letter in enumerate(kind.name + scene.product))
    group = 100_000 + (base * 7919 + rng.integer(0, _GROUPS_PER_PRODUCT - 1) * 104_729) % 899_999
    unprinted = tuple(SceneQuestion(entity) for entity in kind.unprinted if rng.chance(_ASKS_UNPRINTED))
    return SyntheticPhoto(kind.name, payload, suffix, group, scene.answers + unprinted, scene.canvas.marks)


def draw_scene(kind: Kind, seed: int, split: int, number: int) -> Scene:
    """Draw photo ``number`` of a split; drawings whose labels do not fit on the photo or overlap are repeated."""
    for attempt in range(_MAX_ATTEMPTS):
        scene = kind.draw(seeded_rng(seed, split, number, attempt + 1))
        frames = {key: bounds(mark.quad) for key, mark in scene.canvas.marks.items()}
        answers = [frames[answer.key] for answer in scene.answers if answer.key is not None]
        overlaps = [a.intersection(b) / max(min(a.area, b.area), 1.0) for a, b in combinations(frames.values(), 2)]
        if all(scene.canvas.holds(answer) for answer in answers) and max(overlaps, default=0.0) <= _MAX_OVERLAP:
            return scene
    raise RuntimeError(f"photo {number}: no drawing of kind {kind.name} fits in {_MAX_ATTEMPTS} attempts")


def finish(rng: Rng, canvas: Canvas, camera: float) -> tuple[bytes, str]:
    """Shrink to photo pixels, add camera faults with probability ``camera``, and encode to a suffix's format."""
    image = canvas.image.convert("RGB").reduce(SCALE)
    if rng.chance(camera):
        image = _snapshot(rng, image)
    elif rng.chance(0.12):
        # Sellers enlarge small photos.
        factor = rng.uniform(0.55, 0.85)
        size = (max(round(image.width * factor), 64), max(round(image.height * factor), 64))
        small = image.resize(size, Image.Resampling.BILINEAR)
        image = small.resize(image.size, Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    if rng.chance(0.04):
        mode = rng.pick(("RGB", "P", "RGBA"))
        image = image.quantize(255, method=Image.Quantize.MEDIANCUT) if mode == "P" else image.convert(mode)
        image.save(buffer, "PNG", compress_level=6)
        return buffer.getvalue(), "png"
    if rng.chance(0.01):
        image = image.convert("L")
    quality = rng.weighted(((rng.integer(75, 95), 70), (rng.integer(55, 75), 22), (rng.integer(40, 55), 8)))
    image.save(buffer, "JPEG", quality=quality, subsampling=rng.pick((0, 2)), progressive=rng.chance(0.2))
    return buffer.getvalue(), "jpg"


def _snapshot(rng: Rng, image: Image.Image) -> Image.Image:
    if rng.chance(0.6):
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.1)))
    values = np.asarray(image, dtype=np.float32)
    height, width = values.shape[:2]
    v = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    u = np.linspace(-1, 1, width, dtype=np.float32)
    light = 1.0 - rng.uniform(0.0, 0.25) * (u**2 + v**2) / 2 + rng.uniform(-0.1, 0.1) * u + rng.uniform(-0.1, 0.1) * v
    warmth = np.array([rng.uniform(0.95, 1.04), 1.0, rng.uniform(0.93, 1.04)], dtype=np.float32)
    grain = rng.generator.standard_normal((height, width), dtype=np.float32) * rng.uniform(0.5, 5.0)
    values = values * light[..., None] * warmth + grain[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
