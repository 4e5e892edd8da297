"""Figures for ranges, multipacks and several products."""

from __future__ import annotations

import pytest

from imagequant.evaluation.products import Hits
from imagequant.stages.readings.run import Reading, amount_text, summary
from imagequant.synthetic.records import Amount


def test_figures_are_by_kind_and_for_all_photos_of_several_products() -> None:
    figures = summary(
        [
            Reading("a.jpg", "pair", 2, 2, Hits(4, 4, 4)),
            Reading("b.jpg", "set", 3, 1, Hits(1, 2, 6)),
            Reading("c.jpg", "range", 1, 1, Hits(1, 1, 1)),
            Reading("d.jpg", "one_product", 1, 1, Hits()),
            Reading("e.jpg", "one_product", 1, 2, Hits()),
        ]
    )
    assert figures["pair"] == {"photos": 1, "products_found": 1, "precision": 1.0, "recall": 1.0}
    assert figures["several_products"] == {"photos": 2, "products_found": 1, "precision": 0.8333, "recall": 0.5}
    assert figures["range"]["recall"] == 1.0
    assert figures["one_product"] == {"photos": 2, "found_as_one": 1}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Amount(500.0, "gram"), "500 gram"),
        (Amount(100.0, "volt", high=240.0), "100 to 240 volt"),
        (Amount(0.5, "litre", count=6.0), "6 x 0.5 litre"),
    ],
)
def test_amounts_are_written_like_answers(amount: Amount, text: str) -> None:
    assert amount_text(amount) == text
