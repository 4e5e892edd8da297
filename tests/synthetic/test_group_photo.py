"""Drawn photos of several products, ranges and multipacks."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from tests.contest import CONTEST

from imagequant.synthetic.group_photo import GROUP_KINDS, ONE_PRODUCT, make_group_photo


@pytest.mark.parametrize("kind", [*GROUP_KINDS, ONE_PRODUCT])
def test_photos_depend_on_the_arguments_alone(kind: str) -> None:
    one, again, other = (make_group_photo(5, kind, number, CONTEST) for number in (3, 3, 4))
    assert one == again
    assert one is not None and other is not None and one.payload != other.payload
    assert min(Image.open(io.BytesIO(one.payload)).size) >= 200


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("pair", 2, 2), ("set", 2, 4), ("size_chart", 3, 5), ("comparison", 2, 3)]
)
def test_products_say_the_same_things_with_other_amounts(kind: str, low: int, high: int) -> None:
    for number in range(8):
        photo = make_group_photo(1, kind, number, CONTEST)
        assert photo is not None and low <= len(photo.products) <= high
        asked = [[entity for entity, _ in product.amounts] for product in photo.products]
        assert asked[0] and all(each == asked[0] for each in asked)
        amounts = [product.amounts for product in photo.products]
        assert len(set(amounts)) == len(amounts)


def test_ranges_and_multipacks_are_about_one_product() -> None:
    for number in range(8):
        (ranged,) = make_group_photo(1, "range", number, CONTEST).products
        ((_, amount),) = ranged.amounts
        assert amount.high is not None and amount.value < amount.high
        (packed,) = make_group_photo(1, "multipack", number, CONTEST).products
        assert packed.amounts[0][1].count > 1


def test_photos_about_other_entities_are_not_drawn() -> None:
    only_voltage = replace(CONTEST, entities={"voltage": CONTEST.entities["voltage"]})
    assert make_group_photo(1, "size_chart", 0, only_voltage) is None
