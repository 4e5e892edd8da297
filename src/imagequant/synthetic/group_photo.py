"""Photos that show several products, or an amount in a form of its own, with what they say about each product."""

from collections.abc import Callable
from dataclasses import dataclass

from imagequant.quantity.domain import Domain
from imagequant.synthetic.photo import KINDS, draw_scene, finish
from imagequant.synthetic.records import GroupScene, SceneProduct
from imagequant.synthetic.render.rng import Rng, seeded_rng
from imagequant.synthetic.scenes import charts, forms, several

# Probability of camera faults.
_CAMERA = 0.1
# Seed of the photo's own rng; those of its drawing count from 1.
_PHOTO_SEED = 1_000_000
GROUP_KINDS: dict[str, Callable[[Rng], GroupScene]] = {
    "range": forms.draw_range,
    "multipack": forms.draw_multipack,
    "pair": several.draw_pair,
    "set": several.draw_set,
    "size_chart": charts.draw_size_chart,
    "comparison": charts.draw_comparison,
}
# Of the kinds of ordinary photos, which show one product each.
ONE_PRODUCT = "one_product"


@dataclass(frozen=True)
class GroupPhoto:
    """A photo's file (its bytes and suffix) and products; a photo of one product does not say what is asked of it."""

    kind: str
    payload: bytes
    suffix: str
    products: tuple[SceneProduct, ...]


def make_group_photo(seed: int, kind: str, number: int, domain: Domain) -> GroupPhoto | None:
    """Generate a photo from the arguments alone.

    Args:
        seed: Of the set.
        kind: One of ``GROUP_KINDS``, or ``ONE_PRODUCT``.
        number: Of the photo among those of its kind.
        domain: The entities.

    Returns:
        The photo; None if it says nothing about the domain's entities.
    """
    place = [*GROUP_KINDS, ONE_PRODUCT].index(kind)
    rng = seeded_rng(seed, place, number, _PHOTO_SEED)
    if kind == ONE_PRODUCT:
        drawn = rng.weighted([(each, each.weight) for each in KINDS])
        return GroupPhoto(kind, *finish(rng, draw_scene(drawn, seed, place, number).canvas, drawn.camera), ())
    scene = GROUP_KINDS[kind](seeded_rng(seed, place, number, 1))
    asked = {entity for product in scene.products for entity, _ in product.amounts}
    if not asked <= set(domain.entities):
        return None
    return GroupPhoto(kind, *finish(rng, scene.canvas, _CAMERA), scene.products)
