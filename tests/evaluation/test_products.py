"""Counting right answers about several products."""

from __future__ import annotations

from imagequant.evaluation.products import Hits, match_products

SMALL, LARGE = {"width": "20 cm", "weight": "1 kg"}, {"width": "30 cm", "weight": "2 kg"}


def test_products_may_be_in_any_order() -> None:
    assert match_products([SMALL, LARGE], [LARGE, SMALL]) == Hits(4, 4, 4)


def test_amounts_of_another_product_are_wrong() -> None:
    mixed = {"width": "20 cm", "weight": "2 kg"}
    assert match_products([SMALL, LARGE], [mixed]) == Hits(1, 2, 4)


def test_one_product_answers_for_one() -> None:
    assert match_products([SMALL], [SMALL, SMALL]) == Hits(2, 4, 2)


def test_answers_to_what_the_photo_does_not_say_do_not_count() -> None:
    assert match_products([{"width": "20 cm"}], [{"width": "20 cm", "depth": "5 cm"}]) == Hits(1, 1, 1)


def test_shares_are_of_answers_and_of_what_is_stated() -> None:
    hits = Hits(1, 2, 4) + Hits(2, 2, 2)
    assert (hits.precision, hits.recall) == (0.75, 0.5)
    assert (Hits().precision, Hits().recall) == (1.0, 1.0)
